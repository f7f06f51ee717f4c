import { readFileSync } from "node:fs";
import { join } from "node:path";
import { allChecks, checksOf } from "../src/checks/all.ts";
import type { Check } from "../src/model/check.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const page = readFileSync(join(root, "docs", "posture.md"), "utf8");
const [, differences = "", controls = ""] = page.split(/^## (?:Where prowler has the check|Controls)$/m);

/** Cells of a table's row by the check in its first one. */
const rowOf = (section: string, id: string): readonly string[] =>
  (section.split("\n").find((line) => line.startsWith(`| \`${id}\` |`)) ?? "")
    .split("|")
    .slice(2, -1)
    .map((cell) => cell.trim());
const listed = (texts: readonly string[]): string => (texts.length === 0 ? "–" : texts.join(", "));
const each = allChecks.map((check): readonly [string, Check] => [check.id, check]);

test.each(each)("docs/posture.md names prowler's checks of %s, and says where we differ", (id, { prowler }) => {
  const [ids, why = ""] = rowOf(differences, id);
  expect(ids).toBe(listed(prowler.map((one) => `\`${one}\``)));
  if (prowler.length > 0) expect(why.length).toBeGreaterThan(5);
});

test.each(each)("docs/posture.md has the controls of %s", (id, check) => {
  const { soc2, pci, gdpr, hipaa, cis } = check.controls;
  expect(rowOf(controls, id)).toEqual([soc2, pci, gdpr, hipaa, cis].map(listed));
});

test("the README has every check under its profile", () => {
  const text = readFileSync(join(root, "actions", "security-posture", "README.md"), "utf8");
  const [, container = "", serverless = ""] = text.split(/^## Profile .*$/m);
  for (const { id } of checksOf("container")) expect([id, container.includes(`| \`${id}\` |`)]).toEqual([id, true]);
  for (const { id } of checksOf("serverless")) expect([id, serverless.includes(`\`${id}\``)]).toEqual([id, true]);
});
