import type { Check } from "../model/check.ts";
import { controls } from "./controls.ts";
import { fine, join, nothing, on, onEach, remark, unless } from "./judging.ts";

export const cloudTrail: Check = {
  id: "cloudtrail",
  title: "CloudTrail records the calls in all regions",
  profiles: ["container", "serverless"],
  severity: "high",
  needs: ["trails"],
  controls: controls("CC7.2, CC7.3", "10.2.1, 10.3.4", "30, 33", "164.312(b)", "3.1, 3.2, 3.5"),
  prowler: [
    "cloudtrail_multi_region_enabled",
    "cloudtrail_log_file_validation_enabled",
    "cloudtrail_kms_encryption_enabled",
    "cloudtrail_multi_region_enabled_logging_management_events",
  ],
  judge: ({ trails }) =>
    on("CloudTrail", trails, (list) => {
      const read = list.flatMap(({ seen }) => (seen.state === "seen" ? [seen.value] : []));
      const good = read.filter(({ trail, logging, management }) => trail.IsMultiRegionTrail === true && logging && management === "all");
      if (good.length > 0) {
        // One trail that does all is enough; others may be for special events.
        const best = [...good].sort((one, other) => settings(other.trail) - settings(one.trail))[0];
        const { Name: name = "?", LogFileValidationEnabled, KmsKeyId, TrailARN } = best?.trail ?? {};
        const id = TrailARN ?? name;
        return join([
          unless(LogFileValidationEnabled === true, name, "warning", {
            expected: "log file validation",
            found: "its files can be changed unnoticed",
            mend: `aws cloudtrail update-trail --name ${id} --enable-log-file-validation`,
          }),
          unless(KmsKeyId !== undefined, name, "warning", {
            expected: "a KMS key",
            found: "S3's own encryption",
            mend: `aws cloudtrail update-trail --name ${id} --kms-key-id KMS_KEY_ARN`,
          }),
        ]);
      }
      const unread = list.find(({ seen }) => seen.state === "unknown");
      if (unread?.seen.state === "unknown") return remark("unknown", unread.name, "readable", unread.seen.why, unread.seen.mend);
      const expected = "a trail of all regions that logs all management events";
      const first = read[0];
      if (first === undefined)
        return remark(
          "failed",
          "CloudTrail",
          expected,
          "there is no trail",
          "aws cloudtrail create-trail --name account --s3-bucket-name BUCKET --is-multi-region-trail --enable-log-file-validation && aws cloudtrail start-logging --name account",
        );
      const name = first.trail.Name ?? "?";
      const id = first.trail.TrailARN ?? name;
      if (!first.logging) return remark("failed", name, expected, "it is not logging", `aws cloudtrail start-logging --name ${id}`);
      return first.trail.IsMultiRegionTrail === true
        ? remark(
            "failed",
            name,
            expected,
            `it keeps ${first.management === "none" ? "no management events" : "only the writing ones"}`,
            `aws cloudtrail put-event-selectors --trail-name ${id} --event-selectors '[{"ReadWriteType":"All","IncludeManagementEvents":true}]'`,
          )
        : remark(
            "failed",
            name,
            expected,
            "it records its own region alone",
            `aws cloudtrail update-trail --name ${id} --is-multi-region-trail`,
          );
    }),
};

const settings = ({
  LogFileValidationEnabled,
  KmsKeyId,
}: {
  LogFileValidationEnabled?: boolean | undefined;
  KmsKeyId?: string | undefined;
}): number => Number(LogFileValidationEnabled === true) + Number(KmsKeyId !== undefined);

/** Days before its end from which on a certificate has to be renewed. */
const renewBefore = 30;

export const certificates: Check = {
  id: "certificates",
  title: "Certificates are valid, and not within 30 days of their end",
  profiles: ["container", "serverless"],
  severity: "high",
  needs: ["certificates"],
  controls: controls("CC6.7", "4.2.1.1", "32", "164.312(e)(1)"),
  prowler: ["acm_certificates_expiration_check"],
  judge: ({ certificates: list }, { now }) =>
    onEach("certificates", list, ({ DomainName, Status, NotAfter, RenewalEligibility }, arn) => {
      const name = DomainName ?? arn;
      if (Status !== "ISSUED")
        return remark(
          "failed",
          name,
          "ISSUED",
          Status ?? "no status",
          `aws acm describe-certificate --certificate-arn ${arn} (a pending one waits for its validation record)`,
        );
      if (NotAfter === undefined) return nothing;
      const days = Math.floor((NotAfter.getTime() / 1000 - now) / 86_400);
      if (days > renewBefore) return fine(name);
      const found = days < 0 ? `it ended ${-days} days ago` : `it ends in ${days} days`;
      const mend =
        RenewalEligibility === "ELIGIBLE"
          ? `Its renewal waits for something: aws acm describe-certificate --certificate-arn ${arn} --query Certificate.RenewalSummary`
          : `aws acm import-certificate --certificate-arn ${arn} --certificate fileb://new.pem --private-key fileb://key.pem --certificate-chain fileb://chain.pem`;
      return remark("failed", name, `more than ${renewBefore} days left`, found, mend);
    }),
};
