import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { causeKind } from "@aws-deploy-actions/shared/aws/errors";
import type { ArtefactPort } from "../ports.ts";
import { objectUrl } from "./releases.ts";

/** The code packages in S3. They may lie in a bucket of another account, so no owner is expected when they are only looked at. */
export function artefactsInS3(
  aws: Aws<"s3">,
  place: { readonly account: string; readonly partition: string; readonly region: string },
): ArtefactPort {
  return {
    look: async ({ bucket, key }) => {
      try {
        const { ETag = "" } = await aws.s3((sdk) => new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }));
        return { bucket, key, etag: ETag.replaceAll('"', "") };
      } catch (error) {
        if (causeKind(error) === "missing") return undefined;
        throw error;
      }
    },
    putTemplate: async (bucket, key, template) => {
      await aws.s3((sdk) => new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: template, ExpectedBucketOwner: place.account }));
      return objectUrl(bucket, key, place.region, place.partition);
    },
  };
}
