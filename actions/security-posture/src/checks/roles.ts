import { shellQuoted } from "@aws-deploy-actions/shared/secrets/finding";
import { readPolicy } from "@aws-deploy-actions/shared/secrets/policy/document";
import type { Check, Judgement } from "../model/check.ts";
import type { Role } from "../model/world.ts";
import { controls } from "./controls.ts";
import { fine, join, onEach, remark } from "./judging.ts";
import { excessOf, openTrust } from "./permissions.ts";

export const leastPrivilege: Check = {
  id: "least-privilege-roles",
  title: "Roles may do what the application needs, and no more",
  profiles: ["container", "serverless"],
  severity: "high",
  needs: ["roles"],
  controls: controls("CC6.1, CC6.3", "7.2.1, 7.2.5", "25, 32", "164.308(a)(4), 164.312(a)(1)", "1.16"),
  prowler: [
    "iam_inline_policy_no_administrative_privileges",
    "iam_customer_attached_policy_no_administrative_privileges",
    "iam_aws_attached_policy_no_administrative_privileges",
    "iam_role_administratoraccess_policy",
    "iam_policy_allows_privilege_escalation",
    "iam_inline_policy_allows_privilege_escalation",
  ],
  judge: ({ roles }) => onEach("roles", roles, oneRole),
};

function oneRole(role: Role): Judgement {
  const name = role.arn.split("/").at(-1) ?? role.arn;
  const quoted = shellQuoted(name);
  const excess = readPolicy(role.trust) === undefined ? undefined : excessOf(role);
  if (excess === undefined)
    return remark(
      "unknown",
      name,
      "readable",
      "one of its policies, or its trust policy, is no policy document",
      `aws iam list-role-policies --role-name ${quoted}`,
    );
  const trust = openTrust(role.trust);
  const remarks = excess.map(({ policy, statement, what, limited }) => {
    const arn = role.policies.find((one) => one.name === policy)?.arn;
    const mend =
      arn === undefined
        ? `aws iam put-role-policy --role-name ${quoted} --policy-name ${shellQuoted(policy)} --policy-document file://narrower.json, with the actions and ARNs that it uses`
        : arn.includes(":aws:policy/")
          ? `aws iam detach-role-policy --role-name ${quoted} --policy-arn ${arn}, and give it a policy with the actions and ARNs that it uses`
          : `aws iam create-policy-version --policy-arn ${arn} --set-as-default --policy-document file://narrower.json`;
    return remark(
      limited ? "warning" : "failed",
      name,
      "named actions on named resources",
      `${policy} (${statement}) allows ${what}${limited ? ", limited in part" : ""}`,
      mend,
    );
  });
  const open =
    trust === undefined
      ? []
      : [
          remark(
            "failed",
            name,
            "named principals in its trust policy",
            trust,
            `aws iam update-assume-role-policy --role-name ${quoted} --policy-document file://trust.json`,
          ),
        ];
  return remarks.length + open.length === 0 ? fine(name) : join([...open, ...remarks]);
}
