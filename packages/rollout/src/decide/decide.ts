import type { Instant } from "@aws-deploy-actions/shared/units";
import { formatDuration } from "@aws-deploy-actions/shared/units";
import type { Plan, Progress, Snapshot } from "../model.ts";
import { advance, mutate, rollBack, type Step, wait } from "../step.ts";
import { awaitHealthy } from "./await-healthy.ts";
import { finalize } from "./finalize.ts";
import { phaseAfter } from "./flow.ts";
import { afterReturning, retreat, shiftBack, watchReturn } from "./return.ts";
import { rollingBack } from "./roll-back.ts";
import { scale } from "./scale.ts";
import { shift } from "./shift.ts";
import { watch } from "./watch.ts";

/**
 * Decides the next step of a rollout from what AWS shows now.
 *
 * Pure: everything it knows is in its arguments, so a run that died can be taken up by any other.
 *
 * @param now seconds since the epoch, from the injected clock
 */
export function decide(plan: Plan, seen: Snapshot, progress: Progress, now: Instant): Step {
  const first = plan.goal === "return" && progress.phase !== "rolling-back" ? afterReturning(plan, seen, progress, now) : undefined;
  if (first !== undefined) return first;
  switch (progress.phase) {
    case "migrate":
      return migrate(plan, seen, progress, now);
    case "scale":
      return scale(plan, seen, progress);
    case "await-healthy":
      return awaitHealthy(plan, seen, progress, now);
    case "test":
      return test(plan, seen, progress, now);
    case "shift":
      return plan.goal === "return" ? shiftBack(plan, seen, progress, now) : shift(plan, seen, progress, now);
    case "watch":
      return plan.goal === "return" ? watchReturn(plan, seen, progress, now) : watch(plan, seen, progress, now);
    case "finalize":
      return finalize(plan, seen, progress, now);
    case "rolling-back":
      return plan.goal === "return" ? retreat(plan, seen, progress) : rollingBack(plan, seen, progress, now);
    default:
      return unknownPhase(progress.phase);
  }
}

/** A one-off task before users see anything; its exit code decides. A task without an exit code never ran: that is a failure too. */
function migrate(plan: Plan, seen: Snapshot, progress: Progress, now: Instant): Step {
  const { migration } = seen;
  const until = progress.since + plan.migrationTimeout;
  const tooLong = `the migration did not end within ${formatDuration(plan.migrationTimeout)}`;
  switch (migration.state) {
    case "none":
      return mutate({ kind: "start-migration" }, "the migration runs before users see the new version");
    case "running":
      if (now < until) return wait("the migration task to end", until);
      if (now < until + stopLimit && migration.stopping) return wait("the migration task to stop", until + stopLimit);
      if (now < until + stopLimit) return mutate({ kind: "stop-migration", task: migration.task }, `${tooLong}: its task is stopped`);
      return rollBack(`${tooLong}, and its task could not be stopped`, "failed");
    case "stopped":
      if (migration.exitCode === 0) return advance(phaseAfter(plan, "migrate", progress), "the migration ended with exit code 0");
      return rollBack(
        now < until ? `the migration failed: ${migration.reason}` : `${tooLong} and was stopped: ${migration.reason}`,
        "failed",
      );
    default:
      return unknownPhase(migration);
  }
}

/** A task has 120 s at most between SIGTERM and SIGKILL: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const stopLimit = 150;

/** Checks of the new version that users cannot reach yet. */
function test(plan: Plan, seen: Snapshot, progress: Progress, now: Instant): Step {
  const { tests } = seen;
  const until = progress.since + testLimit;
  switch (tests.state) {
    case "passed":
      return advance(phaseAfter(plan, "test", progress), "the new version passed its checks before users see it");
    case "failed":
      return rollBack(`the new version failed its checks before users saw it: ${tests.why}`, "failed");
    case "pending":
      return now < until
        ? wait("the checks through the test route", until)
        : rollBack("the checks through the test route did not end in 5 min", "failed");
    default:
      return unknownPhase(tests);
  }
}

const testLimit = 300;

function unknownPhase(phase: never): never {
  throw new Error(`unhandled ${JSON.stringify(phase)}`);
}
