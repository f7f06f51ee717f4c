import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { launch } from "@aws-deploy-actions/shared/action/launch";
import { thisProcess } from "@aws-deploy-actions/shared/action/process";
import { eventPayload } from "@aws-deploy-actions/shared/github/context";
import { gitIn } from "./adapters/git.ts";
import { gitHistory } from "./adapters/history.ts";
import { machinePrograms } from "./adapters/programs.ts";
import { diskReports } from "./adapters/reports.ts";
import { diskRepository } from "./adapters/repository.ts";
import { withTrustedConfigFile } from "./adapters/trusted-config.ts";
import { readConfig, spec } from "./inputs.ts";
import { run } from "./run.ts";

// The bundle lies in dist/, the source in src/: the pinned requirements are beside both.
const requirements = join(dirname(process.argv[1] ?? "."), "..", "requirements");
const ours = thisProcess();

await launch(
  {
    name: "security-scan",
    spec,
    read: readConfig,
    logDirectory: ({ logDirectory }) => logDirectory,
    run: async (config, base) => {
      const { environment, clock } = base;
      const workspace = resolve(environment["GITHUB_WORKSPACE"] || ".");
      const git = gitIn(workspace, environment);
      return run(config, base, {
        repository: diskRepository(workspace, git),
        history: gitHistory(workspace, git, eventPayload(environment)),
        programs: await machinePrograms({
          environment,
          workspace,
          requirements,
          clock,
          killGroup: (leader) => process.kill(-leader, "SIGKILL"),
        }),
        reports: diskReports(workspace),
        files: { read: (path) => readFile(path, "utf8"), write: (path, text) => writeFile(path, text, { mode: 0o600 }) },
        cores: availableParallelism(),
        version: "1.0.0",
      });
    },
  },
  { ...ours, environment: await withTrustedConfigFile(ours.environment) },
);
