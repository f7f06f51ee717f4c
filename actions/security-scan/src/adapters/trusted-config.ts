import { mkdtemp, realpath, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { inputVariable } from "@aws-deploy-actions/shared/action/inputs";
import { eventPayload } from "@aws-deploy-actions/shared/github/context";
import { configFileState } from "../inputs.ts";
import { gitIn } from "./git.ts";
import { pullRequestBase } from "./history.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment with `config-file` taken from the base branch of a pull request: its author could otherwise switch the gate off.
 * Outside of pull requests it is unchanged, and so is a file outside of the workspace, which the pull request does not bring.
 */
export async function withTrustedConfigFile(environment: Environment): Promise<Environment> {
  const variable = inputVariable("config-file");
  const given = (environment[variable] ?? "").trim();
  const base = pullRequestBase(eventPayload(environment));
  if (given === "" || base === undefined) return environment;
  const workspace = resolve(environment["GITHUB_WORKSPACE"] || ".");
  const path = await inWorkspace(workspace, given);
  if (path === undefined) return environment;
  const git = gitIn(workspace, environment);
  if (!(await git.has(base))) return { ...environment, [variable]: "", [configFileState]: `unreadable ${base.slice(0, 7)}` };
  const text = await git.blob(base, path);
  if (text === undefined) return { ...environment, [variable]: "", [configFileState]: "missing" };
  const copy = join(await mkdtemp(join(environment["RUNNER_TEMP"] || "/tmp", "scan-config-")), basename(path));
  await writeFile(copy, text, { mode: 0o600 });
  return { ...environment, [variable]: copy };
}

/** The path from the workspace of a file in it, by its name or by where a link leads; undefined for one that lies outside by both. */
async function inWorkspace(workspace: string, given: string): Promise<string | undefined> {
  const home = await realpath(workspace);
  const full = resolve(workspace, given);
  for (const [root, path] of [
    [workspace, full],
    [home, full],
    [home, await realpath(full).catch(() => full)],
  ] as const)
    if (path.startsWith(root + sep)) return relative(root, path).split(sep).join("/");
  return undefined;
}
