// Every word of a judgement as lines, so that a test can hold numbers, times and moments at once.

import type { MetricsSeen } from "@aws-deploy-actions/shared/aws/metrics-types";
import { judgeThresholds } from "../../src/judge/thresholds.ts";
import type { Evidence, Finding, Thresholds } from "../../src/judge/types.ts";
import { evidence, limits, metrics, minutes, type Told, t0 } from "./build.ts";

const at = (time: number | undefined): string => (time === undefined ? "" : ` at ${Number((time - t0).toFixed(2))}`);

/** The verdict on the first line, each finding on one more; times in seconds since the new version got traffic. */
export function told(seconds: number, parts: Partial<Evidence>, over: Partial<Thresholds> = {}): readonly string[] {
  const judgement = judgeThresholds(limits(over), evidence(parts), t0 + seconds);
  const { verdict, trigger, source, readableAt } = judgement;
  return [
    [verdict, trigger, source].filter((one) => one !== undefined).join(" ") + at(readableAt),
    judgement.evidence,
    ...judgement.findings.map(line),
  ];
}

/** `error-rate cloudwatch fired at 180: …` */
export const line = ({ trigger, source, state, at: since, says }: Finding): string => `${trigger} ${source} ${state}${at(since)}: ${says}`;

/** What CloudWatch has shown after so many seconds. */
export const seen = (seconds: number, given: Parameters<typeof metrics>[1]): Partial<Evidence> => ({
  metrics: metrics(t0 + seconds, given),
});
export const groups = (
  next: Readonly<Record<string, readonly Told[]>>,
  previous: Readonly<Record<string, readonly Told[]>> = {},
  before = -600,
): MetricsSeen["groups"] => {
  const side = (given: Readonly<Record<string, readonly Told[]>>, from: number) =>
    Object.entries(given).map(([group, rows]) => ({
      group,
      minutes: minutes(rows).map((row) => ({ ...row, start: row.start + from, readableAt: row.readableAt + from })),
    }));
  return { next: side(next, 0), previous: side(previous, before) };
};
export const fast = (errors: number, responseTime: number | undefined = 0.2, requests = 1000): Told => ({ errors, responseTime, requests });
export const repeat = <T>(times: number, value: T): readonly T[] => new Array<T>(times).fill(value);
