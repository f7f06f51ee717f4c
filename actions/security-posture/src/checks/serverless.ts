import { openIn } from "../model/block.ts";
import type { Check } from "../model/check.ts";
import { controls } from "./controls.ts";
import { every, fine, join, nothing, on, onEach, remark, unless } from "./judging.ts";

const profiles = ["serverless"] as const;

export const bucketsPrivate: Check = {
  id: "s3-public-access-blocked",
  title: "S3 buckets block public access",
  profiles,
  severity: "critical",
  needs: ["buckets", "accountBlock"],
  controls: controls("CC6.1, CC6.6", "1.3.1, 7.2.1", "25, 32", "164.312(a)(1)", "2.1.4"),
  prowler: ["s3_bucket_level_public_access_block", "s3_account_level_public_access_blocks"],
  judge: ({ buckets, accountBlock }) =>
    onEach("buckets", buckets, ({ block }, name) =>
      on(name, block, (own) => {
        if (openIn(own).length === 0) return fine(name);
        return on(name, accountBlock, (account) => {
          const open = openIn(own, account);
          return unless(open.length === 0, name, "failed", {
            expected: "all four settings of the public access block, by the bucket or by the account",
            found: own === undefined && account === undefined ? "no public access block" : `${open.join(", ")} off`,
            mend: `aws s3api put-public-access-block --bucket ${name} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`,
          });
        });
      }),
    ),
};

export const tablesEncrypted: Check = {
  id: "dynamodb-encryption",
  title: "DynamoDB tables are encrypted at rest",
  profiles,
  severity: "high",
  needs: ["tables"],
  controls: controls("CC6.1, CC6.7", "3.5.1", "32", "164.312(a)(2)(iv)"),
  prowler: ["dynamodb_tables_kms_cmk_encryption_enabled"],
  judge: ({ tables }, { strict }) =>
    onEach("tables", tables, ({ description: { SSEDescription } }, name) => {
      const mend = `aws dynamodb update-table --table-name ${name} --sse-specification Enabled=true,SSEType=KMS,KMSMasterKeyId=KMS_KEY_ARN`;
      if (SSEDescription?.InaccessibleEncryptionDateTime !== undefined)
        return remark("failed", name, "a KMS key that works", "DynamoDB cannot use its key: the table will be archived", mend);
      // Every table is encrypted; without a description the key is DynamoDB's own: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html
      return unless(!strict || SSEDescription?.SSEType === "KMS", name, "failed", {
        expected: "a KMS key of the account",
        found: "DynamoDB's own key",
        mend,
      });
    }),
};

/** Seconds that API Gateway waits at most for an answer: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const gatewayLimit = 29;

export const functionLimits: Check = {
  id: "lambda-timeout-and-memory",
  title: "Functions have a time-out and memory that somebody chose",
  profiles,
  severity: "low",
  needs: ["functions"],
  controls: controls("A1.1", "", "32(1)(b)", "164.308(a)(7)(i)"),
  prowler: [],
  judge: ({ functions }, { environmentClass }) =>
    every("functions", functions, ({ FunctionName: name = "?", Timeout = 3, MemorySize = 128 }) => {
      const production = environmentClass === "production";
      const [timeout, memory] = production ? [30, 1024] : [15, 512];
      const change = (what: string): string =>
        `In the template: ${name}: ${what}, or: aws lambda update-function-configuration --function-name ${name}`;
      return join([
        unless(Timeout !== 3, name, "failed", {
          expected: "a time-out of its own",
          found: "Lambda's default of 3 s",
          mend: `${change(`Timeout: ${timeout}`)} --timeout ${timeout}`,
        }),
        unless(Timeout <= 2 * gatewayLimit, name, "warning", {
          expected: `an end near API Gateway's limit of ${gatewayLimit} s`,
          found: `${Timeout} s: a hanging call is paid for that long`,
          mend: `${change(`Timeout: ${timeout}`)} --timeout ${timeout} (unless it works in the background)`,
        }),
        unless(MemorySize !== 128, name, "failed", {
          expected: "memory that fits its work",
          found: "Lambda's default of 128 MB, and as little CPU",
          mend: `${change(`MemorySize: ${memory}`)} --memory-size ${memory}`,
        }),
      ]);
    }),
};

export const functionsInVpc: Check = {
  id: "lambda-in-vpc",
  title: "Functions run in a VPC in production",
  profiles,
  severity: "medium",
  needs: ["functions"],
  controls: controls("CC6.6", "1.4.1", "32", "164.312(e)(1)"),
  prowler: ["awslambda_function_inside_vpc"],
  judge: ({ functions }, { environmentClass }) =>
    environmentClass !== "production"
      ? nothing
      : every("functions", functions, ({ FunctionName: name = "?", VpcConfig }) =>
          unless((VpcConfig?.SubnetIds ?? []).length > 0, name, "failed", {
            expected: "subnets of a VPC",
            found: "it runs outside of one",
            mend: `aws lambda update-function-configuration --function-name ${name} --vpc-config SubnetIds=PRIVATE_SUBNETS,SecurityGroupIds=GROUP`,
          }),
        ),
};

export const dataBackups: Check = {
  id: "backups",
  title: "Tables and buckets can be brought back",
  profiles,
  severity: "medium",
  needs: ["tables", "buckets"],
  controls: controls("A1.2", "9.4.1.2", "32(1)(c)", "164.308(a)(7)(ii)(A)"),
  prowler: ["dynamodb_tables_pitr_enabled", "s3_bucket_object_versioning"],
  judge: ({ tables, buckets }, { environmentClass }) => {
    const days = environmentClass === "production" ? 35 : 1;
    return join([
      onEach("tables", tables, ({ pointInTime }, name) =>
        on(name, pointInTime, ({ enabled, days: kept }) =>
          unless(enabled && (kept ?? 35) >= days, name, "failed", {
            expected: `point-in-time recovery${days > 1 ? ` of ${days} days` : ""}`,
            found: enabled ? `${kept} days` : "it is off",
            mend: `aws dynamodb update-continuous-backups --table-name ${name} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
          }),
        ),
      ),
      onEach("buckets", buckets, ({ versioned }, name) =>
        on(name, versioned, (is) =>
          unless(is, name, "warning", {
            expected: "versioning",
            found: "what is overwritten is gone",
            mend: `aws s3api put-bucket-versioning --bucket ${name} --versioning-configuration Status=Enabled`,
          }),
        ),
      ),
    ]);
  },
};
