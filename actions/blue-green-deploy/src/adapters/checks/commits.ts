import type { Toolbox } from "@aws-deploy-actions/rollout/toolbox";
import { openGitHub, patience, repositoryOf } from "@aws-deploy-actions/shared/github/api";
import type { RunContext } from "@aws-deploy-actions/shared/github/context";
import { problem } from "@aws-deploy-actions/shared/problems";
import type { Config } from "../../inputs.ts";
import type { Prepared } from "../../prepare.ts";
import { type Findings, nothing } from "../../tools.ts";

/** A version that is older than what runs is deployed by a re-run of an old job, mostly by mistake. */
export async function olderCommit(tools: Toolbox, prepared: Prepared, { given }: Config, context: RunContext): Promise<Findings> {
  const { succeeded } = await (await tools.store(prepared.environment)).read();
  const repository = repositoryOf(context);
  const running = succeeded?.commit ?? "";
  if (running === "" || context.commit === "" || context.commit.startsWith(running)) return nothing;
  if (given["github-token"] === undefined || repository === undefined) return nothing;
  const github = await openGitHub(given["github-token"], context);
  const { data } = await github.rest.repos.compareCommitsWithBasehead({
    ...repository,
    basehead: `${running}...${context.commit}`,
    per_page: 1,
    ...patience(),
  });
  if (data.status !== "behind") return nothing;
  const what = `Commit ${context.commit.slice(0, 12)} is ${data.behind_by} commits older than ${running}, which runs.`;
  return {
    ...nothing,
    warnings: [
      problem(
        "deployment",
        what,
        "Deploy the newer one, or this one in spite of it with force: true. To go back to an earlier version, use the action emergency-rollback.",
      ),
    ],
  };
}
