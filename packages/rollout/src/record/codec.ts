import type { Colour } from "../colours.ts";
import type { Outcome, Phase, Progress } from "../model.ts";
import { phases } from "../model.ts";

/** Who may change an environment, and until when. */
export interface Lease {
  readonly owner: string;
  /** A human's name for the owner: the run's page or `local`. */
  readonly holder: string;
  readonly since: number;
  readonly until: number;
  readonly purpose: "deploy" | "rollback";
}

/** A rollout as it is written down: enough for a stranger to finish it. */
export interface Saved {
  readonly deployment: string;
  readonly goal: "deploy" | "return";
  readonly from: Colour;
  readonly to: Colour;
  readonly revision: string;
  /** What ran on `from`. */
  readonly previousRevision: string;
  readonly image: string;
  readonly commit: string;
  readonly progress: Progress;
  /** undefined while it runs. */
  readonly outcome: Outcome | undefined;
  readonly endedAt: number | undefined;
  /** The old colour stays scaled until then. */
  readonly keepUntil: number | undefined;
  readonly watch: number;
  /** Why somebody asked for it; undefined for a deployment. */
  readonly reason: string | undefined;
}

/**
 * The last rollout that succeeded. It outlives the records of those that failed after it: what "the version before" means is decided
 * from it.
 */
export interface Succeeded extends Pick<Saved, "deployment" | "goal" | "to" | "revision" | "previousRevision"> {
  readonly endedAt: number;
  /** Of the version that users have since; empty where nobody knows it, as after a way back. */
  readonly commit: string;
  /** Seconds from its beginning to its first switch call; undefined where nothing was moved. */
  readonly took: number | undefined;
}

/** What a rollout leaves for those after it, when it succeeded. */
export const succeededOf = ({
  deployment,
  goal,
  to,
  revision,
  previousRevision,
  commit,
  outcome,
  endedAt,
  progress,
}: Saved): Succeeded | undefined =>
  outcome !== "succeeded" || endedAt === undefined
    ? undefined
    : {
        deployment,
        goal,
        to,
        revision,
        previousRevision,
        endedAt,
        // The commit of a run that goes back is not the one that it goes back to.
        commit: goal === "deploy" ? commit : "",
        took: progress.switchedAt === undefined ? undefined : Math.max(0, progress.switchedAt - progress.started),
      };

/** Characters that an ECS tag's value may hold besides letters and digits: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html */
const tagSafe = /[^\p{L}\p{N} +\-=._:/@]/gu;
const tagLimit = 256;

const num = (value: number | undefined): string => (value === undefined ? "-" : String(Math.round(value * 10) / 10));
const readNum = (text: string | undefined): number | undefined =>
  text === undefined || text === "-" || text === "" || Number.isNaN(Number(text)) ? undefined : Number(text);

const readText = (text: string | undefined): string => (text === undefined || text === "-" ? "" : text);

/** `a=1 b=2`: the one notation that a tag's characters allow. Values must not hold spaces. */
const pairs = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${value.replace(/\s/g, "_") || "-"}`)
    .join(" ")
    .replace(tagSafe, "_")
    .slice(0, tagLimit);

const readPairs = (text: string | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (text ?? "")
      .split(" ")
      .flatMap((part) => (part.includes("=") ? [[part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]] : [])),
  );

export const tagNames = {
  lease: "aws-deploy-actions:lease",
  what: "aws-deploy-actions:deployment",
  progress: "aws-deploy-actions:progress",
  reason: "aws-deploy-actions:reason",
  last: "aws-deploy-actions:last-succeeded",
} as const;

export const leaseToTag = (lease: Lease): string =>
  pairs({ owner: lease.owner, purpose: lease.purpose, since: num(lease.since), until: num(lease.until), holder: lease.holder });

/** Undefined for a tag that is missing or that nobody here wrote. */
export function leaseFromTag(text: string | undefined): Lease | undefined {
  const { owner, purpose, since, until, holder } = readPairs(text);
  const [begin, end] = [readNum(since), readNum(until)];
  if (owner === undefined || begin === undefined || end === undefined) return undefined;
  return { owner, holder: holder ?? owner, since: begin, until: end, purpose: purpose === "rollback" ? "rollback" : "deploy" };
}

/** The last part of an ARN: the account and region are those of the service that carries the tag. */
const shortRevision = (revision: string): string => revision.split("/").at(-1) ?? revision;

export function savedToTags(saved: Saved): Readonly<Record<string, string>> {
  const { progress } = saved;
  return {
    [tagNames.what]: pairs({
      id: saved.deployment,
      goal: saved.goal,
      from: saved.from,
      to: saved.to,
      revision: shortRevision(saved.revision),
      previous: shortRevision(saved.previousRevision),
      commit: saved.commit.slice(0, 12),
      watch: num(saved.watch),
    }),
    [tagNames.progress]: pairs({
      phase: progress.phase,
      since: num(progress.since),
      started: num(progress.started),
      count: num(progress.count),
      step: num(progress.step),
      stepSince: num(progress.stepSince),
      switched: num(progress.switchedAt),
      confirmed: num(progress.confirmedAt),
      back: num(progress.rollbackSince),
      backAt: num(progress.backAt),
      as: progress.rollbackAs ?? "-",
      outcome: saved.outcome ?? "-",
      ended: num(saved.endedAt),
      keep: num(saved.keepUntil),
    }),
    [tagNames.reason]: (saved.reason ?? progress.rollbackReason ?? "-").replace(tagSafe, " ").slice(0, tagLimit) || "-",
    ...succeededToTags(succeededOf(saved)),
  };
}

const succeededToTags = (last: Succeeded | undefined): Readonly<Record<string, string>> =>
  last === undefined
    ? {}
    : {
        [tagNames.last]: pairs({
          id: last.deployment,
          goal: last.goal,
          to: last.to,
          ended: num(last.endedAt),
          took: num(last.took),
          commit: last.commit.slice(0, 12),
          revision: shortRevision(last.revision),
          previous: shortRevision(last.previousRevision),
        }),
      };

/** The last rollout that succeeded, from a service's tags; undefined for a tag that is missing or that nobody here wrote. */
export function succeededFromTags(tags: Readonly<Record<string, string>>, revisionArn: (short: string) => string): Succeeded | undefined {
  const { id, goal, to, ended, took, commit, revision, previous } = readPairs(tags[tagNames.last]);
  const [colour, endedAt] = [readColour(to), readNum(ended)];
  if (colour === undefined || endedAt === undefined || revision === undefined || previous === undefined) return undefined;
  return {
    deployment: id ?? "",
    goal: goal === "return" ? "return" : "deploy",
    to: colour,
    revision: revisionArn(revision),
    previousRevision: revisionArn(previous),
    endedAt,
    commit: readText(commit),
    took: readNum(took),
  };
}

const outcomes: readonly Outcome[] = ["succeeded", "rolled-back", "rollback-failed", "inconclusive", "cancelled", "failed"];
const readOutcome = (text: string | undefined): Outcome | undefined => outcomes.find((one) => one === text);
const readColour = (text: string | undefined): Colour | undefined => (text === "blue" || text === "green" ? text : undefined);

/**
 * Reads a rollout from a service's tags. Records are checked before they are believed: anything missing or odd gives undefined.
 *
 * @param revisionArn makes an ARN of `family:revision`
 */
export function savedFromTags(tags: Readonly<Record<string, string>>, revisionArn: (short: string) => string): Saved | undefined {
  const what = readPairs(tags[tagNames.what]);
  const noted = readPairs(tags[tagNames.progress]);
  const phase: Phase | undefined = phases.find((one) => one === noted["phase"]);
  const [from, to] = [readColour(what["from"]), readColour(what["to"])];
  const [since, started] = [readNum(noted["since"]), readNum(noted["started"])];
  if (phase === undefined || from === undefined || to === undefined || from === to || since === undefined || started === undefined)
    return undefined;
  const reason = tags[tagNames.reason] === "-" ? undefined : tags[tagNames.reason];
  const goal = what["goal"] === "return" ? "return" : "deploy";
  return {
    deployment: what["id"] ?? "",
    goal,
    from,
    to,
    revision: revisionArn(what["revision"] ?? ""),
    previousRevision: revisionArn(what["previous"] ?? ""),
    image: "",
    commit: readText(what["commit"]),
    progress: {
      phase,
      since,
      started,
      count: readNum(noted["count"]) ?? 1,
      step: readNum(noted["step"]) ?? 0,
      stepSince: readNum(noted["stepSince"]),
      switchedAt: readNum(noted["switched"]),
      confirmedAt: readNum(noted["confirmed"]),
      rollbackReason: goal === "deploy" ? reason : undefined,
      rollbackSince: readNum(noted["back"]),
      backAt: readNum(noted["backAt"]),
      rollbackAs: readOutcome(noted["as"]),
    },
    outcome: readOutcome(noted["outcome"]),
    endedAt: readNum(noted["ended"]),
    keepUntil: readNum(noted["keep"]),
    watch: readNum(what["watch"]) ?? 600,
    reason: goal === "return" ? reason : undefined,
  };
}
