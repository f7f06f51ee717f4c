// Whole rollouts in virtual time, with the code of the bundle: calls, time lost after the platform is ready, and the way back.
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { createStage, finish, type Inputs, type Stage, start } from "../test/simulation/scenario.ts";
import { createRandom } from "./judge/random.ts";
import { type Figure, median, rounded, type Section } from "./report.ts";

const digestOf = (version: string): string => version.padEnd(64, "0").replace("v", "a");
const stageWith = (behaviour: object, seed = 1): Stage =>
  createStage({ behaviours: { [digestOf("v2")]: behaviour }, seed, requestsPerSecond: 50 });

interface Played {
  readonly stage: Stage;
  readonly result: ActionResult;
  /** Virtual seconds. */
  readonly seconds: number;
  readonly lines: readonly string[];
}

async function play(stage: Stage, inputs: Inputs = {}): Promise<Played> {
  stage.account.calls.length = 0;
  const begin = stage.clock.now();
  const { result, lines } = await finish(stage, inputs);
  return { stage, result, lines, seconds: stage.clock.now() - begin };
}

function must(played: Played, outcome: string): Played {
  if (played.result.outcome !== outcome) throw new Error(`expected ${outcome}, got ${played.result.outcome}: ${played.result.reason}`);
  return played;
}

/** Most calls in any one second, and the mean: of the calls a second. */
function rates({ stage, seconds }: Played) {
  const perSecond = new Map<number, number>();
  for (const { at } of stage.account.calls) perSecond.set(Math.floor(at), (perSecond.get(Math.floor(at)) ?? 0) + 1);
  return {
    calls: stage.account.calls.length,
    "a second": rounded(stage.account.calls.length / seconds),
    "at most": Math.max(...perSecond.values()),
  };
}

const mutating = /:(Modify|Update|Register|Run|Stop|Create|Delete|Tag|Put)/;
const changes = ({ stage }: Played): number => stage.account.calls.filter((call) => mutating.test(call.operation)).length;

/** AWS calls of whole runs. */
export async function calls(): Promise<Section> {
  const quick = { "rollback-window": "0", "on-inconclusive": "proceed" };
  const failing = stageWith({ errorRate: 0.3 });
  const withAlarm = (): Stage => {
    const stage = createStage({ requestsPerSecond: 50 });
    stage.account.alarms.set("shop-staging-errors", { state: "OK", since: 0 });
    return stage;
  };
  const canary = { strategy: "canary", steps: "10%:5m,50%:5m" };
  const lines: readonly (readonly [string, Played])[] = [
    ["deployment, no rollback window", must(await play(createStage(), quick), "succeeded")],
    ["deployment, watched for 10 min", must(await play(createStage()), "succeeded")],
    ["deployment, watched for 10 min, with an alarm", must(await play(withAlarm()), "succeeded")],
    ["canary of 10 min, watched for 10 min, with an alarm", must(await play(withAlarm(), canary), "succeeded")],
    ["deployment, watched for 10 min, state in S3", must(await play(createStage(), { "state-bucket": "state" }), "succeeded")],
    ["bad version, rolled back after 2 min of breach", must(await play(failing, { "breach-duration": "2m" }), "rolled-back")],
    ["version that keeps crashing", must(await play(stageWith({ crashesAfter: 1, passesHealthChecks: false })), "failed")],
    ["nothing to change", must(await play(createStage(), { image: "", "task-definition": "shop:1" }), "unchanged")],
    ["mode: plan", must(await play(createStage(), { mode: "plan" }), "planned")],
    ["mode: status", must(await play(createStage(), { mode: "status", image: "" }), "status")],
  ];
  return {
    name: "calls",
    title: "AWS calls of whole runs",
    figures: lines.map(([what, played]): Figure => {
      const found = rates(played);
      // In a shorter run the calls that set everything up weigh more than those that wait.
      const isLong = played.seconds > 120;
      return {
        what,
        values: { ...found, changes: changes(played), "virtual seconds": Math.round(played.seconds) },
        ...(isLong ? { target: "polling at most 1 call a second", met: found["a second"] <= 1 } : {}),
      };
    }),
  };
}

/** Looks every 50 ms, by a sleeper of its own, and tells when a condition first holds. */
async function whenFirst(stage: Stage, holds: () => boolean, end: Promise<unknown>): Promise<number | undefined> {
  let over = false;
  void end.then(() => {
    over = true;
  });
  while (!over) {
    // The world stands still between calls: somebody must let its time pass.
    stage.account.advanceTo(stage.clock.now());
    if (holds()) return stage.clock.now();
    await stage.clock.sleep(0.05);
  }
  return undefined;
}

const healthyOn = ({ account }: Stage): number =>
  account.world.health(account.groups.green).filter((one) => one.state === "healthy").length;

/**
 * The waiter of the AWS SDK, which amazon-ecs-deploy-task-definition uses: 15 s, then a random time up to twice, four times … that, at most 600 s.
 * https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/ (waiters: exponential backoff with full jitter)
 */
function waiterNotices(ready: number, random: () => number): number {
  const [least, most] = [15, 600];
  const ceiling = Math.log(most / least) / Math.log(2) + 1;
  let now = 0;
  for (let attempt = 1; now < ready; attempt++) now += attempt > ceiling ? most : least + random() * (least * 2 ** (attempt - 1) - least);
  return now - ready;
}

/** Seconds between "the last new task became healthy" and the next call that moves users. */
export async function noticed(): Promise<Section> {
  const figures: Figure[] = [];
  for (const needs of [5, 60, 180]) {
    const lost: number[] = [];
    for (let seed = 1; seed <= 9; seed++) {
      const stage = stageWith({ startsAfter: needs + seed / 3 }, seed);
      const run = start(stage, { "rollback-window": "0", "on-inconclusive": "proceed" });
      const ready = await stage.clock.until(whenFirst(stage, () => healthyOn(stage) >= 2, run.result));
      await stage.clock.until(run.result);
      const acted = stage.account.calls.find(
        (call) => call.operation === "elb:ModifyListener" && ready !== undefined && call.at >= ready,
      )?.at;
      if (ready === undefined || acted === undefined) throw new Error("users were never moved");
      lost.push(acted - ready);
    }
    const { uniform } = createRandom(needs);
    const waiter = Array.from({ length: 1001 }, () => waiterNotices(needs, uniform));
    const worst = Math.max(...lost);
    figures.push({
      what: `the service needs ${needs} s`,
      values: {
        median: rounded(median(lost)),
        worst: rounded(worst),
        "SDK waiter, median": rounded(median(waiter)),
        "SDK waiter, worst": rounded(Math.max(...waiter)),
      },
      target: "at most one poll interval (2 s) and the calls between",
      met: median(lost) <= 3,
    });
  }
  return { name: "noticed", title: "Seconds lost between healthy and noticed (virtual time, nine runs each)", figures };
}

/** From the verdict to users being back, and what a deployment takes beyond platform and bake. */
export async function ways(): Promise<Section> {
  const back: number[] = [];
  const found: number[] = [];
  for (let seed = 1; seed <= 5; seed++) {
    const stage = stageWith({ errorRate: 0.3 }, seed);
    const { result } = must(await play(stage, { "breach-duration": "2m" }), "rolled-back");
    back.push(Number(result.outputs?.["rollback-seconds"]));
    const moves = stage.account.calls.filter((call) => call.operation === "elb:ModifyListener");
    found.push((moves.at(-1)?.at ?? 0) - (moves.at(-2)?.at ?? 0));
  }
  const overhead: number[] = [];
  for (let seed = 1; seed <= 5; seed++) overhead.push(await beyondPlatform(seed));
  return {
    name: "ways",
    title: "The way back, and what a deployment takes beyond platform and bake (virtual time, seconds)",
    figures: [
      {
        what: "verdict to users confirmed back",
        values: { median: rounded(median(back)), worst: rounded(Math.max(...back)) },
        target: "at most 30 s",
        met: Math.max(...back) <= 30,
      },
      {
        what: "30 % errors on all users to the switch-back call, breach-duration 2m",
        values: { median: rounded(median(found)), worst: rounded(Math.max(...found)) },
      },
      {
        what: "deployment beyond start of tasks, bake and drain",
        values: { median: rounded(median(overhead)), worst: rounded(Math.max(...overhead)) },
        target: "one poll interval a phase and the checks before: at most 25 s",
        met: median(overhead) <= 25,
      },
    ],
  };
}

/** A deployment's time less: the tasks' start until all are healthy, the rollback window, and the old tasks' end. */
async function beyondPlatform(seed: number): Promise<number> {
  const stage = createStage({ seed });
  const begin = stage.clock.now();
  const watch = 240;
  const run = start(stage, { "rollback-window": "4m" });
  const ready = await stage.clock.until(whenFirst(stage, () => healthyOn(stage) >= 2, run.result));
  const isEmpty = (): boolean =>
    [...stage.account.world.ecs().tasks.values()].every((task) => !task.serviceArn?.includes("blue") || task.lastStatus === "STOPPED");
  const empty = await stage.clock.until(whenFirst(stage, isEmpty, run.result));
  await stage.clock.until(run.result);
  const at = (operation: string, of: (input: Readonly<Record<string, unknown>>) => boolean): number =>
    stage.account.calls.find((call) => call.operation === operation && of(call.input))?.at ?? Number.NaN;
  const scaled = at("ecs:UpdateService", (input) => String(input["service"]).includes("green"));
  const drained = at("ecs:UpdateService", (input) => String(input["service"]).includes("blue") && input["desiredCount"] === 0);
  return stage.clock.now() - begin - ((ready ?? 0) - scaled) - watch - ((empty ?? stage.clock.now()) - drained);
}
