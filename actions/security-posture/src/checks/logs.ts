import type { Check, Rules } from "../model/check.ts";
import { controls } from "./controls.ts";
import { every, fine, remark, unless } from "./judging.ts";

export const logsEncrypted: Check = {
  id: "logs-encrypted",
  title: "Log groups are encrypted with a KMS key",
  profiles: ["container"],
  severity: "medium",
  needs: ["logGroups"],
  controls: controls("CC6.1, CC6.7", "3.5.1, 10.3.2", "32", "164.312(a)(2)(iv)"),
  prowler: ["cloudwatch_log_group_kms_encryption_enabled"],
  judge: ({ logGroups }) =>
    every("log groups", logGroups, ({ logGroupName: name = "?", kmsKeyId }) =>
      unless(kmsKeyId !== undefined && kmsKeyId !== "", name, "failed", {
        expected: "kmsKeyId",
        found: "CloudWatch's own encryption, whose key nobody can withdraw",
        mend: `aws logs associate-kms-key --log-group-name '${name}' --kms-key-id KMS_KEY_ARN`,
      }),
    ),
};

/** Days that logs of applications are kept at least. */
export const logDays = (rules: Pick<Rules, "environmentClass">): number => (rules.environmentClass === "production" ? 90 : 30);

export const logRetention: Check = {
  id: "log-retention",
  title: "Logs are kept long enough, and not for ever",
  profiles: ["container", "serverless"],
  severity: "medium",
  needs: ["logGroups"],
  controls: controls("CC7.2", "10.5.1", "5(1)(e), 30", "164.316(b)(2)(i)"),
  prowler: ["cloudwatch_log_group_retention_policy_specific_days_enabled"],
  judge: ({ logGroups }, rules) =>
    every("log groups", logGroups, ({ logGroupName: name = "?", retentionInDays }) => {
      const least = logDays(rules);
      const mend = `aws logs put-retention-policy --log-group-name '${name}' --retention-in-days ${least}`;
      if (retentionInDays === undefined) return remark("warning", name, `at least ${least} days, with an end`, "kept for ever", mend);
      return retentionInDays >= least ? fine(name) : remark("failed", name, `at least ${least} days`, `${retentionInDays} days`, mend);
    }),
};
