// Stands for an action where a pipeline's order is tried: it writes down how it was called, and ends as it is told to.
import { existsSync, readFileSync } from "node:fs";

/** The bundle of a stand-in. It reads CALLED (a file) and FAIL (`action` or `action:environment`, separated by blanks). */
export const standIn = (action: string): string => `
const { appendFileSync, mkdirSync } = require("node:fs");
if (process.env.STATE_main) process.exit(0); // the post step
appendFileSync(process.env.GITHUB_STATE, "main=ended\\n");
const input = (name) => process.env["INPUT_" + name.toUpperCase()] ?? "";
const environment = input("environment") || input("config-env");
const called = { action: "${action}", environment };
for (const name of ["mode", "image", "application", "aws-region", "oidc-role-to-assume", "build-digest", "rotate"])
  if (input(name) !== "") called[name] = input(name);
appendFileSync(process.env.CALLED, JSON.stringify(called) + "\\n");
const fails = (process.env.FAIL ?? "").split(" ").some((one) => one === called.action || one === called.action + ":" + environment
  || one === called.action + ":" + called.application);
if (input("mode") === "build") mkdirSync(".aws-sam/build", { recursive: true });
const outputs = { outcome: fails ? "failed" : "succeeded", reason: "because", "build-digest": "d".repeat(64) };
for (const [name, value] of Object.entries(outputs)) appendFileSync(process.env.GITHUB_OUTPUT, name + "=" + value + "\\n");
process.exit(fails ? 1 : 0);
`;

/** How a stand-in was called: the inputs that say what it would do. */
export interface Called {
  readonly action: string;
  readonly environment: string;
  readonly mode?: string;
  readonly image?: string;
  readonly application?: string;
  readonly "aws-region"?: string;
  readonly "oidc-role-to-assume"?: string;
  readonly "build-digest"?: string;
  readonly rotate?: string;
}

export const callsIn = (file: string): readonly Called[] =>
  existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Called)
    : [];
