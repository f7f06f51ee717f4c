import type { Journal } from "../action/journal.ts";
import { problemsOf } from "../problems.ts";
import { cut, oneLine } from "../text/sanitise.ts";
import { type GitHub, githubTrouble, inOneLine, openGitHub, patience, type Repository, repositoryOf } from "./api.ts";
import type { RunContext } from "./context.ts";

/** What GitHub shows for an environment: https://docs.github.com/rest/deployments/statuses */
export type DeploymentState = "in_progress" | "success" | "failure" | "error" | "inactive";

/** Shows a deployment on the repository's page of environments. */
export interface DeploymentPage {
  /** Never rejects: what GitHub shows never decides about a deployment. */
  show(state: DeploymentState, description: string): Promise<void>;
}

export interface DeploymentSettings {
  readonly token: string | undefined;
  /** GitHub's environment; the name of ours. */
  readonly environment: string;
  readonly production: boolean;
  /** Where users find it. */
  readonly environmentUrl?: string | undefined;
}

/** GitHub's limit of a description. */
const descriptionLimit = 140;

/**
 * The run's deployment in GitHub. A job with `environment:` has one already, which is used; otherwise one is made.
 * Without a token, or outside of GitHub, nothing happens.
 */
export function githubDeployment(settings: DeploymentSettings, context: RunContext, journal: Pick<Journal, "annotate">): DeploymentPage {
  const { token } = settings;
  const repository = repositoryOf(context);
  if (token === undefined || repository === undefined || context.commit === "") return { show: async () => undefined };
  let opened: Promise<Opened> | undefined;
  let failed = false;
  const send = async (state: DeploymentState, description: string): Promise<void> => {
    if (failed) return;
    try {
      opened ??= open(token, repository, settings, context);
      const { github, id } = await opened;
      await github.rest.repos.createDeploymentStatus({
        ...repository,
        deployment_id: id,
        state,
        description: cut(oneLine(description), descriptionLimit),
        environment: settings.environment,
        // The one that is shown as active is the one that succeeded last: GitHub ends the earlier ones.
        auto_inactive: true,
        ...(context.runUrl === undefined ? {} : { log_url: context.runUrl }),
        ...(isHttp(settings.environmentUrl) ? { environment_url: settings.environmentUrl } : {}),
        ...patience(),
      });
    } catch (error) {
      // Said once: a missing permission is missing at the end as well.
      failed = true;
      const trouble = githubTrouble("The deployment could not be shown in GitHub", error, "deployments: write");
      journal.annotate("warning", inOneLine(problemsOf(trouble)));
    }
  };
  // One after the other, in the order in which they were asked for: nobody has to wait for the first one.
  let last = Promise.resolve();
  return {
    show: (state, description) => {
      last = last.then(() => send(state, description));
      return last;
    },
  };
}

const isHttp = (url: string | undefined): url is string =>
  url !== undefined && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

interface Opened {
  readonly github: GitHub;
  readonly id: number;
}

async function open(token: string, repository: Repository, settings: DeploymentSettings, context: RunContext): Promise<Opened> {
  const github = await openGitHub(token, context);
  return { github, id: (await jobsOwn(github, repository, settings, context)) ?? (await create(github, repository, settings, context)) };
}

/** The deployment that GitHub made for this run's job, found by the address of its log. */
async function jobsOwn(
  github: GitHub,
  repository: Repository,
  { environment }: DeploymentSettings,
  { commit, runId }: RunContext,
): Promise<number | undefined> {
  if (runId === "") return undefined;
  const { data } = await github.rest.repos.listDeployments({ ...repository, sha: commit, environment, per_page: 5, ...patience() });
  for (const { id } of data) {
    const statuses = await github.rest.repos.listDeploymentStatuses({ ...repository, deployment_id: id, per_page: 20, ...patience() });
    if (statuses.data.some(({ log_url: log }) => log?.split("/actions/runs/")[1]?.split("/")[0] === runId)) return id;
  }
  return undefined;
}

async function create(
  github: GitHub,
  repository: Repository,
  { environment, production }: DeploymentSettings,
  { commit, runUrl }: RunContext,
): Promise<number> {
  const { data } = await github.rest.repos.createDeployment({
    ...repository,
    ref: commit,
    environment,
    production_environment: production,
    auto_merge: false,
    // Whether the commit may be deployed has been decided: the workflow runs.
    required_contexts: [],
    payload: runUrl === undefined ? {} : { run: runUrl },
    ...patience(),
  });
  if (!("id" in data)) throw new Error(data.message ?? "GitHub made no deployment");
  return data.id;
}
