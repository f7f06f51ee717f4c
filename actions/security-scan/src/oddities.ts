import type { Finding } from "@aws-deploy-actions/shared/findings/finding";
import type { Oddity } from "./ports.ts";

const titles: Readonly<Record<Oddity["kind"], string>> = {
  "link-outside": "Link that leads out of the repository",
  "odd-name": "Name with characters that mislead",
  "special-file": "No regular file",
  submodule: "Submodule that was not scanned",
  unreadable: "File that cannot be read",
};

/** What is odd about the tree is a finding: nothing is passed over in silence. */
export const oddityFinding = ({ path, kind, detail }: Oddity): Finding => ({
  source: "security-scan",
  rule: kind,
  title: titles[kind],
  severity: kind === "unreadable" || kind === "submodule" ? "medium" : "low",
  category: "policy",
  place: { path, line: 1 },
  message: `${titles[kind]}: ${detail}.`,
  cwe: kind === "link-outside" ? [59] : [],
  anchor: kind,
});
