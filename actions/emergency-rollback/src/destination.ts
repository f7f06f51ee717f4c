import { type Colour, other, type PerColour, type TrafficOn } from "@aws-deploy-actions/rollout/colours";
import { short } from "@aws-deploy-actions/rollout/decide/await-healthy";
import type { ServiceSeen } from "@aws-deploy-actions/rollout/model";
import type { Saved, Succeeded } from "@aws-deploy-actions/rollout/record/codec";
import type { Written } from "@aws-deploy-actions/rollout/record/store";
import { type Problem, problem } from "@aws-deploy-actions/shared/problems";

/** What decides where users go back to. */
export interface Situation {
  readonly on: TrafficOn;
  readonly services: PerColour<Pick<ServiceSeen, "name" | "revision" | "running">>;
  /** undefined: the record could not be read, which is not the same as none. */
  readonly written: Written | undefined;
}

/** Where users go, or why nobody moves them. */
export type Destination =
  | {
      readonly kind: "go";
      readonly to: Colour;
      readonly revision: string;
      /** The revision that users leave. */
      readonly leaving: string;
      readonly why: string;
    }
  /** Users are where a rollback would bring them. */
  | { readonly kind: "there"; readonly on: Colour; readonly revision: string; readonly why: string }
  | { readonly kind: "nowhere"; readonly problem: Problem };

/**
 * Which version is "the previous one": the last that succeeded before the one that users leave. Never one that was rolled back, never a
 * colour of which nobody knows whether it ever worked, and never back to what an earlier rollback took users away from.
 *
 * The record is a hint and AWS the truth: it counts only as far as it fits what the services hold.
 */
export function previousVersion(situation: Situation): Destination {
  const { written } = situation;
  if (written?.saved !== undefined) {
    const unfinished = fromUnfinished(written.saved, situation);
    if (unfinished !== undefined) return unfinished;
  }
  return written?.succeeded === undefined ? withoutRecord(situation) : afterSucceeded(written.succeeded, situation);
}

/** A rollout that has not ended, or that ended with users on a version that never proved itself: back to what was there before it. */
function fromUnfinished(saved: Saved, { on, services }: Situation): Destination | undefined {
  const { deployment, goal, from, to, revision, previousRevision, outcome } = saved;
  if (goal === "return") {
    if (outcome === "succeeded") return undefined;
    const state = outcome === undefined ? "was not finished" : `ended as ${outcome}`;
    return { kind: "go", to, revision, leaving: previousRevision, why: `the rollback ${deployment} ${state}: it is carried on` };
  }
  if (outcome === undefined) {
    const why = `deployment ${deployment} of ${short(revision)} is not finished: back to what users had before it`;
    return { kind: "go", to: from, revision: previousRevision, leaving: revision, why };
  }
  const seesUsers = on === to || on === "split" || on === "unknown";
  if (outcome === "succeeded" || !seesUsers || services[to].revision !== revision) return undefined;
  const why = `deployment ${deployment} of ${short(revision)} ended as ${outcome}, with users on it: back to what they had before`;
  return { kind: "go", to: from, revision: previousRevision, leaving: revision, why };
}

function afterSucceeded(last: Succeeded, { on, services }: Situation): Destination {
  const { to, revision, previousRevision, deployment } = last;
  if (last.goal === "return") {
    if (on === to && services[to].revision === revision) {
      const why = `users are on ${to} (${short(revision)}) already, where the rollback ${deployment} brought them. A second rollback does not swing back to ${short(previousRevision)}, which they left`;
      return { kind: "there", on: to, revision, why };
    }
    const colour = on === "blue" || on === "green" ? homeOf(revision, on, services) : to;
    const why = `${short(revision)} is the last version that is known to be good: the rollback ${deployment} went back to it`;
    return { kind: "go", to: colour, revision, leaving: services[other(colour)].revision, why };
  }
  const from = other(to);
  const isOnLast = on === to && services[to].revision === revision;
  if (isOnLast || on === "split" || on === "unknown") {
    const why = `${short(previousRevision)} is what users had before deployment ${deployment} brought ${short(revision)}`;
    return { kind: "go", to: from, revision: previousRevision, leaving: revision, why };
  }
  if (on === from && services[from].revision === previousRevision) {
    const why = `users are on ${from} (${short(previousRevision)}) already, the version before ${short(revision)}: somebody moved them by hand, or a rollback was lost. What is left is done now`;
    return { kind: "go", to: from, revision: previousRevision, leaving: revision, why };
  }
  const colour = homeOf(revision, on, services);
  const why = `${short(revision)} is the last version whose deployment succeeded (${deployment}); of ${short(services[on].revision)}, which users are on, there is no record`;
  return { kind: "go", to: colour, revision, leaving: services[on].revision, why };
}

/** The colour that shall run a revision: where users are when it runs there, else the other one. */
const homeOf = (revision: string, on: Colour, services: Situation["services"]): Colour =>
  services[on].revision === revision ? on : other(on);

/** Without a record AWS alone tells: the other colour holds an older revision of the same family, and runs. Anything else would be a guess. */
function withoutRecord({ on, services, written }: Situation): Destination {
  const known = written === undefined ? "The record of deployments could not be read" : "There is no record of a deployment that succeeded";
  const older = (colour: Colour): boolean => isOlder(services[colour].revision, services[other(colour)].revision);
  const candidates = (["blue", "green"] as const).filter((colour) => colour !== on && older(colour) && services[colour].running > 0);
  const [to] = candidates;
  if (to !== undefined) {
    const { revision, running } = services[to];
    const leaving = services[other(to)].revision;
    const why = `${known}; ${to} was taken because its ${running} running tasks are of the older ${short(revision)}`;
    return { kind: "go", to, revision, leaving, why };
  }
  const shown = (["blue", "green"] as const).map(
    (colour) => `${colour} holds ${short(services[colour].revision)}, ${services[colour].running} tasks run`,
  );
  const reason =
    on === "blue" || on === "green"
      ? services[other(on)].running === 0
        ? `${other(on)} is empty, so nobody can say whether what it holds ever worked`
        : `what users are on is the older one`
      : "traffic is not on one colour, and neither is known to be the older one";
  return {
    kind: "nowhere",
    problem: problem(
      "deployment",
      `${known}, and ${reason} (${shown.join("; ")}). Nothing was changed.`,
      `Say which version users shall have, for example to: ${short(services[on === "blue" ? "green" : "blue"].revision)}`,
    ),
  };
}

/** Revisions of one family are numbered in the order in which they were registered. */
function isOlder(one: string, than: string): boolean {
  const [family, number] = short(one).split(":");
  const [otherFamily, otherNumber] = short(than).split(":");
  return family === otherFamily && Number(number) < Number(otherNumber);
}

/** Where a version that was asked for by name runs, or shall run. */
export function askedVersion(revision: string, { on, services, written }: Situation): Destination {
  const saved = written?.saved;
  const isUnfinished = saved !== undefined && saved.outcome === undefined;
  const why = `${short(revision)} was asked for`;
  if (on === "blue" || on === "green") {
    if (services[on].revision !== revision) return { kind: "go", to: other(on), revision, leaving: services[on].revision, why };
    if (!isUnfinished) return { kind: "there", on, revision, why: `users are on ${on} (${short(revision)}) already` };
    return { kind: "go", to: on, revision, leaving: saved.to === on ? services[other(on)].revision : saved.revision, why };
  }
  const home = (["blue", "green"] as const).find((colour) => services[colour].revision === revision);
  if (home !== undefined) return { kind: "go", to: home, revision, leaving: services[other(home)].revision, why };
  return {
    kind: "nowhere",
    problem: problem(
      "deployment",
      `Traffic is not on one colour, and neither holds ${short(revision)} (blue: ${short(services.blue.revision)}, green: ${short(services.green.revision)}): a colour that users are on is not changed under them.`,
      "Leave out to, or name a revision that one of them holds; then roll back once more.",
    ),
  };
}

/** The revision that a deployment's id stands for, or why it is none to go back to. */
export function revisionOf(
  id: string,
  known: readonly (Pick<Saved, "deployment" | "revision" | "outcome"> | undefined)[],
): { readonly revision: string } | Problem {
  const found = known.find((one) => one?.deployment === id);
  if (found?.outcome === "succeeded") return { revision: found.revision };
  if (found !== undefined) {
    return problem(
      "deployment",
      `to: deployment ${id} did not succeed (${found.outcome ?? "it is not finished"}), so it is nothing to go back to.`,
      `If you mean its version all the same: to: ${short(found.revision)}`,
    );
  }
  const ids = [...new Set(known.flatMap((one) => (one?.outcome === "succeeded" ? [`${one.deployment} (${short(one.revision)})`] : [])))];
  return problem(
    "input",
    `to: there is no record of deployment ${id}. ${ids.length === 0 ? "No deployment is recorded." : `Recorded: ${ids.slice(0, 10).join(", ")}.`}`,
    "Without state-bucket only the last deployment is recorded; a revision can be given instead, such as to: shop:41",
  );
}
