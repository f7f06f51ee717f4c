import type { Environment } from "@aws-deploy-actions/rollout/aws/locate";
import { conduct } from "@aws-deploy-actions/rollout/conduct";
import { heldBy, leaseOf } from "@aws-deploy-actions/rollout/lease";
import type { Ending } from "@aws-deploy-actions/rollout/loop";
import { journalNarrator } from "@aws-deploy-actions/rollout/narrator";
import type { Saved } from "@aws-deploy-actions/rollout/record/codec";
import type { RecordSession } from "@aws-deploy-actions/rollout/record/store";
import { leaseSeconds } from "@aws-deploy-actions/rollout/record/store";
import { leftToDo, reopened, resumedPlan, resumption } from "@aws-deploy-actions/rollout/resume";
import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import type { Config } from "./inputs.ts";
import { orderOf, watchPlan } from "./plan.ts";
import { type Ended, resultOf } from "./result.ts";
import type { Tools } from "./tools.ts";

/** Ends what a lost run left: finishes it where the new version may stay, undoes it where it may not. */
export async function finishUnfinished(
  saved: Saved,
  environment: Environment,
  session: RecordSession,
  tools: Tools,
  base: Base,
  config: Config,
): Promise<Ended> {
  const { clock, journal } = base;
  const { progress, because } = resumption(saved, environment, clock.now());
  journal.say(because);
  const plan = resumedPlan(saved, { ...watchPlan(config), keepPrevious: 0 });
  const narrator = journalNarrator(journal, clock);
  const resumed = { ...saved, progress };
  await session.begin(resumed);
  const ports = await tools.ports(
    environment,
    orderOf(config, plan, environment, session, narrator, { image: saved.image, container: undefined }),
  );
  const ending = await conduct(resumed, plan, session, ports, clock, { cancelled: base.cancelled, onCancel: config.given["on-cancel"] });
  narrator.close();
  const definition = (await tools.readDefinition(saved.revision).catch(() => undefined))?.body ?? {};
  const { previousRevision, image } = saved;
  return {
    plan,
    ending,
    phases: narrator.entries,
    collected: ports.collected(),
    routes: environment.routes,
    definition,
    previousRevision,
    image,
    changes: [],
  };
}

/** Ends a deployment that left users on both colours, so that the next one can begin. @returns false when no record tells of one */
export async function finishLost(config: Config, tools: Tools, base: Base): Promise<boolean> {
  const environment = await tools.locate();
  const store = await tools.store(environment);
  const { lease, saved } = await store.read();
  if (saved === undefined || leftToDo(saved, base.clock.now()) !== "rollout") return false;
  if (lease !== undefined && lease.until > base.clock.now()) throw heldBy(lease, base.clock.now());
  const taken = await store.take(leaseOf(base, base.clock.now()), "nobody");
  if (!taken.taken) throw heldBy(taken.by, base.clock.now());
  const unfinished = reopened(taken.before ?? saved, base.clock.now());
  if (unfinished === undefined) await taken.session.release();
  else await finishUnfinished(unfinished, environment, taken.session, tools, base, config);
  return true;
}

/** The runner ends everything 5 minutes after a job was cancelled: https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation */
const postLimit = 240;

/** Leaves the post step nothing to do, except for a job that was cancelled during the clean-up. */
export function noteEnd({ outcome, progress }: Ending, { runner }: Pick<Base, "runner">): void {
  if (outcome !== "cancelled" || progress.phase !== "finalize") runner.saveState("finished", outcome);
}

/**
 * The `post` step: goes on where a cancelled or killed main step stopped. Nothing to do where that came to its end.
 *
 * @param owner the main step's lease, which this very job may use
 */
export async function afterMain(owner: string, config: Config, tools: Tools, base: Base): Promise<ActionResult> {
  const { clock, journal } = base;
  const environment = await tools.locate();
  const store = await tools.store(environment);
  const { lease, saved } = await store.read();
  const ended = saved?.outcome !== undefined && saved.progress.phase !== "finalize";
  const unfinished = saved === undefined || ended ? undefined : reopened(saved, clock.now());
  if (unfinished === undefined || lease?.owner !== owner) {
    return { outcome: "unchanged", ok: true, reason: "The deployment had come to its end." };
  }
  journal.say(
    `deployment ${unfinished.deployment} was not finished (phase ${unfinished.progress.phase}): going on for at most ${postLimit / 60} minutes`,
  );
  const taken = await store.take({ ...lease, until: clock.now() + leaseSeconds }, "nobody");
  if (!taken.taken) throw heldBy(taken.by, clock.now());
  const rest = finishUnfinished(
    unfinished,
    environment,
    taken.session,
    tools,
    { ...base, cancelled: new AbortController().signal },
    config,
  );
  const late = clock.sleep(postLimit).then(() => undefined);
  const result = await Promise.race([rest, late]);
  if (result !== undefined) {
    const told = await resultOf(result, config, tools, base);
    return { ...told, ok: told.outcome !== "rollback-failed" };
  }
  const goOn = `with:\n  mode: resume\n  application: ${config.given.application}\n  environment: ${config.given.environment}`;
  return {
    outcome: "cancelled",
    ok: false,
    reason: `Deployment ${unfinished.deployment} could not be ended within ${postLimit / 60} minutes, after which the runner stops everything; mode: status shows where users are, mode: resume goes on.`,
    mend: goOn,
  };
}

/** `mode: resume`: for the next job, the scheduled guard, or a person. Nothing to finish is a success. */
export async function resume(config: Config, tools: Tools, base: Base): Promise<ActionResult> {
  const { clock, journal } = base;
  const environment = await journal.group("Look for an unfinished deployment", async () => await tools.locate());
  const store = await tools.store(environment);
  const { lease, saved } = await store.read();
  if (saved === undefined || leftToDo(saved, clock.now()) === "nothing") {
    return { outcome: "unchanged", ok: true, reason: "There is no unfinished deployment." };
  }
  if (lease !== undefined && lease.until > clock.now()) {
    journal.say(`${lease.holder} still works on it (lease until ${new Date(lease.until * 1000).toISOString()})`);
    return { outcome: "unchanged", ok: true, reason: `Deployment ${saved.deployment} is still being carried out by ${lease.holder}.` };
  }
  const mine = leaseOf(base, clock.now());
  base.runner.saveState("owner", mine.owner);
  const taken = await store.take(mine, "nobody");
  if (!taken.taken) throw heldBy(taken.by, clock.now());
  const again = taken.before ?? saved;
  const unfinished = reopened(again, clock.now());
  if (unfinished === undefined) {
    await taken.session.release();
    return { outcome: "unchanged", ok: true, reason: `Deployment ${again.deployment} has come to its end meanwhile.` };
  }
  const ended = await finishUnfinished(unfinished, environment, taken.session, tools, base, config);
  const result = await resultOf(ended, config, tools, base);
  noteEnd(ended.ending, base);
  // What was asked for is that the deployment is ended: users are on a version that proved itself.
  const undone = ended.ending.progress.phase === "rolling-back" && result.outcome !== "rollback-failed";
  return { ...result, ok: result.ok || undone };
}
