import type { Diagnostic } from "../model/messages.ts";

interface Advice {
  readonly when: RegExp;
  readonly says: (text: string) => string;
}

const lockPart = (text: string, name: string): string | undefined =>
  new RegExp(`${name}:\\s+(\\S.*?)(?=\\s+(?:ID|Path|Operation|Who|Version|Created|Info):|$)`).exec(text.replace(/\s+/g, " "))?.[1]?.trim();

const advice: readonly Advice[] = [
  {
    when: /Saved plan is stale/i,
    says: () =>
      "The state was changed after this plan was made, by another apply. Run mode: plan again and review it anew; nothing was changed by this step.",
  },
  {
    when: /state lock/i,
    says: (text) => {
      const [id, who, created] = [lockPart(text, "ID"), lockPart(text, "Who"), lockPart(text, "Created")];
      const holder = who === undefined ? "Somebody" : `${who}, since ${created ?? "an unknown time"},`;
      return `${holder} holds the lock of the state. Wait for that run to end. Only when it is certainly dead: terraform force-unlock ${id ?? "LOCK_ID"}`;
    },
  },
  {
    when: /Invalid or unknown key|does not support the given configuration|different from the (backend|configuration)|Backend (configuration changed|initialization required)/i,
    says: () => "The backend is not the one the working directory was initialised with: give the same backend-config in every job.",
  },
  {
    when: /No value for required variable/i,
    says: () => "Give the variable in var-file, or:\nwith:\n  variables: |\n    name=value",
  },
  {
    when: /Inconsistent dependency lock file|checksum|doesn't match any of the checksums/i,
    says: () =>
      "The lock file of the providers does not fit: run terraform init -upgrade (or upgrade: true) and commit .terraform.lock.hcl for every platform: terraform providers lock -platform=linux_amd64",
  },
  {
    when: /Unsupported Terraform Core version|required_version/i,
    says: () =>
      "Install the version that the configuration asks for:\n- uses: hashicorp/setup-terraform@v3\n  with:\n    terraform_version: 1.11.4",
  },
  {
    when: /plan file|created by a different|Failed to (load|read) .*plan/i,
    says: () => "The plan was made by another version of Terraform, or is damaged: plan and apply with the same version.",
  },
  {
    when: /No valid credential sources|ExpiredToken|could not find credentials|InvalidClientTokenId/i,
    says: () =>
      "The AWS provider has no valid credentials: give oidc-role-to-assume (with permissions: id-token: write) or configure them before this step.",
  },
  {
    when: /AccessDenied|UnauthorizedOperation|not authorized to perform/i,
    says: () => "The role lacks the permission that the message names.",
  },
  {
    when: /prevent_destroy/i,
    says: () =>
      "The configuration forbids this destruction (lifecycle prevent_destroy). That is a protection: take it away only when the data may go.",
  },
  {
    when: /already exists|EntityAlreadyExists|BucketAlreadyOwnedByYou/i,
    says: () => "It exists outside of this state: import it (an import block), or give it another name.",
  },
];

/** What an error means and what to do, or undefined where its own words must do. */
export function explain({ summary, detail }: Pick<Diagnostic, "summary" | "detail">): string | undefined {
  const text = `${summary}\n${detail}`;
  return advice.find(({ when }) => when.test(text))?.says(text);
}
