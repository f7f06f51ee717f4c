// Every step in the README is one that the action takes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readConfig, spec } from "../src/inputs.ts";

const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");
const blocks = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text);

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

const stepsOf = (block: string): readonly Step[] => {
  const parsed = parse(block) as readonly Step[] | { readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>> };
  return Array.isArray(parsed)
    ? parsed
    : Object.values((parsed as { jobs: object }).jobs).flatMap((job: { steps: readonly Step[] }) => job.steps);
};

/** A value that an expression could have. */
const filled = (name: string, value: unknown): string =>
  String(value).replace(
    /\$\{\{[^}]*\}\}/g,
    name.endsWith("digest") ? "0".repeat(64) : name === "change-set" ? "plan-1" : name.includes("url") ? "https://example.com" : "value",
  );

const steps = blocks.flatMap(stepsOf).filter(({ uses }) => uses?.includes("/actions/sam-deploy@"));

test("the README shows the action at work", () => {
  expect(steps.length).toBeGreaterThan(4);
});

test.each(steps.map(({ with: inputs = {} }) => ({ mode: inputs["mode"] ?? "deploy", inputs })))(
  "its step with mode $mode is accepted",
  ({ inputs }) => {
    for (const name of Object.keys(inputs)) expect(Object.keys(spec)).toContain(name);
    expect(() => readConfig(Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, filled(name, value)])))).not.toThrow();
  },
);
