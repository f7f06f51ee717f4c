import type { Instant, Seconds } from "../units.ts";

// What a rollout or a rollback tells people: plain data, from which the summary, the HTML report, the incident report and the
// notification are made. No text in it has to be safe: whoever writes it into a format makes it so.

/** A side of a blue/green environment. */
export type StoryColour = "blue" | "green";

/** One value for each colour. */
export type ByColour<T> = Readonly<Record<StoryColour, T>>;

/** How a deployment or a rollback ended; as in the output `outcome`. */
export type StoryOutcome =
  | "succeeded"
  | "unchanged"
  | "planned"
  | "status"
  | "rolled-back"
  | "rollback-failed"
  | "inconclusive"
  | "cancelled"
  | "failed";

/** One station on the way, with what came of it. */
export interface PhaseStory {
  /** `await-healthy`, `shift`, `watch`, … */
  readonly name: string;
  readonly from: Instant;
  /** undefined while it lasts. */
  readonly to: Instant | undefined;
  readonly result: "done" | "failed" | "running" | "skipped";
  /** Why it ended so, or what it waits for. */
  readonly note?: string;
}

/** What users met on one colour in one stretch of time. */
export interface TrafficPoint {
  /** Begin of the stretch. */
  readonly at: Instant;
  readonly length: Seconds;
  /** undefined: not known, which is not zero. */
  readonly requests: number | undefined;
  readonly errors: number | undefined;
  /** 95th percentile, or the statistic that was asked for. */
  readonly responseTime: Seconds | undefined;
  /** Percent of new connections that this colour gets. */
  readonly weight: number | undefined;
}

/** One health check's answers. */
export interface ProbeSeries {
  readonly check: string;
  readonly points: readonly { readonly at: Instant; readonly ok: boolean; readonly latency: Seconds }[];
}

/** A task that stopped when nobody wanted it to. */
export interface StopStory {
  readonly task: string;
  readonly revision: string;
  readonly at: Instant | undefined;
  readonly reason: string;
  readonly exitCode: number | undefined;
}

/** The end of a log. */
export interface LogTail {
  /** Log group and stream, or the task. */
  readonly source: string;
  readonly lines: readonly string[];
}

/** One difference between two task definitions, by name; values of variables never show. */
export interface ChangeStory {
  readonly where: string;
  readonly change: "added" | "changed" | "removed";
  readonly from?: string;
  readonly to?: string;
}

/** One version that runs, or ran, on a colour. */
export interface VersionStory {
  readonly colour: StoryColour;
  /** `shop:42`, or the ARN. */
  readonly revision: string;
  readonly image?: string | undefined;
}

/** Everything that there is to tell about one deployment or one rollback. */
export interface DeploymentStory {
  /** `deployment` brings a version to users, `rollback` was asked for by a person. */
  readonly kind: "deployment" | "rollback";
  readonly application: string;
  readonly environment: string;
  readonly deploymentId: string;
  readonly outcome: StoryOutcome;
  /** One sentence: what happened, and why. */
  readonly verdict: string;
  /** One sentence: which version users are on now. */
  readonly whatUsersSeeNow: string;
  /** The most useful first. */
  readonly whatToDoNext: readonly string[];
  /** AWS CLI lines that put traffic back without GitHub. */
  readonly byHand: readonly string[];
  /** The version that came, or that a rollback went back to; undefined where it never got so far. */
  readonly next: VersionStory | undefined;
  /** The version that was there before. */
  readonly previous: VersionStory | undefined;
  readonly trafficOn: StoryColour | "split" | "unknown";
  readonly began: Instant;
  readonly ended: Instant;
  readonly switchSeconds?: Seconds | undefined;
  readonly rollbackSeconds?: Seconds | undefined;
  readonly phases: readonly PhaseStory[];
  readonly traffic: ByColour<readonly TrafficPoint[]>;
  readonly probes: readonly ProbeSeries[];
  /** What the verdict rests on, those that decided first. */
  readonly evidence: readonly string[];
  readonly events: readonly { readonly at: Instant; readonly text: string }[];
  readonly stops: readonly StopStory[];
  readonly logs: readonly LogTail[];
  readonly changes: readonly ChangeStory[];
  /** What else should be known: a migration that a rollback does not undo, a hint, a warning that was overruled. */
  readonly notes: readonly string[];
  readonly contacts?: string | undefined;
  readonly commit?: string | undefined;
  readonly actor?: string | undefined;
  readonly runUrl?: string | undefined;
  /** Why somebody asked for a rollback. */
  readonly askedBecause?: string | undefined;
}

/** How an outcome is to be taken at first sight. */
export type Mood = "good" | "bad" | "warning" | "neutral";

const moods: Readonly<Record<StoryOutcome, Mood>> = {
  succeeded: "good",
  unchanged: "neutral",
  planned: "neutral",
  status: "neutral",
  "rolled-back": "bad",
  "rollback-failed": "bad",
  inconclusive: "warning",
  cancelled: "warning",
  failed: "bad",
};

export const moodOf = (outcome: StoryOutcome): Mood => moods[outcome];

const badges: Readonly<Record<Mood, string>> = { good: "✅", bad: "❌", warning: "⚠️", neutral: "ℹ️" };
export const badgeOf = (outcome: StoryOutcome): string => badges[moodOf(outcome)];

const words: Readonly<Record<StoryOutcome, string>> = {
  succeeded: "succeeded",
  unchanged: "nothing to do",
  planned: "plan",
  status: "status",
  "rolled-back": "rolled back",
  "rollback-failed": "ROLLBACK FAILED",
  inconclusive: "inconclusive",
  cancelled: "cancelled",
  failed: "failed",
};

/** The outcome in the words of a headline. */
export const wordOf = (outcome: StoryOutcome): string => words[outcome];

/** `03:48:01` in UTC. */
export const clockTime = (at: Instant): string => new Date(at * 1000).toISOString().slice(11, 19);

/** `2026-11-22 03:48:01 UTC`. */
export const dateTime = (at: Instant): string => `${new Date(at * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
