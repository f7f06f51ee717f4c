import type { PublicAccessBlockConfiguration } from "@aws-sdk/client-s3";
import { openIn } from "../model/block.ts";
import type { Named } from "../model/seen.ts";
import type { Bucket } from "../model/world.ts";
import { look, lookAtEach, orMissing, type PostureAws } from "./ask.ts";

export const observeBuckets = async (aws: PostureAws, names: readonly string[]): Promise<readonly Named<Bucket>[]> =>
  await lookAtEach(names, async (BucketName) => {
    const block = await look(async () => {
      const answer = await orMissing(
        aws.s3((sdk) => new sdk.GetPublicAccessBlockCommand({ Bucket: BucketName })),
        undefined,
      );
      return answer?.PublicAccessBlockConfiguration;
    });
    const versioned = await look(
      async () => (await aws.s3((sdk) => new sdk.GetBucketVersioningCommand({ Bucket: BucketName }))).Status === "Enabled",
    );
    return { block, versioned };
  });

/**
 * The account's block of public access. Only asked for where a bucket's own leaves something open: S3 takes the stricter of both, so otherwise it says nothing.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export async function observeAccountBlock(
  aws: PostureAws,
  buckets: readonly Named<Bucket>[],
  account: () => Promise<string>,
): Promise<PublicAccessBlockConfiguration | undefined> {
  const open = buckets.some(
    ({ seen }) => seen.state === "seen" && seen.value.block.state === "seen" && openIn(seen.value.block.value).length > 0,
  );
  if (!open) return undefined;
  const AccountId = await account();
  const answer = await orMissing(
    aws.s3control((sdk) => new sdk.GetPublicAccessBlockCommand({ AccountId })),
    undefined,
  );
  return answer?.PublicAccessBlockConfiguration;
}

type Sdk = typeof import("@aws-deploy-actions/shared/aws/clients/s3control");

/** S3 Control's client. AWS is asked at a host that begins with the account's number, which an emulator at an address of this machine cannot have. */
export async function s3Control(emulated: boolean): Promise<Sdk> {
  const sdk = await import("@aws-deploy-actions/shared/aws/clients/s3control");
  if (!emulated) return sdk;
  const endpointProvider = ({ Endpoint }: { readonly Endpoint?: string }) => ({ url: new URL(Endpoint ?? "") });
  class S3ControlClient extends sdk.S3ControlClient {
    constructor(...[options]: ConstructorParameters<Sdk["S3ControlClient"]>) {
      super({ ...options, endpointProvider } as typeof options & object);
    }
  }
  return { ...sdk, S3ControlClient };
}
