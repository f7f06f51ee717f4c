import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { causeKind } from "@aws-deploy-actions/shared/aws/errors";
import type { ReleaseStore } from "../ports.ts";
import { refusal } from "./stacks.ts";

export interface StorePlace {
  readonly bucket: string;
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  readonly stack: string;
}

/**
 * Releases in S3. Records are written once and never changed (If-None-Match), and every call names the account that must own the bucket:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
 */
export function releaseStore(aws: Aws<"s3">, place: StorePlace): ReleaseStore {
  const owner = { Bucket: place.bucket, ExpectedBucketOwner: place.account };
  const prefix = `sam-deploy/${place.account}/${place.region}/${place.stack}`;
  const recordKey = (digest: string): string => `${prefix}/releases/${digest}.json`;
  const templateKey = (hash: string): string => `${prefix}/templates/${hash}.template`;
  const put = async (Key: string, Body: string): Promise<void> => {
    try {
      await aws.s3((sdk) => new sdk.PutObjectCommand({ ...owner, Key, Body, IfNoneMatch: "*", ContentType: "application/json" }));
    } catch (error) {
      // It is there already; its name is the hash of its content, so it is the same.
      if (!/PreconditionFailed|ConditionalRequestConflict/.test(refusal(error).name)) throw error;
    }
  };
  const get = async (Key: string): Promise<string | undefined> => {
    try {
      const { Body } = await aws.s3((sdk) => new sdk.GetObjectCommand({ ...owner, Key }));
      return await Body?.transformToString();
    } catch (error) {
      if (causeKind(error) === "missing") return undefined;
      throw error;
    }
  };
  return {
    saveRecord: (digest, record) => put(recordKey(digest), record),
    loadRecord: (digest) => get(recordKey(digest)),
    saveTemplate: (hash, template) => put(templateKey(hash), template),
    loadTemplate: (hash) => get(templateKey(hash)),
    templateUrl: (hash) => objectUrl(place.bucket, templateKey(hash), place.region, place.partition),
  };
}

/** The form of address that CloudFormation takes for templates. */
export function objectUrl(bucket: string, key: string, region: string, partition: string): string {
  const suffix = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return `https://s3.${region}.${suffix}/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
}
