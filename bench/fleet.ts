// Many services of one account that are deployed at the same moment, under AWS's published token buckets, in virtual time.
import { createRateLimits } from "@aws-deploy-actions/local-cloud/proxy/rate-limits";
import { virtualClock } from "@aws-deploy-actions/local-cloud/virtual/clock";
import { createStage, type Stage, start } from "../test/simulation/scenario.ts";
import { type Figure, median, rounded, type Section } from "./report.ts";

/** ELB's Describe calls of one account and region: https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html */
const elbRate = 10;
const elbBurst = 40;

/** What the fleet's deployments asked of AWS, and how they ended. */
export interface FleetSeen {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly reasons: readonly string[];
  /** Calls of each deployment, retries included. */
  readonly calls: readonly number[];
  readonly throttled: number;
  /** Virtual seconds from the first begin to each deployment's end. */
  readonly seconds: readonly number[];
  /** ELB's Describe calls that were answered, by second. */
  readonly reads: readonly number[];
  /** The same, with those that were refused. */
  readonly tried: readonly number[];
}

/** Deploys so many services, all begun in the same second: worse than any pipeline with waves. */
export async function deployFleet(services: number, inputs: Readonly<Record<string, string>>, requestsPerSecond = 1): Promise<FleetSeen> {
  const limits = createRateLimits();
  const stages = Array.from({ length: services }, (_, index): Stage => createStage({ seed: index + 1, requestsPerSecond, limits }));
  // Each account catches up with the clock when it is asked something: nobody else looks at it.
  const clock = virtualClock(Math.max(...stages.map(({ account }) => account.now)));
  for (const { account } of stages) account.calls.length = 0;
  const begin = clock.now();
  const ends = await clock.until(
    Promise.all(
      stages.map(async ({ account }) => {
        const { outcome, reason } = await start({ account, clock }, inputs).result;
        return { outcome, reason, seconds: clock.now() - begin };
      }),
    ),
  );
  const all = stages.flatMap(({ account }) => account.calls);
  const perSecond = (answered: boolean): readonly number[] => {
    const counts = new Map<number, number>();
    for (const { at, operation, fault } of all)
      if (operation.startsWith("elb:Describe") && !(answered && fault !== undefined))
        counts.set(Math.floor(at - begin), (counts.get(Math.floor(at - begin)) ?? 0) + 1);
    return Array.from({ length: Math.ceil(clock.now() - begin) }, (_, second) => counts.get(second) ?? 0);
  };
  return {
    outcomes: Object.fromEntries([...Map.groupBy(ends, ({ outcome }) => outcome)].map(([outcome, some]) => [outcome, some.length])),
    reasons: [...new Set(ends.filter(({ outcome }) => outcome !== "succeeded").map(({ reason = "" }) => reason))],
    calls: stages.map(({ account }) => account.calls.length),
    throttled: all.filter(({ fault }) => fault === "throttled").length,
    seconds: ends.map(({ seconds }) => seconds),
    reads: perSecond(true),
    tried: perSecond(false),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);

function figure(services: number, seen: FleetSeen): Figure {
  const { outcomes, calls, throttled, seconds, reads, tried } = seen;
  return {
    what: `${services} ${services === 1 ? "service" : "services at once"}`,
    values: {
      outcomes: Object.entries(outcomes)
        .map(([outcome, count]) => `${count} ${outcome}`)
        .join(", "),
      "calls each": rounded(sum(calls) / services, 1),
      "refused each": rounded(throttled / services, 1),
      "ELB reads/s": rounded(sum(reads) / reads.length),
      "with refused": rounded(sum(tried) / tried.length),
      "in the worst second": Math.max(...tried),
      "median s": Math.round(median(seconds)),
      "last s": Math.round(Math.max(...seconds)),
    },
    target: "none fails",
    met: outcomes["succeeded"] === services,
  };
}

/** @param window minutes of the rollback window */
export async function fleet(sizes: readonly number[], window: number): Promise<Section> {
  const figures: Figure[] = [];
  for (const size of sizes) {
    figures.push(figure(size, await deployFleet(size, { "rollback-window": String(window), "on-inconclusive": "proceed" })));
  }
  return {
    name: "fleet",
    title: `Fleets in one account and region under AWS's token buckets (virtual time, rollback window ${window} min)`,
    figures,
    notes: [
      `AWS publishes ${elbRate} ELB Describe calls a second for an account and region, from a bucket of ${elbBurst}. "ELB reads/s" were answered; a run that is refused looks less often.`,
    ],
  };
}
