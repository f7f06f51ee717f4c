import { heldBy, leaseOf } from "@aws-deploy-actions/rollout/lease";
import type { Saved } from "@aws-deploy-actions/rollout/record/codec";
import type { RecordSession } from "@aws-deploy-actions/rollout/record/store";
import { leftToDo, reopened } from "@aws-deploy-actions/rollout/resume";
import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { problem, Trouble } from "@aws-deploy-actions/shared/problems";
import type { Instant } from "@aws-deploy-actions/shared/units";
import { beforeAnyChange, NotBegun } from "./failure.ts";
import { frozenBy } from "./freeze.ts";
import type { Config } from "./inputs.ts";
import { cancelledResult, unchangedResult } from "./nothing-done.ts";
import { look, NoActiveColour, type Prepared, prepare } from "./prepare.ts";
import type { Tools } from "./tools.ts";

/** Brings the new version to users, or leaves them where they are, and says which. */
export async function deploy(config: Config, tools: Tools, base: Base): Promise<ActionResult> {
  const { first, taken } = await begin(config, tools, base);
  try {
    const prepared = await afterUnfinished(first, taken.before, taken.session, config, tools, base);
    const nothingToDo = base.cancelled.aborted
      ? cancelledResult(prepared)
      : prepared.unchanged && !config.given.force
        ? unchangedResult(prepared)
        : undefined;
    if (nothingToDo !== undefined) {
      await taken.session.release();
      base.runner.saveState("finished", nothingToDo.outcome);
      return nothingToDo;
    }
    const { carryOut } = await import("./carry-out.ts");
    return await carryOut(prepared, taken.session, config, tools, base);
  } catch (error) {
    if (!base.cancelled.aborted) await taken.session.release().catch(() => undefined);
    throw error;
  }
}

/** Everything before the first change: the checks, and the lease. @throws NotBegun */
async function begin(config: Config, tools: Tools, base: Base) {
  const { journal, clock } = base;
  const check = async () => await journal.group("Check before anything changes", async () => await checked(config, tools, base));
  const first = await beforeAnyChange(async () => {
    refuseWhenFrozen(config, clock.now(), base);
    return await check();
  }).catch(async (error: unknown) => {
    // A run that was lost while it moved traffic leaves users on both colours: it is ended first, if its record tells of it.
    if (
      !(
        error instanceof NotBegun &&
        error.cause instanceof NoActiveColour &&
        (await (await import("./resume.ts")).finishLost(config, tools, base))
      )
    )
      throw error;
    return await check();
  });
  return await beforeAnyChange(async () => {
    const store = await tools.store(first.environment);
    const lease = leaseOf(base, clock.now());
    base.runner.saveState("owner", lease.owner);
    const taken = await store.take(lease, "nobody");
    if (!taken.taken) throw heldBy(taken.by, clock.now());
    if (store.exactness === "advisory") journal.say("The lease is a tag of the service: advisory. With state-bucket it would be exact.");
    return { first, taken };
  });
}

async function checked(config: Config, tools: Tools, base: Base): Promise<Prepared> {
  const { prepared, problems } = await look(config, tools);
  const findings = await tools.preflight(prepared, config);
  for (const line of findings.notes) base.journal.say(line);
  const blocking = [...problems, ...findings.problems, ...(config.given.force ? [] : findings.warnings)];
  if (blocking.length > 0) throw new Trouble(blocking);
  for (const warning of findings.warnings) base.journal.annotate("warning", `${warning.what} (going on: force)`);
  base.journal.say(`users are on ${prepared.active}; ${prepared.target} will get the new version`);
  return prepared;
}

/** What a lost run left is finished or undone first; then everything is looked at again. */
async function afterUnfinished(
  first: Prepared,
  before: Saved | undefined,
  session: RecordSession,
  config: Config,
  tools: Tools,
  base: Base,
): Promise<Prepared> {
  const unfinished =
    before !== undefined && leftToDo(before, base.clock.now()) === "rollout" ? reopened(before, base.clock.now()) : undefined;
  if (before === undefined || unfinished === undefined) return first;
  base.journal.say(`deployment ${before.deployment} was never finished (phase ${before.progress.phase}): that comes first`);
  const { finishUnfinished } = await import("./resume.ts");
  await finishUnfinished(unfinished, first.environment, session, tools, base, config);
  return await prepare(config, tools);
}

function refuseWhenFrozen(config: Config, now: Instant, base: Base): void {
  const window = frozenBy(config.given["freeze-windows"] ?? [], now);
  if (window === undefined) return;
  const what = `Deployments are frozen now: ${window.text}.`;
  if (!config.given.force)
    throw new Trouble(problem("deployment", what, "Wait until the window ends, or deploy in spite of it with force: true"));
  base.journal.annotate("warning", `${what} Going on: force.`);
}
