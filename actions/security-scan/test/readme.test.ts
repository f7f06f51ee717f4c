import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readIgnores } from "../src/decide/ignores.ts";
import { spec } from "../src/inputs.ts";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
const [workflow = "", ignores = ""] = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block ?? "");

test("the README's workflow gives only inputs that there are, and only the permissions that it needs", () => {
  const { permissions, jobs } = parse(workflow) as {
    permissions: object;
    jobs: { scan: { permissions: object; steps: { uses: string; with?: object }[] } };
  };
  expect(permissions).toEqual({});
  expect(jobs.scan.permissions).toEqual({ contents: "read", "security-events": "write" });
  const own = jobs.scan.steps.find(({ uses }) => uses.includes("/actions/security-scan@"));
  expect(Object.keys(own?.with ?? {}).filter((name) => !Object.hasOwn(spec, name))).toEqual([]);
});

test("the README's ignore file is honoured", () => {
  const { entries, broken } = readIgnores(ignores, "README.md");
  expect(broken).toEqual([]);
  expect(entries).toHaveLength(1);
});
