// How cost grows with tasks and with services, in virtual time: calls, rates in one account, and real time and memory of our own process.
import { createAccount } from "@aws-deploy-actions/local-cloud/virtual/account";
import { virtualClock } from "@aws-deploy-actions/local-cloud/virtual/clock";
import { createStage, type Stage, start } from "../test/simulation/scenario.ts";
import { heapInUse } from "./memory.ts";
import { exponent, type Figure, rounded, type Section } from "./report.ts";

/** ELB's Describe calls of one account and region: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/throttling.html (bucket 40, 10 a second) */
const elbRate = 10;
const quick = { "rollback-window": "0", "on-inconclusive": "proceed" };

interface Cost {
  readonly size: number;
  readonly calls: number;
  readonly seconds: number;
  readonly milliseconds: number;
  /** Of heap after the run, world and run still held. */
  readonly megabytes: number;
  readonly figure: Figure;
}

/** One deployment of a service with so many tasks. */
async function withTasks(tasks: number): Promise<Cost> {
  const stage = createStage({ tasks, requestsPerSecond: 5 });
  stage.account.calls.length = 0;
  const before = heapInUse();
  const [begin, virtual] = [performance.now(), stage.clock.now()];
  const { outcome } = await stage.clock.until(start(stage, quick).result);
  const milliseconds = performance.now() - begin;
  const seconds = stage.clock.now() - virtual;
  const calls = stage.account.calls.length;
  return {
    size: tasks,
    calls,
    seconds,
    milliseconds,
    megabytes: (heapInUse() - before) / 1e6,
    figure: { what: `${tasks} tasks: ${outcome}`, values: { calls, "virtual s": Math.round(seconds) } },
  };
}

/** So many services of one account are deployed at the same moment, each by a run of its own. */
async function withServices(services: number): Promise<Cost> {
  const begun = 1_800_000_000;
  const before = heapInUse();
  const stages = Array.from({ length: services }, (_, index): Stage => createStage({ seed: index + 1, requestsPerSecond: 1 }));
  const clock = virtualClock(createAccount({ seed: 1, start: begun, tasks: 1, requestsPerSecond: 0 }).now);
  clock.onAdvance((to) => {
    for (const { account } of stages) account.advanceTo(to);
  });
  for (const { account } of stages) account.calls.length = 0;
  const begin = performance.now();
  const virtual = clock.now();
  const results = await clock.until(Promise.all(stages.map(({ account }) => start({ account, clock }, quick).result)));
  const milliseconds = performance.now() - begin;
  const seconds = clock.now() - virtual;
  const all = stages.flatMap(({ account }) => account.calls);
  const perSecond = new Map<number, number>();
  for (const { at, operation } of all)
    if (/^elb:Describe/.test(operation)) perSecond.set(Math.floor(at), (perSecond.get(Math.floor(at)) ?? 0) + 1);
  const describes = [...perSecond.values()].reduce((sum, one) => sum + one, 0);
  const ended = [...new Set(results.map((one) => one.outcome))].join(", ");
  return {
    size: services,
    calls: all.length,
    seconds,
    milliseconds,
    megabytes: (heapInUse() - before) / 1e6,
    figure: {
      what: `${services} services at once: ${ended}`,
      values: {
        calls: all.length,
        "virtual s": Math.round(seconds),
        "ELB reads/s": rounded(describes / seconds),
        "at most": Math.max(...perSecond.values()),
      },
    },
  };
}

function grown(costs: readonly Cost[], what: string): readonly Figure[] {
  const of = (value: (cost: Cost) => number): number => rounded(exponent(costs.map((cost) => [cost.size, value(cost)])));
  return [
    ...costs.map(({ figure, milliseconds, megabytes }) => ({
      ...figure,
      values: { ...figure.values, "own ms": Math.round(milliseconds), "heap MB": rounded(megabytes, 1) },
    })),
    {
      what: `exponent of growth with ${what}`,
      values: {
        calls: of((one) => one.calls),
        "virtual s": of((one) => one.seconds),
        "own ms": of((one) => one.milliseconds),
        "heap MB": of((one) => one.megabytes),
      },
      target: "calls at most linear",
      met: of((one) => one.calls) <= 1.05,
    },
  ];
}

export async function growth(tasks: readonly number[], services: readonly number[]): Promise<Section> {
  const byTasks: Cost[] = [];
  for (const count of tasks) byTasks.push(await withTasks(count));
  const byServices: Cost[] = [];
  for (const count of services) byServices.push(await withServices(count));
  return {
    name: "growth",
    title: "Growth (virtual time; own ms: the action and the simulated cloud together)",
    figures: [...grown(byTasks, "tasks"), ...grown(byServices, "services")],
    notes: [
      `Here AWS has no limits: "ELB reads/s" is what the runs would like. AWS publishes ${elbRate} for an account and region; how they share those: --only fleet.`,
    ],
  };
}
