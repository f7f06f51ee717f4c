import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import type { Action } from "@aws-deploy-actions/shared/action/launch";
import { eventPayload } from "@aws-deploy-actions/shared/github/context";
import { gitIn } from "./adapters/git.ts";
import { gitHistory } from "./adapters/history.ts";
import { insideOnly } from "./adapters/inside.ts";
import { machinePrograms } from "./adapters/programs.ts";
import { diskReports } from "./adapters/reports.ts";
import { diskRepository } from "./adapters/repository.ts";
import { type Config, readConfig, spec } from "./inputs.ts";
import { run } from "./run.ts";

/** What the action takes from its own process. */
export interface Surroundings {
  /** The folder of pinned requirements. */
  readonly requirements: string;
  /** Ends a process group at once. */
  readonly killGroup: (leader: number) => void;
}

/** The action with its real adapters: the disk, git, other people's programs. */
export const securityScan = ({ requirements, killGroup }: Surroundings): Action<Config> => ({
  name: "security-scan",
  spec,
  read: readConfig,
  logDirectory: ({ logDirectory }) => insideOnly(logDirectory),
  tell: async ({ common }, result, base) => (await import("@aws-deploy-actions/shared/action/tell")).tellFromInputs(common, result, base),
  run: async (config, base) => {
    const { environment, clock } = base;
    const workspace = resolve(environment["GITHUB_WORKSPACE"] || ".");
    const git = gitIn(workspace, environment);
    return run(config, base, {
      repository: diskRepository(workspace, git),
      history: gitHistory(workspace, git, eventPayload(environment)),
      programs: await machinePrograms({ environment, workspace, requirements, clock, killGroup }),
      reports: diskReports(workspace),
      files: { read: (path) => readFile(path, "utf8"), write: (path, text) => writeFile(path, text, { mode: 0o600 }) },
      cores: availableParallelism(),
      version: "1.0.0",
    });
  },
});
