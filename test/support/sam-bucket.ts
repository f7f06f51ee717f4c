// SAM's own bucket for packages (`resolve_s3`), in an emulator.
import { CloudFormationClient, CreateStackCommand } from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";

interface Settings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Makes the stack and the bucket as SAM does at its first use, without the bucket's policy: that denies plain HTTP, all that an emulator speaks. */
export async function makeSamBucket(settings: Settings, bucket: string): Promise<void> {
  await new S3Client({ ...settings, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: bucket }));
  await new CloudFormationClient(settings).send(
    new CreateStackCommand({
      StackName: "aws-sam-cli-managed-default",
      Tags: [{ Key: "ManagedStackSource", Value: "AwsSamCli" }],
      TemplateBody: JSON.stringify({
        Resources: { Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" } },
        Outputs: { SourceBucket: { Value: bucket } },
      }),
    }),
  );
}
