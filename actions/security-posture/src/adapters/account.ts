import { cloudTrouble } from "@aws-deploy-actions/shared/problems";
import type { CertificateDetail } from "@aws-sdk/client-acm";
import type { Named } from "../model/seen.ts";
import type { TrailSeen } from "../model/world.ts";
import { distinct, lookAtEach, type PostureAws } from "./ask.ts";

/** Trails that record this region, those of the organisation and of other home regions included. */
export async function observeTrails(aws: PostureAws): Promise<readonly Named<TrailSeen>[]> {
  const { trailList = [] } = await aws.cloudtrail((sdk) => new sdk.DescribeTrailsCommand({ includeShadowTrails: true }));
  const byArn = new Map(trailList.map((trail) => [trail.TrailARN ?? trail.Name ?? "", trail]));
  return await lookAtEach([...byArn.keys()], async (name) => {
    const trail = byArn.get(name);
    if (trail === undefined) throw cloudTrouble(`the trail ${name} is gone`);
    const home = aws.inRegion(trail.HomeRegion ?? aws.region);
    const [status, selectors] = await Promise.all([
      home.cloudtrail((sdk) => new sdk.GetTrailStatusCommand({ Name: name })),
      home.cloudtrail((sdk) => new sdk.GetEventSelectorsCommand({ TrailName: name })),
    ]);
    return { trail, logging: status.IsLogging === true, management: managementEvents(selectors) };
  });
}

type Selectors = {
  readonly EventSelectors?:
    | readonly { readonly IncludeManagementEvents?: boolean | undefined; readonly ReadWriteType?: string | undefined }[]
    | undefined;
  readonly AdvancedEventSelectors?:
    | readonly {
        readonly FieldSelectors?:
          | readonly { readonly Field?: string | undefined; readonly Equals?: readonly string[] | undefined }[]
          | undefined;
      }[]
    | undefined;
};

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html */
export function managementEvents({ EventSelectors = [], AdvancedEventSelectors = [] }: Selectors): TrailSeen["management"] {
  if (AdvancedEventSelectors.length > 0) {
    const management = AdvancedEventSelectors.map(({ FieldSelectors = [] }) => FieldSelectors).filter((fields) =>
      fields.some(({ Field, Equals }) => Field === "eventCategory" && Equals?.includes("Management")),
    );
    if (management.length === 0) return "none";
    return management.some((fields) => fields.every(({ Field }) => Field !== "readOnly")) ? "all" : "write";
  }
  const including = EventSelectors.filter(({ IncludeManagementEvents }) => IncludeManagementEvents !== false);
  // A trail without selectors has the default one: all management events.
  if (EventSelectors.length === 0 || including.some(({ ReadWriteType }) => ReadWriteType === undefined || ReadWriteType === "All"))
    return "all";
  return including.some(({ ReadWriteType }) => ReadWriteType === "WriteOnly") ? "write" : "none";
}

/** Certificates by ARN, each in its own region: those of CloudFront lie in us-east-1. */
export const observeCertificates = async (aws: PostureAws, arns: readonly string[]): Promise<readonly Named<CertificateDetail>[]> =>
  await lookAtEach(
    distinct(arns).filter((arn) => /^arn:[^:]+:acm:/.test(arn)),
    async (CertificateArn) => {
      const there = aws.inRegion(CertificateArn.split(":")[3] ?? aws.region);
      const { Certificate } = await there.acm((sdk) => new sdk.DescribeCertificateCommand({ CertificateArn }));
      if (Certificate === undefined) throw cloudTrouble(`the certificate ${CertificateArn} is gone`);
      return Certificate;
    },
  );
