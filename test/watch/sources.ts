// What can convict a version, source by source, and how long its users stay after the data can be read. Virtual time.

import type { AccountOptions } from "@aws-deploy-actions/local-cloud/virtual/account";
import { virtualProcess } from "@aws-deploy-actions/local-cloud/virtual/aws";
import { createStage, type Inputs, type Stage } from "../simulation/scenario.ts";
import { type Answers, backAt, movedAt, type Watched, watchDeployment } from "./deployment.ts";

/** Where between two looks the data appears is chance: so many places are tried. */
const places = 6;
const v2 = "a2".padEnd(64, "0");
const failing = { behaviours: { [v2]: { errorRate: 0.3 } } };
const slightlyFailing = { behaviours: { [v2]: { errorRate: 0.09 } } };
const slow = { behaviours: { [v2]: { latency: 6 } } };

export interface Case {
  readonly stage?: Partial<AccountOptions>;
  readonly inputs?: Inputs;
  /** What goes wrong, so many seconds after users were moved. */
  readonly answers?: (sinceMoved: number) => ReturnType<Answers>;
  readonly alarm?: string;
  /** CloudWatch is silent all the time. */
  readonly silent?: boolean;
  /** When what decides could be read. */
  readonly readable: (seen: { readonly stage: Stage; readonly delay: number; readonly place: number; readonly watched: Watched }) => number;
}

/** The end of so many full minutes on the new version, as late as CloudWatch shows it. */
const afterMinutes =
  (wanted: number): Case["readable"] =>
  ({ stage, delay }) =>
    Math.ceil(movedAt(stage) / 60) * 60 + wanted * 60 + delay;
/** What judges every minute decides when one is shown. */
const withTheLastMinute: Case["readable"] = ({ stage, delay }) => {
  const back = backAt(stage, movedAt(stage) + 60);
  return Math.floor((back - delay) / 60) * 60 + delay;
};
/** The judge knows from the requests themselves when their answers were there. */
const byOwnRequests: Case["readable"] = ({ watched }) => watched.collected.judgement?.readableAt ?? Number.NaN;

const health = { "health-checks": "backend https://shop.example.com/health" };
const everySecond = { ...health, "health-check-interval": "1s" };
const alarmAfter = 77;

export const cases: Readonly<Record<string, Case>> = {
  "CloudWatch: error rate over five minutes": { stage: failing, readable: afterMinutes(5) },
  "CloudWatch: error rate over two minutes": { stage: failing, inputs: { "breach-duration": "2m" }, readable: afterMinutes(2) },
  "CloudWatch: error rate over one minute": { stage: failing, inputs: { "breach-duration": "1m" }, readable: afterMinutes(1) },
  "CloudWatch: response time over five minutes": { stage: slow, readable: afterMinutes(5) },
  "CloudWatch: the database's metric": {
    inputs: { "database-metric": "AWS/ApplicationELB TargetResponseTime" },
    readable: afterMinutes(1),
  },
  "CloudWatch: the comparison of both versions": {
    stage: slightlyFailing,
    inputs: { strategy: "canary", steps: "50%:10m", timeout: "2h" },
    readable: withTheLastMinute,
  },
  "an alarm by name": {
    inputs: { alarms: "checkout" },
    alarm: "checkout",
    readable: ({ stage, place }) => movedAt(stage) + alarmAfter + place * 0.27,
  },
  "an alarm by the environment's prefix": {
    alarm: "shop-staging-errors",
    readable: ({ stage, place }) => movedAt(stage) + alarmAfter + place * 0.27,
  },
  "a health check: failures in a row": {
    inputs: health,
    answers: (since) => ({ fails: since > 90 }),
    readable: byOwnRequests,
  },
  "a health check: failures in a row, while CloudWatch is silent": {
    inputs: health,
    answers: (since) => ({ fails: since > 90 }),
    silent: true,
    readable: byOwnRequests,
  },
  "a health check: the database's share": {
    inputs: { ...everySecond, "health-checks": "database https://shop.example.com/database" },
    answers: (since) => ({ fails: since > 60 && Math.floor(since) % 3 === 0 }),
    readable: byOwnRequests,
  },
  "own requests: error rate": {
    inputs: { ...everySecond, "breach-duration": "1m" },
    answers: (since) => ({ fails: since > 30 && Math.floor(since) % 3 === 0 }),
    readable: byOwnRequests,
  },
  "own requests: response time": {
    inputs: { ...everySecond, "breach-duration": "1m" },
    answers: (since) => ({ takes: since > 30 ? 6 : 0.05 }),
    readable: byOwnRequests,
  },
};

/** Seconds from the data to the first call that moves users back, each place by itself. @throws Error when they are not moved back */
export async function latencies(one: Case): Promise<readonly number[]> {
  const found: number[] = [];
  for (let place = 0; place < places; place++) found.push(await latency(one, place));
  return found;
}

async function latency(one: Case, place: number): Promise<number> {
  const delay = 62.3 + place * 21.7;
  const stage = createStage({ requestsPerSecond: 20, metricDelay: delay, seed: place + 1, ...one.stage });
  const alarm = { state: "OK", since: 0 };
  if (one.alarm !== undefined) stage.account.alarms.set(one.alarm, alarm);
  stage.clock.onAdvance((to) => {
    const since = movedAt(stage) + alarmAfter + place * 0.27;
    if (to >= since) Object.assign(alarm, { state: "ALARM", since });
  });
  const process = virtualProcess("run");
  if (one.silent === true) process.trouble = (operation) => (operation.startsWith("cloudwatch:") ? "silence" : undefined);
  const answers: Answers = (begins) => one.answers?.(begins - movedAt(stage)) ?? {};
  const watched = await watchDeployment(stage, { "on-inconclusive": "proceed", ...one.inputs }, answers, process);
  const { outcome, reason } = watched.result;
  if (outcome !== "rolled-back") throw new Error(`it ended ${outcome}: ${reason}`);
  return backAt(stage, movedAt(stage) + 20) - one.readable({ stage, delay, place, watched });
}
