import type { Remark } from "../finding.ts";
import { shellQuoted } from "../finding.ts";
import { covers } from "./conditions.ts";
import type { Statement } from "./document.ts";

/** Who a resource policy lets read beyond the secret's own account. Conditions that limit the caller to an organisation, account or network make a warning of it. */
export function exposureOf(statements: readonly Statement[], secretArn: string): readonly Remark[] {
  const own = secretArn.split(":")[4] ?? "";
  const show = `aws secretsmanager get-resource-policy --secret-id ${shellQuoted(secretArn)}`;
  return statements.filter((one) => one.effect === "Allow" && letsRead(one)).flatMap((one) => remarksOn(one, own, show));
}

function remarksOn(statement: Statement, own: string, show: string): readonly Remark[] {
  const { principals, conditions, name } = statement;
  if (principals.kind === "anyone" || principals.kind === "all-but") {
    const limited = conditions.some(({ key }) => limiting.test(key));
    return [
      {
        rule: "open-policy",
        severity: limited ? "warning" : "error",
        message: limited
          ? `lets everybody read it who meets the conditions of "${name}" in its resource policy.`
          : `lets everybody read it: "${name}" in its resource policy names ${principals.kind === "anyone" ? "*" : "all but some"} as principal.`,
        mend: `Name the roles instead of "*" (${show}), then: aws secretsmanager put-resource-policy --block-public-policy …`,
      },
    ];
  }
  const accounts = principals.aws
    .map((one) => (/^\d{12}$/.test(one) ? one : (one.split(":")[4] ?? "")))
    .filter((account) => /^\d{12}$/.test(account) && account !== own);
  const services = principals.others;
  return [
    ...[...new Set(accounts)].map(
      (account): Remark => ({
        rule: "other-account",
        severity: "warning",
        message: `may be read from account ${account}: "${name}" in its resource policy.`,
        mend: `If that is not meant, take the statement out: ${show}`,
      }),
    ),
    ...services.map(
      (service): Remark => ({
        rule: "other-account",
        severity: "warning",
        message: `may be read by ${service}: "${name}" in its resource policy.`,
        mend: `If that is not meant, take the statement out: ${show}`,
      }),
    ),
  ];
}

/** Conditions on who calls, or from where: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
const limiting = /^aws:(principal(arn|account|orgid|orgpaths|tag\/.*|isawsservice)|source(arn|account|orgid|vpc|vpce|ip)|userid)$/i;

const letsRead = ({ actions }: Statement): boolean => {
  const hit = actions.patterns.some((pattern) => covers(pattern, "secretsmanager:GetSecretValue", true));
  return actions.not ? !hit : hit;
};
