import type { SecretListEntry } from "@aws-sdk/client-secrets-manager";
import type { Aws } from "../../aws/connect.ts";
import { causeKind } from "../../aws/errors.ts";
import type { Instant } from "../../units.ts";
import type { Answer, KeyFacts, RotationState, SecretFacts, SecretsPort, ValueAnswer } from "../types.ts";
import { unanswered, withoutQuote } from "./discreet.ts";
import { eachOf, idsOf, nameIn, regionOf, sharedPrefix } from "./names.ts";
import { readOne, readValues } from "./values.ts";

type SecretsAws = Aws<"secrets" | "kms">;

/** Up to here each secret is described by itself, which also tells about its replicas; beyond, listings of 100 a page take fewer calls. */
const describeUpTo = 10;
const pageSize = 100;
const atOnce = 8;

/** Secrets Manager and KMS behind the port. ARNs of other regions are asked there. */
export function awsSecrets(aws: SecretsAws): SecretsPort {
  const at = (id: string): SecretsAws => {
    const region = regionOf(id);
    return region === undefined || region === aws.region ? aws : aws.inRegion(region);
  };
  const keys = new Map<string, Promise<Answer<KeyFacts>>>();
  return {
    facts: async (ids) => {
      const found = new Map<string, Answer<SecretFacts>>();
      for (const [region, group] of byRegion(ids, aws.region))
        await describeAll(region === aws.region ? aws : aws.inRegion(region), group, found);
      return found;
    },
    values: async (ids) => {
      const found = new Map<string, ValueAnswer>();
      for (const [region, group] of byRegion(ids, aws.region))
        await readValues(region === aws.region ? aws : aws.inRegion(region), group, found);
      return found;
    },
    value: async (id, version) => await readOne(at(id), id, version),
    key: (secret) => {
      const keyId = secret.keyId ?? "alias/aws/secretsmanager";
      const region = /^arn:[^:]+:kms:([^:]+):/.exec(keyId)?.[1] ?? regionOf(secret.arn) ?? aws.region;
      const asked = keys.get(`${region} ${keyId}`) ?? describeKey(region === aws.region ? aws : aws.inRegion(region), keyId);
      keys.set(`${region} ${keyId}`, asked);
      return asked;
    },
    propose: async (id, text, versionId) => {
      const input = { SecretId: id, ClientRequestToken: versionId, SecretString: text.reveal(), VersionStages: ["CANDIDATE"] };
      try {
        await at(id).secrets((sdk) => new sdk.PutSecretValueCommand(input));
      } catch (error) {
        throw withoutQuote("secretsmanager:PutSecretValue", error);
      }
    },
    moveLabel: async (id, label, from, to) => {
      const input = {
        SecretId: id,
        VersionStage: label,
        ...(from === undefined ? {} : { RemoveFromVersionId: from }),
        ...(to === undefined ? {} : { MoveToVersionId: to }),
      };
      try {
        await at(id).secrets((sdk) => new sdk.UpdateSecretVersionStageCommand(input));
      } catch (error) {
        // The answer to an earlier try may have been lost: what counts is where the label is now.
        if (causeKind(error) !== "refused" || !(await labelIsOn(at(id), id, label, to))) throw error;
      }
    },
    rotate: async (id, versionId) => {
      await at(id).secrets((sdk) => new sdk.RotateSecretCommand({ SecretId: id, ClientRequestToken: versionId }));
    },
  };
}

async function labelIsOn(aws: SecretsAws, id: string, label: string, version: string | undefined): Promise<boolean> {
  const facts = await describe(aws, id);
  if (facts.state !== "found") return false;
  const holder = [...facts.value.versions].find(([, labels]) => labels.includes(label))?.[0];
  return holder === version;
}

function byRegion(ids: readonly string[], home: string): ReadonlyMap<string, readonly string[]> {
  return Map.groupBy([...new Set(ids)], (id) => regionOf(id) ?? home);
}

async function describeAll(aws: SecretsAws, ids: readonly string[], found: Map<string, Answer<SecretFacts>>): Promise<void> {
  if (ids.length > describeUpTo) await list(aws, ids, found);
  // A replicated secret's listing does not tell how its replicas are.
  const rest = ids.filter((id) => {
    const answer = found.get(id);
    return answer === undefined || (answer.state === "found" && answer.value.primaryRegion !== undefined);
  });
  await eachOf(rest, atOnce, async (id) => {
    found.set(id, await describe(aws, id));
  });
}

/** Fills in what listings show; stops early, and says nothing, where listing is not allowed or not worth it. */
async function list(aws: SecretsAws, ids: readonly string[], found: Map<string, Answer<SecretFacts>>): Promise<void> {
  const prefix = sharedPrefix(ids.map(nameIn));
  const limited = prefix.length >= 3 ? { Filters: [{ Key: "name" as const, Values: [prefix] }] } : {};
  const wanted = new Set(ids.filter((id) => !found.has(id)));
  const before = found.size;
  const mostPages = Math.ceil(ids.length / pageSize) * 3 + 2;
  let token: string | undefined;
  for (let page = 0; page < mostPages && found.size - before < wanted.size; page++) {
    const input = { MaxResults: pageSize, IncludePlannedDeletion: true, ...limited, ...(token === undefined ? {} : { NextToken: token }) };
    const answer = await aws.secrets((sdk) => new sdk.ListSecretsCommand(input)).catch(() => undefined);
    for (const entry of answer?.SecretList ?? []) {
      const facts: Answer<SecretFacts> = { state: "found", value: factsOf(entry) };
      for (const id of idsOf(entry.ARN ?? "", entry.Name ?? "")) if (wanted.has(id)) found.set(id, facts);
    }
    token = answer?.NextToken;
    if (token === undefined) return;
  }
}

async function describe(aws: SecretsAws, id: string): Promise<Answer<SecretFacts>> {
  try {
    const { VersionIdsToStages, ReplicationStatus, ...rest } = await aws.secrets((sdk) => new sdk.DescribeSecretCommand({ SecretId: id }));
    const facts = factsOf({ ...rest, SecretVersionsToStages: VersionIdsToStages });
    const replicas = (ReplicationStatus ?? []).map(({ Region, Status, StatusMessage }) => ({
      region: Region ?? "",
      status: Status ?? "",
      message: StatusMessage ?? "",
    }));
    return { state: "found", value: { ...facts, replicas } };
  } catch (error) {
    if (causeKind(error) === "missing") return { state: "missing" };
    return unanswered("its settings could not be read", "secretsmanager:DescribeSecret", error);
  }
}

const instant = (date: Date | undefined): Instant | undefined => (date === undefined ? undefined : date.getTime() / 1000);
/** The members that are there: an absent one must not be `undefined`. */
const given = <T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;

type Listed = Omit<SecretListEntry, "SecretVersionsToStages"> & { readonly SecretVersionsToStages?: Record<string, string[]> | undefined };

function factsOf(entry: Listed): SecretFacts {
  return {
    arn: entry.ARN ?? "",
    name: entry.Name ?? "",
    rotation: rotationOf(entry),
    versions: new Map(Object.entries(entry.SecretVersionsToStages ?? {})),
    ...given({
      keyId: entry.KmsKeyId,
      deletedAt: instant(entry.DeletedDate),
      changedAt: instant(entry.LastChangedDate),
      createdAt: instant(entry.CreatedDate),
      owner: entry.OwningService,
      primaryRegion: entry.PrimaryRegion,
    }),
  };
}

function rotationOf(entry: Listed): RotationState {
  const { AutomaticallyAfterDays, ScheduleExpression } = entry.RotationRules ?? {};
  const days = AutomaticallyAfterDays ?? Number(/^rate\((\d+) days?\)$/.exec(ScheduleExpression ?? "")?.[1] ?? Number.NaN);
  return {
    enabled: entry.RotationEnabled === true,
    ...given({
      functionArn: entry.RotationLambdaARN,
      everyDays: Number.isFinite(days) ? days : undefined,
      schedule: ScheduleExpression,
      last: instant(entry.LastRotatedDate),
      next: instant(entry.NextRotationDate),
    }),
  };
}

async function describeKey(aws: SecretsAws, keyId: string): Promise<Answer<KeyFacts>> {
  try {
    const { KeyMetadata } = await aws.kms((sdk) => new sdk.DescribeKeyCommand({ KeyId: keyId }));
    return {
      state: "found",
      value: {
        arn: KeyMetadata?.Arn ?? keyId,
        manager: KeyMetadata?.KeyManager === "AWS" ? "AWS" : "CUSTOMER",
        state: KeyMetadata?.KeyState ?? "Enabled",
      },
    };
  } catch (error) {
    if (causeKind(error) === "missing") return { state: "missing" };
    return unanswered("its KMS key could not be looked up", "kms:DescribeKey", error);
  }
}
