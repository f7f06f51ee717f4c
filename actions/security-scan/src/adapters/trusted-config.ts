import { mkdtemp, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { inputVariable } from "@aws-deploy-actions/shared/action/inputs";
import { eventPayload } from "@aws-deploy-actions/shared/github/context";
import { configFileState } from "../inputs.ts";
import { gitIn } from "./git.ts";
import { pullRequestBase } from "./history.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment with `config-file` taken from the base branch of a pull request: its author could otherwise switch the gate off.
 * Outside of pull requests it is unchanged.
 */
export async function withTrustedConfigFile(environment: Environment): Promise<Environment> {
  const variable = inputVariable("config-file");
  const path = (environment[variable] ?? "").trim().replace(/^\.\//, "");
  const base = pullRequestBase(eventPayload(environment));
  if (path === "" || base === undefined) return environment;
  const git = gitIn(environment["GITHUB_WORKSPACE"] || ".", environment);
  if (!(await git.has(base))) return { ...environment, [variable]: "", [configFileState]: `unreadable ${base.slice(0, 7)}` };
  const text = await git.blob(base, path);
  if (text === undefined) return { ...environment, [variable]: "", [configFileState]: "missing" };
  const copy = join(await mkdtemp(join(environment["RUNNER_TEMP"] || "/tmp", "scan-config-")), basename(path));
  await writeFile(copy, text, { mode: 0o600 });
  return { ...environment, [variable]: copy };
}
