import type { Environment } from "@aws-deploy-actions/rollout/aws/locate";
import { logPlaces } from "@aws-deploy-actions/rollout/aws/logs";
import { colours, other } from "@aws-deploy-actions/rollout/colours";
import { crashes, short, whyStopped } from "@aws-deploy-actions/rollout/decide/await-healthy";
import { containersOf, type JsonObject } from "@aws-deploy-actions/rollout/definition";
import type { Ending } from "@aws-deploy-actions/rollout/loop";
import type { Plan, TaskSeen } from "@aws-deploy-actions/rollout/model";
import type { PhaseEntry } from "@aws-deploy-actions/rollout/narrator";
import type { Collected, RolloutPorts } from "@aws-deploy-actions/rollout/order";
import { rolloutOutputs } from "@aws-deploy-actions/rollout/outputs";
import { storyOf } from "@aws-deploy-actions/rollout/story";
import { healthyInEachGroup, trafficOn } from "@aws-deploy-actions/rollout/traffic";
import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { newsOf } from "@aws-deploy-actions/shared/report/incident";
import type { DeploymentStory, LogTail } from "@aws-deploy-actions/shared/report/model";
import { summaryMarkdown } from "@aws-deploy-actions/shared/report/summary";
import { forMarkdown } from "@aws-deploy-actions/shared/text/sanitise";
import type { Seconds } from "@aws-deploy-actions/shared/units";
import type { Destination } from "./destination.ts";
import type { Config } from "./inputs.ts";
import type { Tools } from "./tools.ts";

/** What a rollback that has ended is told from. */
export interface Ended {
  readonly plan: Plan;
  readonly ending: Ending;
  readonly phases: readonly PhaseEntry[];
  readonly collected: Collected;
  readonly environment: Environment;
  /** The revision that users left. */
  readonly leaving: string;
  readonly ports: Pick<RolloutPorts, "services">;
  readonly notes: readonly string[];
}

/** How far back the failed version's traces are looked at. */
const before: Seconds = 3600;
const errorsBefore: Seconds = 900;

/** What is left of the version that users were taken away from. */
interface Traces {
  readonly stops: DeploymentStory["stops"];
  readonly logs: readonly LogTail[];
}

/** Outputs, summary, reports and news of a rollback that ran. */
export async function resultOf(ended: Ended, config: Config, tools: Tools, base: Base): Promise<ActionResult> {
  const { plan, ending } = ended;
  const [traces, definition] = await Promise.all([
    tracesOf(ended, tools).catch((): Traces => ({ stops: [], logs: [] })),
    tools.readDefinition(plan.revision).catch(() => undefined),
  ]);
  const image = definition === undefined ? "" : imagesOf(definition.body);
  const story = tellStory(ended, traces, image, config, tools, base);
  sayEnd(story, base);
  const reportPath = await tools.writeReports(story);
  const isDone = ending.outcome === "succeeded";
  return {
    outcome: ending.outcome,
    ok: isDone,
    reason: story.verdict,
    ...(isDone ? {} : { mend: [story.whatUsersSeeNow, ...story.whatToDoNext, ...story.byHand].join("\n") }),
    outputs: rolloutOutputs(plan, ending, image, story),
    summary: summaryMarkdown(story),
    ...(reportPath === undefined ? {} : { reportPath }),
    news: newsOf(story),
  };
}

const imagesOf = (definition: JsonObject): string =>
  containersOf(definition)
    .map((one) => one.image)
    .join(" ");

/** Stop reasons, last log lines and error lines of the failed version: where the search for the cause begins. */
async function tracesOf({ plan, ending, ports, leaving }: Ended, tools: Tools): Promise<Traces> {
  const { started } = ending.progress;
  const [tasks, definition] = await Promise.all([ports.services.tasks(plan.from), tools.readDefinition(leaving)]);
  const own = tasks.filter((task) => task.revision === leaving);
  const crashed = crashes(own, started - before);
  const places = logPlaces(definition.body);
  const wanted = (crashed.length > 0 ? crashed : [...own].sort((a, b) => a.createdAt - b.createdAt)).slice(-2);
  const [tails, errors] = await Promise.all([
    Promise.all(
      wanted.flatMap((task) =>
        places.slice(0, 3).map(async (place) => ({
          source: `${place.group}, ${place.prefix}/${place.container}/${task.id}`,
          lines: await tools.logTail(place, task.id),
        })),
      ),
    ),
    tools.recentErrors([...new Set(places.map((place) => place.group))], started - errorsBefore),
  ]);
  const lines = errors.length === 0 ? [] : [{ source: "lines with ERROR, from 15 minutes before", lines: errors }];
  return { stops: crashed.slice(-5).map(stopOf), logs: [...tails.filter((tail) => tail.lines.length > 0), ...lines] };
}

const stopOf = (task: TaskSeen): DeploymentStory["stops"][number] => ({
  task: task.id,
  revision: short(task.revision),
  at: task.stoppedAt,
  reason: whyStopped(task),
  exitCode: task.containers.find((one) => one.exitCode !== undefined)?.exitCode,
});

function tellStory(ended: Ended, traces: Traces, image: string, config: Config, tools: Tools, base: Base): DeploymentStory {
  const { plan, ending, leaving } = ended;
  const { context, clock } = base;
  const story = storyOf({
    plan,
    ending,
    entries: ended.phases,
    collected: ended.collected,
    routes: ended.environment.routes,
    previousRevision: leaving,
    image,
    changes: [],
    logs: traces.logs,
    logGroups: [],
    notes: ended.notes,
    region: tools.region,
    ended: clock.now(),
    about: {
      application: config.given.application,
      environment: config.given.environment,
      contacts: config.given.contacts,
      commit: context.commit,
      actor: context.actor,
      runUrl: context.runUrl,
      askedBecause: config.given.reason,
    },
  });
  const events = (ending.seen?.services[plan.from].events ?? [])
    .filter((event) => event.at >= ending.progress.started - before)
    .slice(0, 15)
    .map((event) => ({ at: event.at, text: event.message }));
  const { confirmedAt, started } = ending.progress;
  return {
    ...story,
    stops: [...traces.stops, ...story.stops],
    events: events.reverse(),
    rollbackSeconds: confirmedAt === undefined ? undefined : confirmedAt - started,
    whatToDoNext: whatNext(ended, story.whatToDoNext),
  };
}

function whatNext({ plan, ending, leaving }: Ended, usual: readonly string[]): readonly string[] {
  if (ending.outcome === "succeeded") {
    return [
      `Find out what is wrong with ${short(leaving)}: its stop reasons, events and last log lines are below.`,
      "Deploy the mended version with blue-green-deploy, as always. A second rollback would not go back to it.",
    ];
  }
  const { seen } = ending;
  if (seen === undefined) return usual;
  const healthy = colours.map((colour) => `${colour} has ${healthyInEachGroup(seen, colour)} healthy targets`).join(", ");
  return [`The load balancer says: ${healthy}.`, `The lines by hand lead to ${plan.to} (${short(plan.revision)}).`, ...usual];
}

/** The end of the log: what happened, what users see, what to do. */
function sayEnd(story: DeploymentStory, { journal }: Base): void {
  const isDone = story.outcome === "succeeded";
  journal.say(`${isDone ? "✔" : "✖"} ${story.application}/${story.environment}: ${story.verdict}`);
  for (const stop of story.stops.slice(-3)) journal.say(`  ${stop.reason}`);
  for (const tail of story.logs) journal.say([`  ${tail.source}:`, ...tail.lines.map((line) => `    ${line}`)].join("\n"));
  journal.say(`  ${story.whatUsersSeeNow}`);
  for (const next of story.whatToDoNext) journal.say(`  ${next}`);
  if (!isDone) for (const line of story.byHand) journal.say(`  ${line}`);
}

/** Users are where a rollback would bring them: nothing is changed, and what could be meant instead is said. */
export async function thereResult(
  { on, revision, why }: Extract<Destination, { kind: "there" }>,
  environment: Environment,
  tools: Tools,
  { journal }: Base,
): Promise<ActionResult> {
  const recorded = await tools
    .store(environment)
    .then((store) => store.history(20))
    .catch(() => []);
  const others = recorded.filter((one) => one.outcome === "succeeded" && one.goal === "deploy" && one.revision !== revision);
  const choice = [...new Map(others.map((one) => [one.revision, one])).values()].slice(0, 5);
  const shown = choice.map((one) => `to: ${short(one.revision)}, deployed by ${one.deployment}`);
  const further = `To go to another version, name it${shown.length === 0 ? " with to." : `:\n${shown.join("\n")}`}`;
  const reason = `Nothing was changed: ${why}.`;
  journal.annotate("warning", `${reason}\n${further}`);
  return {
    outcome: "unchanged",
    ok: true,
    reason,
    summary: [`## ℹ️ ${forMarkdown(reason)}`, "", ...further.split("\n").map((line) => forMarkdown(line))].join("\n"),
    outputs: {
      "traffic-on": trafficOn(environment.routes),
      "active-colour": on,
      "previous-colour": other(on),
      "task-definition-arn": revision,
    },
  };
}
