import type { Environment } from "@aws-deploy-actions/rollout/aws/locate";
import { type Colour, other } from "@aws-deploy-actions/rollout/colours";
import { beginning, conduct, recordOf } from "@aws-deploy-actions/rollout/conduct";
import { short } from "@aws-deploy-actions/rollout/decide/await-healthy";
import { isReady } from "@aws-deploy-actions/rollout/decide/return";
import { heldBy, leaseOf } from "@aws-deploy-actions/rollout/lease";
import type { Plan, Snapshot } from "@aws-deploy-actions/rollout/model";
import { journalNarrator } from "@aws-deploy-actions/rollout/narrator";
import { firstLook } from "@aws-deploy-actions/rollout/observe";
import { lateSession } from "@aws-deploy-actions/rollout/record/late";
import { blocks, type Written } from "@aws-deploy-actions/rollout/record/store";
import { groupsOf, trafficOn } from "@aws-deploy-actions/rollout/traffic";
import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { Trouble } from "@aws-deploy-actions/shared/problems";
import { formatDuration, type Seconds } from "@aws-deploy-actions/shared/units";
import { askedVersion, type Destination, previousVersion, revisionOf, type Situation } from "./destination.ts";
import { forgiving } from "./forgiving.ts";
import type { Config } from "./inputs.ts";
import { orderOf, planOf } from "./plan.ts";
import { resultOf, thereResult } from "./result.ts";
import type { Tools } from "./tools.ts";

/** A record that does not answer holds users on a bad version for so long at most. */
const recordPatience: Seconds = 1;

/** Brings users back to the previous version: moved at once where it runs, else as soon as it does. */
export async function rollBack(config: Config, tools: Tools, base: Base): Promise<ActionResult> {
  const { clock, journal } = base;
  const { given } = config;
  const began = clock.now();
  const located = tools.locate("when-needed");
  const [environment, written] = await Promise.all([located, glance(tools, located, base)]);
  const lease = leaseOf(base, began, "rollback");
  const over = given["break-lock"] ? "anybody" : "deployments";
  if (written?.lease !== undefined && blocks(written.lease, lease, over, began)) throw heldBy(written.lease, began);
  const destination = await decideWhere(config, tools, environment, written);
  if (destination.kind === "nowhere") throw new Trouble(destination.problem);
  if (destination.kind === "there") return await thereResult(destination, environment, tools, base);

  const plan = planOf(config, destination, base);
  const first = plan.urgent ? await lookOnce(environment, plan, began) : undefined;
  journal.say(`users go from ${short(destination.leaving)} to ${plan.to} (${short(plan.revision)}): ${destination.why}`);
  const { running, revision } = environment.services[plan.to];
  const isThere = plan.urgent ? first !== undefined && isReady(plan, first) : running > 0 && revision === plan.revision;
  const hint = isThere ? undefined : waitHint(plan, environment, written);
  if (hint !== undefined) journal.annotate("warning", hint);

  const progress = beginning(plan, tasksInUse(environment), began);
  const about = { previousRevision: destination.leaving, image: "", commit: base.context.commit, reason: given.reason ?? "" };
  const saved = recordOf(plan, progress, about);
  const narrator = journalNarrator(journal, clock);
  const session = lateSession(async () => await tools.store(environment), lease, over, clock, narrator.trouble);
  await session.begin(saved);
  const ports = forgiving(await tools.ports(environment, orderOf(config, plan, session, narrator)), clock);
  const options = { cancelled: base.cancelled, onCancel: "leave" as const, ...(first === undefined ? {} : { first }) };
  const ending = await conduct(saved, plan, session, ports, clock, options);
  narrator.close();
  const told = { plan, ending, phases: narrator.entries, collected: ports.collected(), environment, leaving: destination.leaving, ports };
  return await resultOf({ ...told, notes: [destination.why, ...(hint === undefined ? [] : [hint])] }, config, tools, base);
}

/** One look at the record; what cannot be read soon is told, and the rest is decided from AWS. */
async function glance(tools: Tools, located: Promise<Environment>, { clock, journal }: Base): Promise<Written | undefined> {
  const unreadable = (why: string): undefined => {
    journal.say(`! the record cannot be read (${why}); going on with what AWS shows`);
  };
  const wait = new AbortController();
  const late = located
    .then(() => clock.sleep(recordPatience, wait.signal))
    .then(
      () => unreadable("no answer in time"),
      () => undefined,
    );
  const read = tools.glance(located).catch((error: unknown) => located.then(() => unreadable((error as Error).message)));
  return await Promise.race([read, late]).finally(() => wait.abort());
}

async function decideWhere({ given }: Config, tools: Tools, environment: Environment, written: Written | undefined): Promise<Destination> {
  const situation: Situation = { on: trafficOn(environment.routes), services: environment.services, written };
  if (given.to === undefined) return previousVersion(situation);
  if (given.to.kind === "revision") {
    const revision = arnOf(given.to.name, environment);
    // A revision that runs nowhere must exist before anything is asked of ECS.
    const isHeld = revision === environment.services.blue.revision || revision === environment.services.green.revision;
    if (!isHeld) await tools.readDefinition(revision);
    return askedVersion(revision, situation);
  }
  const { id } = given.to;
  const lately = [written?.saved, written?.succeeded && { ...written.succeeded, outcome: "succeeded" as const }];
  const known = lately.some((one) => one?.deployment === id)
    ? lately
    : [...lately, ...(await (await tools.store(environment)).history(100))];
  const found = revisionOf(id, known);
  return "revision" in found ? askedVersion(found.revision, situation) : { kind: "nowhere", problem: found };
}

/** `shop:41` in the account and region of the services. */
const arnOf = (name: string, environment: Environment): string =>
  name.startsWith("arn:") ? name : environment.services.blue.revision.replace(/[^/]*$/, name);

/**
 * The one look that an immediate rollback needs besides where everything is: who answers on the colour that users go to.
 *
 * @returns undefined where a target group, of a rule that was not looked at yet, has nobody who answers: then everything is looked at
 */
async function lookOnce(environment: Environment, plan: Plan, now: number): Promise<Snapshot | undefined> {
  const { routes, services, traffic, pairs } = environment;
  const groups = pairs.map((pair) => pair[plan.to]);
  const found = await traffic.health(groups);
  const isSilent = (group: string): boolean => {
    const own = found.filter((target) => target.group === group);
    return !own.some((target) => target.state === "healthy") && own.some((target) => target.state !== "unused");
  };
  const seen = groupsOf(routes, plan.to);
  if (groups.some((group) => !seen.includes(group) && isSilent(group))) return undefined;
  const targets = plan.to === "blue" ? { blue: found, green: [] } : { blue: [], green: found };
  return firstLook({ routes, services, targets }, now);
}

/** As many tasks as serve users now, or should. */
const tasksInUse = ({ services }: Environment): number =>
  Math.max(...(["blue", "green"] as const).flatMap((colour: Colour) => [services[colour].running, services[colour].desired]));

/** How long it takes where the previous version does not run. */
function waitHint(plan: Plan, { services, routes }: Environment, written: Written | undefined): string {
  const { running, revision } = services[plan.to];
  const state = running === 0 ? "is scaled to zero" : revision === plan.revision ? "has no healthy target" : `runs ${short(revision)}`;
  const took = written?.succeeded?.took;
  const time =
    took === undefined
      ? "usually one to three minutes on Fargate"
      : `the last rollout needed ${formatDuration(took)} until it could switch`;
  const on = trafficOn(routes);
  const meanwhile = on === other(plan.to) ? `Users stay on ${on} until then.` : "Users stay where they are until then.";
  return `${plan.to} ${state}: tasks of ${short(plan.revision)} must start first, ${time}. ${meanwhile} keep-previous of blue-green-deploy keeps them running.`;
}
