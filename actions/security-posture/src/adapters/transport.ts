import { cloudTrouble } from "@aws-deploy-actions/shared/problems";
import type { DBCluster, DBInstance, Parameter } from "@aws-sdk/client-rds";
import type { Named } from "../model/seen.ts";
import type { Databases, Transport } from "../model/world.ts";
import { allPages, lookAtEach, type PostureAws } from "./ask.ts";

/**
 * The parameter that asks for TLS, by engine; Oracle and Db2 have options in its place, which cannot be read as on or off.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
 */
export function parameterOf(engine: string | undefined): string | undefined {
  if (/^(aurora-)?postgres|^sqlserver-/.test(engine ?? "")) return "rds.force_ssl";
  return /^(aurora-)?mysql$|^mariadb$|^aurora$/.test(engine ?? "") ? "require_secure_transport" : undefined;
}

interface Asked extends Omit<Transport, "value"> {
  readonly name: string;
}

/** Whether the databases ask for TLS: an instance of its own by its group, those of a cluster by the cluster's. */
export async function observeTransport(aws: PostureAws, databases: Databases): Promise<readonly Named<Transport>[]> {
  const asked = [
    ...databases.instances.filter(({ DBClusterIdentifier }) => DBClusterIdentifier === undefined).flatMap(ofInstance),
    ...databases.clusters.flatMap(ofCluster),
  ];
  return await lookAtEach(
    asked.map(({ name }) => name),
    async (name) => {
      const one = asked.find((candidate) => candidate.name === name);
      if (one === undefined || one.group === "") throw cloudTrouble(`${name} has no parameter group`);
      const { name: _, ...rest } = one;
      return { ...rest, value: await settingOf(aws, one) };
    },
  );
}

function ofInstance({ DBInstanceIdentifier: name = "", Engine, DBParameterGroups = [] }: DBInstance): readonly Asked[] {
  const parameter = parameterOf(Engine);
  if (parameter === undefined) return [];
  const group = DBParameterGroups[0]?.DBParameterGroupName ?? "";
  return [{ name, parameter, group, ofCluster: false, pending: DBParameterGroups[0]?.ParameterApplyStatus === "pending-reboot" }];
}

function ofCluster({
  DBClusterIdentifier: name = "",
  Engine,
  DBClusterParameterGroup: group = "",
  DBClusterMembers,
}: DBCluster): readonly Asked[] {
  const parameter = parameterOf(Engine);
  if (parameter === undefined) return [];
  const pending = (DBClusterMembers ?? []).some(({ DBClusterParameterGroupStatus }) => DBClusterParameterGroupStatus === "pending-reboot");
  return [{ name, parameter, group, ofCluster: true, pending }];
}

/** Asked for by its name, which spares the four or five pages of a group; where the filter is not honoured all of them are read. */
async function settingOf(aws: PostureAws, { parameter, group, ofCluster }: Asked): Promise<string | undefined> {
  const Filters = [{ Name: "parameter-name", Values: [parameter] }];
  const list = await allPages<{ readonly Parameters?: Parameter[] | undefined; readonly Marker?: string | undefined }, Parameter>(
    async (token) => {
      const Marker = token === undefined ? {} : { Marker: token };
      return ofCluster
        ? await aws.rds((sdk) => new sdk.DescribeDBClusterParametersCommand({ DBClusterParameterGroupName: group, Filters, ...Marker }))
        : await aws.rds((sdk) => new sdk.DescribeDBParametersCommand({ DBParameterGroupName: group, Filters, ...Marker }));
    },
    ({ Parameters }) => Parameters,
    ({ Marker }) => Marker,
  );
  return list.find(({ ParameterName }) => ParameterName === parameter)?.ParameterValue;
}
