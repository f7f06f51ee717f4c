import type { Clock } from "@aws-deploy-actions/shared/clock";
import { type Problem, problemsOf } from "@aws-deploy-actions/shared/problems";
import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import { apply } from "./apply.ts";
import { decide } from "./decide/decide.ts";
import { deadline } from "./decide/flow.ts";
import type { Outcome, Phase, Plan, Progress, Snapshot } from "./model.ts";
import { createObserver, type Observer } from "./observe.ts";
import { LeaseLost, type Ports } from "./ports.ts";
import { writesInOrder } from "./record/order.ts";
import type { Mutation, Step } from "./step.ts";
import { afterTrouble, firstLine, isTransient, unwatched } from "./trouble.ts";
import { cancel, enterRollback, lookInTime, putUsersFirst, type WayBack } from "./way-back.ts";

/** How a rollout ended, with the last look at AWS. */
export interface Ending {
  readonly outcome: Outcome;
  readonly because: string;
  readonly progress: Progress;
  readonly seen: Snapshot | undefined;
  readonly problems: readonly Problem[];
  /** True when another run has taken over: nothing more may be written. */
  readonly lost: boolean;
}

/**
 * From the begin of one look to the next: fast enough that nobody waits for us, slow enough for AWS's limits. What the watch finds shall be
 * acted on within 2 s, the calls between included.
 */
const pollSeconds: Readonly<Record<Phase, Seconds>> = {
  migrate: 3,
  scale: 1,
  "await-healthy": 2,
  test: 2,
  shift: 1.7,
  watch: 1.7,
  finalize: 3,
  "rolling-back": 2,
};
/** However long a look takes, AWS gets so much rest before the next one. */
const leastPause: Seconds = 0.4;

export interface LoopOptions {
  readonly cancelled: AbortSignal;
  readonly onCancel: "rollback" | "leave";
  /** What was seen just before; an urgent way back moves users on it, without another look. */
  readonly first?: Snapshot;
}

/** What a turn works with. */
interface Run extends WayBack {
  readonly options: LoopOptions;
}

/** Where a rollout stands after a turn. */
type Turn = { readonly end: Ending } | { readonly progress: Progress; readonly troubledSince?: Instant };

/**
 * Carries a rollout from where it is to its end: observe, decide, apply, record, again and again.
 * It may begin in any phase, so a run that died is taken up by the next one.
 */
export async function rollOut(plan: Plan, begin: Progress, given: Ports, clock: Clock, options: LoopOptions): Promise<Ending> {
  const record = writesInOrder(given.record, clock);
  const ports: Ports = { ...given, record };
  const run: Run = { plan, ports, clock, observer: createObserver(plan, ports, clock, options.first), options };
  ports.narrator.phase(begin, plan.goal === "deploy" ? "the rollout begins" : "the way back begins");
  let turn: Turn = { progress: begin };
  while (!("end" in turn)) {
    const progress: Progress | Ending = await heedCancellation(run, turn.progress);
    turn = "outcome" in progress ? { end: progress } : await takeTurn(run, progress, turn.troubledSince);
  }
  await record.settled();
  return turn.end;
}

/** Whether a cancellation still changes what this rollout does. */
const heedsCancellation = ({ plan }: Run, progress: Progress): boolean => plan.goal === "deploy" && progress.rollbackReason === undefined;

/** Waits for a look or for the record, but not once the job is cancelled: a slow answer must not hold users on the new version. */
async function unlessCancelled<T>(run: Run, progress: Progress, work: () => Promise<T>): Promise<T> {
  const { cancelled } = run.options;
  if (!heedsCancellation(run, progress)) return await work();
  cancelled.throwIfAborted();
  const stop = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    cancelled.addEventListener("abort", () => reject(cancelled.reason), { once: true, signal: stop.signal });
  });
  return await Promise.race([work(), aborted]).finally(() => stop.abort("answered"));
}

const ended = (
  { observer }: Run,
  progress: Progress,
  outcome: Outcome,
  because: string,
  problems: readonly Problem[] = [],
  lost = false,
): Ending => ({
  outcome,
  because,
  progress,
  seen: seenAtEnd(observer),
  problems,
  lost,
});

/** Where users are cannot be told from some of the routes, which is all that an emergency's first look may show. */
const seenAtEnd = ({ last, knowsRoutes }: Observer): Snapshot | undefined =>
  last === undefined || knowsRoutes ? last : { ...last, routes: [] };

/** A cancelled job stops in the first second: what users see is settled before anything else is looked at. */
async function heedCancellation(run: Run, progress: Progress): Promise<Progress | Ending> {
  const { options, observer } = run;
  if (!options.cancelled.aborted || !heedsCancellation(run, progress)) return progress;
  observer.abandon();
  if (options.onCancel === "leave")
    return ended(run, progress, "cancelled", "the job was cancelled; everything was left as it is (on-cancel: leave)");
  if (progress.phase === "finalize") {
    return ended(
      run,
      progress,
      "cancelled",
      "the job was cancelled; the new version had proved itself and stays, the clean-up is still to be done",
    );
  }
  return await cancel(progress, run);
}

async function takeTurn(run: Run, progress: Progress, troubledSince: Instant | undefined): Promise<Turn> {
  const { plan, ports, clock, options } = run;
  const begun = clock.now();
  try {
    const seen = await unlessCancelled(run, progress, async () => await lookInTime(run, progress));
    const step = decide(plan, seen, progress, clock.now());
    if (step.do === "stop") {
      await stillOurs(ports);
      return { end: ended(run, progress, step.outcome, step.because) };
    }
    return { progress: await carryOut(step, run, progress, begun) };
  } catch (error) {
    if (error instanceof LeaseLost) {
      return { end: ended(run, progress, "failed", `${error.holder} has taken this environment over; this run has stopped`, [], true) };
    }
    if (options.cancelled.aborted && heedsCancellation(run, progress)) return { progress };
    return await afterFailure(run, progress, error, troubledSince ?? clock.now());
  }
}

/** Who was taken over has nothing to tell about how it ended. A record that does not answer changes nothing at the end. */
async function stillOurs(ports: Ports): Promise<void> {
  await ports.record.check().catch((error: unknown) => {
    if (error instanceof LeaseLost) throw error;
  });
}

async function afterFailure(run: Run, progress: Progress, error: unknown, troubledSince: Instant): Promise<Turn> {
  const { plan, ports, clock, observer, options } = run;
  const verdict = afterTrouble(error, plan, progress, clock.now() - troubledSince, observer.last);
  switch (verdict) {
    case "retry":
      ports.narrator.trouble(`${firstLine(error)}; trying again`);
      await pause(clock, pollSeconds[progress.phase], options.cancelled);
      return { progress, troubledSince };
    case "roll-back": {
      const unproved = isTransient(error) ? "inconclusive" : "rolled-back";
      const as: Outcome = progress.switchedAt === undefined ? "failed" : unproved;
      const because = isTransient(error) ? unwatched : `the deployment cannot go on: ${firstLine(error)}`;
      return { progress: enterRollback(because, as, progress, run) };
    }
    case "hold":
      return { end: ended(run, progress, "inconclusive", `${unwatched}. Both colours stay as they are (on-inconclusive: hold)`) };
    case "give-up": {
      const outcome = progress.phase === "rolling-back" || plan.goal === "return" ? "rollback-failed" : "failed";
      return { end: ended(run, progress, outcome, firstLine(error), problemsOf(error)) };
    }
    default:
      return unknownStep(verdict);
  }
}

async function carryOut(step: Exclude<Step, { do: "stop" }>, run: Run, progress: Progress, begun: Instant): Promise<Progress> {
  const { plan, ports, observer, clock } = run;
  const { narrator } = ports;
  const save = async (saved: Progress): Promise<void> => await unlessCancelled(run, progress, async () => await ports.record.save(saved));
  switch (step.do) {
    case "wait": {
      const poll = pollSeconds[progress.phase];
      await unlessCancelled(run, progress, ports.record.keepAlive);
      narrator.waiting(step.for, step.detail, progress.since, Math.min(step.until, deadline(plan, progress)), poll);
      await pause(clock, Math.max(leastPause, begun + poll - clock.now()), run.options.cancelled);
      return progress;
    }
    case "mutate": {
      narrator.step(step.because);
      if (progress.phase === "rolling-back") return await putUsersFirst(step.mutation, progress, run);
      if (isUrgent(plan, progress, step.mutation)) {
        await apply(step.mutation, ports, observer);
        return { ...progress, ...step.note };
      }
      await unlessCancelled(run, progress, ports.record.check);
      // The intent is written before the deed where it moves users: whoever finds the record knows that they may have been moved.
      const intended = { ...progress, ...step.note };
      if (step.note !== undefined) await save(intended);
      await apply(step.mutation, ports, observer);
      return intended;
    }
    case "note": {
      narrator.step(step.because);
      const noted = { ...progress, ...step.progress };
      await save(noted);
      if (noted.step !== progress.step) observer.forget("routes");
      return noted;
    }
    case "advance": {
      const advanced: Progress = { ...progress, ...step.note, phase: step.to, since: clock.now() };
      await save(advanced);
      narrator.phase(advanced, step.because);
      // Where somebody else has put users meanwhile stands: nobody is moved by an older look.
      if (step.to === "shift") observer.forget("routes");
      return advanced;
    }
    case "roll-back":
      return enterRollback(step.because, step.as, progress, run);
    default:
      return unknownStep(step);
  }
}

/** An urgent way back moves all users before it asks for the lease and writes anything down. */
const isUrgent = (plan: Plan, progress: Progress, mutation: Mutation): boolean =>
  plan.goal === "return" &&
  plan.urgent &&
  progress.phase === "shift" &&
  progress.stepSince === undefined &&
  mutation.kind === "set-weights";

/** Sleeps, but a cancelled job is not kept waiting. */
async function pause(clock: Clock, time: Seconds, cancelled: AbortSignal): Promise<void> {
  if (cancelled.aborted) return await clock.sleep(Math.min(time, 1));
  await clock.sleep(time, cancelled).catch(() => undefined);
}

function unknownStep(step: never): never {
  throw new Error(`unhandled ${JSON.stringify(step)}`);
}
