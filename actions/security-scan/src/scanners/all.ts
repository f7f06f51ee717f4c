import { bandit } from "./bandit.ts";
import { cfnLint } from "./cfn-lint.ts";
import { checkov } from "./checkov.ts";
import { gitleaks } from "./gitleaks.ts";
import { npmAudit } from "./npm-audit.ts";
import { pipAudit } from "./pip-audit.ts";
import { safety } from "./safety.ts";
import type { Scanner } from "./scanner.ts";
import { trivy, trivyImage } from "./trivy.ts";
import { zizmor } from "./zizmor.ts";

export const allScanners: readonly Scanner[] = [gitleaks, bandit, pipAudit, safety, npmAudit, cfnLint, checkov, zizmor, trivy, trivyImage];

/** Rules of different tools that look for the same thing, where neither CWE nor advisory shows it. */
export const sameRules: readonly (readonly string[])[] = [
  ["cfn-lint/E2531", "cfn-lint/W2531", "cfn-lint/E2533", "checkov/CKV_AWS_363"],
  ["cfn-lint/W3045", "checkov/CKV_AWS_20", "checkov/CKV_AWS_57"],
  ["cfn-lint/W1011", "checkov/CKV_AWS_45", "checkov/CKV_AWS_46"],
];
