import type { DeploymentStory, LogTail, PhaseStory, StopStory, StoryOutcome, TrafficPoint } from "@aws-deploy-actions/shared/report/model";
import { trafficOf, weightsOver } from "@aws-deploy-actions/shared/report/series";
import { formatDuration, type Instant } from "@aws-deploy-actions/shared/units";
import { byHand } from "./by-hand.ts";
import { type Colour, other, type TrafficOn } from "./colours.ts";
import { crashes, short, whyStopped } from "./decide/await-healthy.ts";
import type { Difference } from "./definition.ts";
import type { Ending } from "./loop.ts";
import type { Plan, Route, TaskSeen } from "./model.ts";
import type { PhaseEntry } from "./narrator.ts";
import type { Collected } from "./order.ts";
import { trafficOn } from "./traffic.ts";

/** What a story is made from, besides the run's own facts. */
export interface StoryParts {
  readonly plan: Plan;
  readonly ending: Ending;
  readonly entries: readonly PhaseEntry[];
  readonly collected: Collected;
  readonly routes: readonly Route[];
  readonly previousRevision: string;
  readonly image: string;
  readonly changes: readonly Difference[];
  readonly logs: readonly LogTail[];
  /** The new version's log groups. */
  readonly logGroups: readonly string[];
  readonly notes: readonly string[];
  readonly region: string;
  readonly ended: Instant;
  readonly about: Pick<DeploymentStory, "application" | "environment" | "contacts" | "commit" | "actor" | "runUrl" | "askedBecause">;
}

/** Seconds from the first call that moved users to the confirmation; undefined where nothing was moved. */
export const switchSeconds = ({ progress }: Ending): number | undefined =>
  progress.switchedAt === undefined || progress.confirmedAt === undefined ? undefined : progress.confirmedAt - progress.switchedAt;

/** The tasks that stopped when nobody wanted it, with their reasons. */
export const failedTasks = (ending: Ending, plan: Plan): readonly TaskSeen[] =>
  crashes(
    (ending.seen?.tasks ?? []).filter((task) => task.revision === plan.revision),
    ending.progress.started,
  );

/** Tells a rollout for people. */
export function storyOf(parts: StoryParts): DeploymentStory {
  const { plan, ending, collected } = parts;
  const routes = ending.seen?.routes ?? parts.routes;
  // Whoever was taken over does not know where the other run has sent users since.
  const on = ending.lost ? "unknown" : trafficOn(routes);
  const from = other(plan.to);
  const outcome: StoryOutcome = ending.outcome;
  const previous = { colour: from, revision: short(parts.previousRevision) };
  const safe: Colour = ending.outcome === "succeeded" || plan.goal === "return" ? plan.to : from;
  return {
    ...parts.about,
    kind: plan.goal === "deploy" ? "deployment" : "rollback",
    deploymentId: plan.deployment,
    outcome,
    verdict: verdictOf(parts, on),
    whatUsersSeeNow: whatUsersSee(parts, on),
    whatToDoNext: whatNext(parts, on),
    byHand: routes.map((route) => byHand(route, plan.goal === "deploy" ? from : safe, parts.region)),
    next: { colour: plan.to, revision: short(plan.revision), image: parts.image },
    previous,
    trafficOn: on,
    began: ending.progress.started,
    ended: parts.ended,
    switchSeconds: switchSeconds(ending),
    rollbackSeconds: rollbackSeconds(ending),
    phases: phasesOf(parts),
    traffic: { blue: pointsOf(parts, "blue"), green: pointsOf(parts, "green") },
    probes: probesOf(collected),
    evidence: evidenceOf(collected),
    events: (ending.seen?.services[plan.to].events ?? [])
      .filter((event) => event.at >= ending.progress.started)
      .slice(0, 15)
      .map((event) => ({ at: event.at, text: event.message })),
    stops: failedTasks(ending, plan).map(stopOf),
    logs: parts.logs,
    changes: parts.changes,
    notes: [
      ...parts.notes,
      ...(plan.migration && ending.outcome !== "succeeded"
        ? ["A rollback does not undo the database migration: the old version runs on the migrated schema."]
        : []),
    ],
  };
}

/** From the verdict to the confirmed weights. */
export const rollbackSeconds = ({ progress }: Ending): number | undefined =>
  progress.rollbackSince === undefined || progress.switchedAt === undefined || progress.backAt === undefined
    ? undefined
    : progress.backAt - progress.rollbackSince;

/** Users are back, and only the cleaning up did not come to its end. */
const isBack = ({ plan }: StoryParts, on: TrafficOn): boolean => plan.goal === "deploy" && on === other(plan.to);

function verdictOf(parts: StoryParts, on: TrafficOn): string {
  const { ending, plan } = parts;
  const took = formatDuration(Math.max(0, (ending.seen?.at ?? ending.progress.since) - ending.progress.started));
  switch (ending.outcome) {
    case "succeeded":
      return `${ending.because} (${took}).`;
    case "rolled-back":
      return `${short(plan.revision)} was rolled back: ${sentence(ending.because)}`;
    case "rollback-failed":
      return isBack(parts, on)
        ? `Users are back on ${on}, but the rollback did not come to its end: ${sentence(ending.because)}`
        : `The rollback did not succeed: ${sentence(ending.because)}`;
    case "failed":
      return ending.progress.switchedAt === undefined
        ? `${short(plan.revision)} never got users: ${sentence(ending.because)}`
        : `The deployment failed: ${sentence(ending.because)}`;
    case "inconclusive":
    case "cancelled":
      return sentence(ending.because);
    default:
      return unknownOutcome(ending.outcome);
  }
}

/** What AWS says, of an alarm for example, may end with a full stop of its own. */
const sentence = (text: string): string => (text.endsWith(".") ? text : `${text}.`);

function whatUsersSee({ plan, previousRevision, ending }: StoryParts, on: TrafficOn): string {
  if (ending.lost) return "Another run has taken over and decides where users are: mode: status shows it.";
  const revisionOn = (colour: Colour): string => short(colour === plan.to ? plan.revision : previousRevision);
  switch (on) {
    case "blue":
    case "green": {
      const asBefore = on !== plan.to && ending.outcome !== "succeeded" ? ", as before" : "";
      return `Users are on ${on} (${revisionOn(on)})${asBefore}.`;
    }
    case "split":
      return "Users are split between blue and green.";
    case "unknown":
      return "The load balancer does not say where users are.";
    default:
      return unknownOutcome(on);
  }
}

/** What shows why the new version was bad. Both colours write to the same groups: the time tells them apart. */
const logCommands = ({ logGroups, region, ending }: StoryParts): readonly string[] =>
  ending.progress.switchedAt === undefined
    ? []
    : logGroups.slice(0, 3).map((group) => `See why in the log: \`aws logs tail ${group} --since 30m --region ${region}\``);

function whatNext(parts: StoryParts, on: TrafficOn): readonly string[] {
  const { plan, ending, about } = parts;
  const deploy = `application: ${about.application}, environment: ${about.environment}`;
  if (ending.lost) return [`Look at the run that took over, and at mode: status (${deploy}).`];
  switch (ending.outcome) {
    case "succeeded":
      return plan.keepPrevious > 0
        ? ["Nothing. The previous colour stays scaled for a while; mode: resume, the guard or the next run ends that."]
        : ["Nothing."];
    case "rolled-back":
    case "failed":
      return ending.problems
        .flatMap((one) => (one.mend === undefined ? [] : [one.mend]))
        .concat([
          ...logCommands(parts),
          `Mend the version and deploy it again. ${ending.progress.switchedAt === undefined ? "Users were never on it." : "Users are back on the version before."}`,
        ]);
    case "cancelled":
      return [`Deploy again, or end what is left with mode: resume (${deploy}).`];
    case "inconclusive":
      return [
        "Look at the metrics and health checks below: nothing could be measured, so nothing was proved.",
        `To end a held deployment: mode: resume, or the action emergency-rollback (${deploy}).`,
      ];
    case "rollback-failed":
      if (isBack(parts, on)) return [`End what is left (${plan.to} still runs) when AWS answers again: mode: resume (${deploy}).`];
      return ["Act now: put users on a healthy colour with the lines below.", `Then: mode: status (${deploy}).`];
    default:
      return unknownOutcome(ending.outcome);
  }
}

function phasesOf({ entries, ended, ending, plan }: StoryParts): readonly PhaseStory[] {
  // Why it went back stands at the phase that failed.
  const atEnd = ending.progress.backAt === undefined ? ending.because : `users are back on ${other(plan.to)}`;
  return entries.map((entry, index) => {
    const next = entries[index + 1];
    const last = next === undefined;
    const bad = last ? !["succeeded", "rolled-back"].includes(ending.outcome) : next.phase === "rolling-back";
    return {
      name: entry.phase,
      from: entry.from,
      to: next?.from ?? ended,
      result: bad ? "failed" : "done",
      note: next?.because ?? atEnd,
    };
  });
}

function pointsOf({ collected, plan }: StoryParts, colour: Colour): readonly TrafficPoint[] {
  const side = colour === plan.to ? collected.metrics?.groups.next : collected.metrics?.groups.previous;
  const blue = weightsOver(collected.shares);
  const weightAt = (at: Instant): number | undefined => {
    const share = blue(at);
    return share === undefined || colour === "blue" ? share : 100 - share;
  };
  return trafficOf(side ?? [], weightAt);
}

function probesOf({ probes }: Collected): DeploymentStory["probes"] {
  const names = [...new Set(probes.map((probe) => probe.check))];
  return names.map((check) => ({
    check,
    points: probes.filter((probe) => probe.check === check).map((probe) => ({ at: probe.time, ok: probe.ok, latency: probe.latency })),
  }));
}

const evidenceOf = ({ judgement }: Collected): readonly string[] =>
  judgement === undefined
    ? []
    : [judgement.evidence, ...judgement.findings.map((finding) => finding.says).filter((says) => !judgement.evidence.includes(says))].slice(
        0,
        12,
      );

const stopOf = (task: TaskSeen): StopStory => ({
  task: task.id,
  revision: short(task.revision),
  at: task.stoppedAt,
  reason: whyStopped(task),
  exitCode: task.containers.find((one) => one.exitCode !== undefined)?.exitCode,
});

function unknownOutcome(outcome: never): never {
  throw new Error(`unhandled ${String(outcome)}`);
}
