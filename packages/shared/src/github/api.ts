import { cloudTrouble, type Problem, Trouble } from "../problems.ts";
import { oneLine } from "../text/sanitise.ts";
import type { RunContext } from "./context.ts";

/** GitHub's REST and GraphQL interface, for one token. */
export type GitHub = ReturnType<typeof import("@actions/github")["getOctokit"]>;

/** A repository as GitHub's calls name it. */
export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

/** Opens GitHub with a token. The client is loaded only here: it costs 40 ms and most runs do without. */
export async function openGitHub(token: string, context: Pick<RunContext, "apiUrl">): Promise<GitHub> {
  const { getOctokit } = await import("@actions/github");
  // Its deprecation notes and warnings are for its developers, not for the step's log.
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  return getOctokit(token, { baseUrl: context.apiUrl, log: silent });
}

/** Options of every call: no call may hold a deployment. */
export const patience = (): { readonly request: { readonly signal: AbortSignal } } => ({
  request: { signal: AbortSignal.timeout(10_000) },
});

/** `octocat/shop` in two parts. */
export function repositoryOf({ repository }: Pick<RunContext, "repository">): Repository | undefined {
  const [owner, repo, ...rest] = repository.split("/");
  return owner === undefined || owner === "" || repo === undefined || repo === "" || rest.length > 0 ? undefined : { owner, repo };
}

/**
 * A failed call as trouble; a refused one names the permission that is missing.
 *
 * @param permission as it stands in a workflow, `pull-requests: write`
 */
export function githubTrouble(what: string, error: unknown, permission: string): Trouble {
  if (error instanceof Trouble) return error;
  const { status, message = String(error) } = (error ?? {}) as { status?: number; message?: string };
  const said = `${what}: ${status === undefined ? "" : `GitHub answered ${status}, `}${oneLine(message.replace(/ - https:\/\/docs\.github\.com\S*/, ""), 200)}`;
  if (status !== 401 && status !== 403 && status !== 404) return cloudTrouble(said, undefined, error);
  return cloudTrouble(
    said,
    `Give github-token a token that may do it:\n  permissions:\n    ${permission}\nIn a pull request from a fork the job's token may only read.`,
    error,
  );
}

/** Problems on one line, for a warning. */
export const inOneLine = (problems: readonly Problem[]): string =>
  problems.map(({ what, mend }) => (mend === undefined ? what : `${what}\n${mend}`)).join("\n");
