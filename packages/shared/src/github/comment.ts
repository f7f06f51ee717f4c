import type { Journal } from "../action/journal.ts";
import { problemsOf } from "../problems.ts";
import { type GitHub, githubTrouble, inOneLine, openGitHub, patience, repositoryOf } from "./api.ts";
import { eventPayload, type RunContext } from "./context.ts";

/** GitHub refuses longer comments. */
const bodyLimit = 65_536;
/** So many comments are looked through for ours, the newest first. */
const pageSize = 100;
const pages = 10;

/** What a comment is posted from. */
export interface CommentBase {
  readonly context: RunContext;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly journal: Pick<Journal, "say" | "annotate">;
}

/** The pull request that the run belongs to, or undefined where it belongs to none. */
export function pullRequestOf(environment: CommentBase["environment"]): number | undefined {
  const { pull_request: pull, issue } = eventPayload(environment) as {
    pull_request?: Numbered;
    issue?: Numbered & { pull_request?: unknown };
  };
  const number = pull?.number ?? (issue?.pull_request === undefined ? undefined : issue.number);
  return typeof number === "number" && Number.isInteger(number) && number > 0 ? number : undefined;
}

interface Numbered {
  readonly number?: unknown;
}

/**
 * Writes a comment into the run's pull request, or brings the one of an earlier run up to date, so that there is one for each key.
 * Outside of a pull request or without a token nothing happens. Whatever fails is a warning: a comment never decides about a run.
 *
 * @param key what the comment is about, `plan shop/staging`
 */
export async function commentOnPullRequest(base: CommentBase, token: string | undefined, key: string, markdown: string): Promise<void> {
  const number = pullRequestOf(base.environment);
  const repository = repositoryOf(base.context);
  if (token === undefined || number === undefined || repository === undefined) return;
  try {
    const github = await openGitHub(token, base.context);
    const where = { ...repository, issue_number: number };
    const body = bodyOf(key, markdown, base.context.runUrl);
    const own = await ownComment(github, where, markerOf(key));
    if (own === undefined) await github.rest.issues.createComment({ ...where, body, ...patience() });
    else await github.rest.issues.updateComment({ ...repository, comment_id: own, body, ...patience() });
    base.journal.say(`The comment in pull request #${number} was ${own === undefined ? "written" : "brought up to date"}.`);
  } catch (error) {
    const trouble = githubTrouble(`The comment in pull request #${number} could not be written`, error, "pull-requests: write");
    base.journal.annotate("warning", inOneLine(problemsOf(trouble)));
  }
}

/** A line that readers do not see, by which the comment is found again. */
export const markerOf = (key: string): string => `<!-- aws-deploy-actions: ${key.replace(/[^\w ./:-]/g, "_").replace(/-{2,}/g, "-")} -->`;

/** The comment's text, within what GitHub takes. */
export function bodyOf(key: string, markdown: string, runUrl: string | undefined): string {
  const rest = runUrl === undefined ? "" : `\n\nThe rest is in the summary of [this run](${runUrl}).`;
  const whole = `${markerOf(key)}\n${markdown}`;
  if (whole.length <= bodyLimit) return whole;
  const room = whole.slice(0, bodyLimit - rest.length - 20);
  // Whole lines only; a fence or a fold that stays open would swallow the rest.
  return `${closed(room.slice(0, room.lastIndexOf("\n")))}${rest}`;
}

function closed(markdown: string): string {
  const fences = markdown.match(/^`{3,}/gm) ?? [];
  const folds = (markdown.match(/<details>/g) ?? []).length - (markdown.match(/<\/details>/g) ?? []).length;
  return `${markdown}${fences.length % 2 === 1 ? `\n${fences.at(-1)}` : ""}${"\n</details>".repeat(Math.max(0, folds))}`;
}

const query = `query ($owner: String!, $repo: String!, $number: Int!, $size: Int!, $before: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      comments(last: $size, before: $before) {
        nodes { databaseId body viewerDidAuthor }
        pageInfo { hasPreviousPage startCursor }
      }
    }
  }
}`;

interface Found {
  readonly repository: {
    readonly pullRequest: {
      readonly comments: {
        readonly nodes: readonly { readonly databaseId: number; readonly body: string; readonly viewerDidAuthor: boolean }[];
        readonly pageInfo: { readonly hasPreviousPage: boolean; readonly startCursor: string | null };
      };
    } | null;
  };
}

/** The newest comment with the marker that this token wrote: one that somebody else made look like ours is left alone. */
async function ownComment(
  github: GitHub,
  where: { readonly owner: string; readonly repo: string; readonly issue_number: number },
  marker: string,
): Promise<number | undefined> {
  let before: string | null = null;
  for (let page = 0; page < pages; page++) {
    const found: Found = await github.graphql(query, {
      owner: where.owner,
      repo: where.repo,
      number: where.issue_number,
      size: pageSize,
      before,
      ...patience(),
    });
    const comments = found.repository.pullRequest?.comments;
    const own = comments?.nodes.findLast(({ body, viewerDidAuthor }) => viewerDidAuthor && body.startsWith(marker));
    if (own !== undefined) return own.databaseId;
    if (comments?.pageInfo.hasPreviousPage !== true) return undefined;
    before = comments.pageInfo.startCursor;
  }
  return undefined;
}
