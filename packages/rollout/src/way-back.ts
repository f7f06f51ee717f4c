// How users leave a version that is to go: before anything else, whatever AWS shows or does not show in time.
import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Seconds } from "@aws-deploy-actions/shared/units";
import { apply } from "./apply.ts";
import { decide } from "./decide/decide.ts";
import { putBack } from "./decide/roll-back.ts";
import { within } from "./in-time.ts";
import type { Outcome, Plan, Progress, Snapshot } from "./model.ts";
import type { Observer } from "./observe.ts";
import { LeaseLost, type Ports } from "./ports.ts";
import type { Mutation } from "./step.ts";
import { firstLine } from "./trouble.ts";

/** What a way back works with. */
export interface WayBack {
  readonly plan: Plan;
  readonly ports: Ports;
  readonly clock: Clock;
  readonly observer: Observer;
}

/** From now on users go back, and then the new version goes. */
export function enterRollback(
  because: string,
  as: Outcome,
  progress: Progress,
  { ports, clock }: Pick<WayBack, "ports" | "clock">,
): Progress {
  const now = clock.now();
  const entered: Progress = { ...progress, phase: "rolling-back", since: now, rollbackReason: because, rollbackSince: now, rollbackAs: as };
  ports.narrator.phase(entered, because);
  return entered;
}

/** The job was cancelled: when users may be on the unproven version, the very next calls put them back. */
export async function cancel(progress: Progress, way: WayBack): Promise<Progress> {
  const { plan, ports, observer } = way;
  const seen = observer.last;
  const entered = enterRollback("the job was cancelled", "cancelled", progress, way);
  if (progress.switchedAt === undefined || seen === undefined) return entered;
  for (const route of seen.routes) {
    const step = putBack(route, plan);
    if (step.do !== "mutate") continue;
    try {
      await apply(step.mutation, ports, observer);
    } catch (error) {
      // The loop goes on putting back; what matters now is to try the other routes.
      ports.narrator.trouble(firstLine(error));
    }
  }
  return entered;
}

/** How long users who are to leave wait for a look that shows where they are now. */
const patienceOfUsers: Seconds = 2;

/** A look. One that fails or takes long does not hold users on a version that they are to leave: they go back by what was seen last. */
export async function lookInTime(way: WayBack, progress: Progress): Promise<Snapshot> {
  const { clock, observer } = way;
  const leaving = progress.phase === "rolling-back" && progress.switchedAt !== undefined && progress.backAt === undefined;
  if (!leaving || observer.last === undefined) return await observer.look(progress);
  const look = observer.look(progress);
  if (!(await within(patienceOfUsers, look, clock))) await putBackUnseen(way, progress);
  return await look;
}

/** Puts back what the last look shows astray, by the decision that a new look would have led to. */
async function putBackUnseen(way: WayBack, progress: Progress): Promise<void> {
  const { plan, ports, observer, clock } = way;
  for (const _ of observer.last?.routes ?? []) {
    const step = observer.last === undefined ? undefined : decide(plan, observer.last, progress, clock.now());
    if (step?.do !== "mutate" || step.mutation.kind !== "set-weights") return;
    ports.narrator.step(`${step.because}, without another look: AWS does not show in time where users are`);
    await putUsersFirst(step.mutation, progress, way);
  }
}

/** Users are put back before the record is written: a record that cannot be read or written in time must not hold them on a bad version. */
export async function putUsersFirst(mutation: Mutation, progress: Progress, way: WayBack): Promise<Progress> {
  const { ports, observer } = way;
  await heedRecord(ports.record.check(), way);
  await apply(mutation, ports, observer);
  await heedRecord(ports.record.save(progress), way);
  return progress;
}

/** Waits for the record as long as users can. @throws LeaseLost when it says in time that somebody else has the environment */
async function heedRecord(work: Promise<void>, { ports, clock }: WayBack): Promise<void> {
  let lost: LeaseLost | undefined;
  const heard = work.catch((error: unknown) => {
    if (error instanceof LeaseLost) lost = error;
    else ports.narrator.trouble(`the record cannot be used: ${firstLine(error)}`);
  });
  await within(patienceOfUsers, heard, clock);
  if (lost !== undefined) throw lost;
}
