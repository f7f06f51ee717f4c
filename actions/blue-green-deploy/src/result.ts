import { logPlaces } from "@aws-deploy-actions/rollout/aws/logs";
import type { Difference, JsonObject } from "@aws-deploy-actions/rollout/definition";
import type { Ending } from "@aws-deploy-actions/rollout/loop";
import type { Plan, Route } from "@aws-deploy-actions/rollout/model";
import type { PhaseEntry } from "@aws-deploy-actions/rollout/narrator";
import type { Collected } from "@aws-deploy-actions/rollout/order";
import { rolloutOutputs } from "@aws-deploy-actions/rollout/outputs";
import { failedTasks, storyOf } from "@aws-deploy-actions/rollout/story";
import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { newsOf } from "@aws-deploy-actions/shared/report/incident";
import type { DeploymentStory, LogTail } from "@aws-deploy-actions/shared/report/model";
import { summaryMarkdown } from "@aws-deploy-actions/shared/report/summary";
import type { Config } from "./inputs.ts";
import type { Tools } from "./tools.ts";

/** `changed: app: image → …@sha256:…`. */
export const differenceLine = ({ where, change, to }: Difference): string => `${change}: ${where}${to === undefined ? "" : ` → ${to}`}`;

/** What a rollout that has ended is told from. */
export interface Ended {
  readonly plan: Plan;
  readonly ending: Ending;
  readonly phases: readonly PhaseEntry[];
  readonly collected: Collected;
  readonly routes: readonly Route[];
  readonly definition: JsonObject;
  readonly previousRevision: string;
  readonly image: string;
  readonly changes: readonly Difference[];
}

/** Log lines of the tasks that failed: the reason is mostly there. */
async function tails({ plan, ending, definition }: Ended, tools: Tools): Promise<readonly LogTail[]> {
  const tasks = failedTasks(ending, plan).slice(-2);
  const wanted = tasks.flatMap((task) => logPlaces(definition).map((place) => ({ place, task: task.id })));
  const found = await Promise.all(
    wanted.slice(0, 4).map(async ({ place, task }) => ({
      source: `${place.group}, ${place.prefix}/${place.container}/${task}`,
      lines: await tools.logTail(place, task),
    })),
  );
  return found.filter((tail) => tail.lines.length > 0);
}

/** The story, the summary, the report and the outputs of a rollout that ran. */
export async function resultOf(ended: Ended, config: Config, tools: Tools, base: Base): Promise<ActionResult> {
  const { plan, ending } = ended;
  const { context, clock } = base;
  const logs = ending.outcome === "succeeded" ? [] : await tails(ended, tools);
  const story = storyOf({
    plan,
    ending,
    entries: ended.phases,
    collected: ended.collected,
    routes: ended.routes,
    previousRevision: ended.previousRevision,
    image: ended.image,
    changes: ended.changes,
    logs,
    logGroups: [...new Set(logPlaces(ended.definition).map(({ group }) => group))],
    notes: [],
    region: tools.region,
    ended: clock.now(),
    about: {
      application: config.given.application,
      environment: config.given.environment,
      contacts: config.given.contacts,
      commit: context.commit,
      actor: context.actor,
      runUrl: context.runUrl,
    },
  });
  tell(story, base);
  await tools.page.show(ending.outcome === "succeeded" ? "success" : ending.outcome === "cancelled" ? "error" : "failure", story.verdict);
  const reportPath = await tools.writeReport(story);
  const mend = story.whatToDoNext[0];
  return {
    outcome: ending.outcome,
    ok: ending.outcome === "succeeded",
    reason: story.verdict,
    ...(ending.outcome === "succeeded" || mend === undefined ? {} : { mend: `${story.whatUsersSeeNow}\n${mend}` }),
    outputs: rolloutOutputs(plan, ending, ended.image, story),
    summary: summaryMarkdown(story),
    ...(reportPath === undefined ? {} : { reportPath }),
    news: newsOf(story),
  };
}

/** The end of the log: what happened, what users see, what to do. */
function tell(story: DeploymentStory, { journal }: Base): void {
  const good = story.outcome === "succeeded";
  journal.say(`${good ? "✔" : "✖"} ${story.application}/${story.environment}: ${story.verdict}`);
  for (const stop of story.stops.slice(-2)) journal.say(`  ${stop.reason}`);
  for (const tail of story.logs) journal.say([`  ${tail.source}:`, ...tail.lines.map((line) => `    ${line}`)].join("\n"));
  journal.say(`  ${story.whatUsersSeeNow}`);
  if (!good) for (const next of story.whatToDoNext) journal.say(`  ${next}`);
}
