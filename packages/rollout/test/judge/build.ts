import type { AlarmSeen, BalancerMinute, MetricMinute, MetricsSeen } from "@aws-deploy-actions/shared/aws/metrics-types";
import type { ProbeSample } from "@aws-deploy-actions/shared/health/prober-types";
import type { Evidence, Thresholds } from "../../src/judge/types.ts";

/** 2026-11-05 12:00:00 UTC: when the new version got traffic in every test. */
export const t0 = 1_793_880_000;

export const limits = (over: Partial<Thresholds> = {}): Thresholds => ({
  maxErrorRate: 10,
  maxResponseTime: 5,
  statistic: "p95",
  breachDuration: 300,
  maxConsecutiveHealthFailures: 3,
  minDatabaseSuccessRate: 90,
  minimumRequests: 10,
  ...over,
});

/** What a minute can be told by: a percentage of errors, or its parts; null for a minute that CloudWatch does not show. */
export type Told = number | null | (Partial<Omit<MetricMinute, "start">> & { readonly errors?: number });

/** Minutes from t0 on, shown 2 minutes after their end. */
export function minutes(told: readonly Told[], requests = 1000): readonly MetricMinute[] {
  return told.flatMap((one, index) => {
    if (one === null) return [];
    const parts = typeof one === "number" ? { errors: (one / 100) * requests } : one;
    const start = t0 + index * 60;
    return [
      {
        start,
        requests: "requests" in parts ? parts.requests : requests,
        targetErrors: parts.targetErrors ?? parts.errors ?? 0,
        connectionErrors: parts.connectionErrors ?? 0,
        responseTime: "responseTime" in parts ? parts.responseTime : 0.2,
        readableAt: parts.readableAt ?? start + 180,
      },
    ];
  });
}

interface Metrics {
  readonly next?: readonly MetricMinute[];
  readonly groups?: MetricsSeen["groups"];
  readonly previous?: readonly MetricMinute[];
  readonly balancer?: readonly BalancerMinute[];
  readonly database?: readonly number[];
  readonly alarms?: readonly AlarmSeen[];
  readonly answered?: number | undefined;
  readonly alarmsAnswered?: number | undefined;
}

/** What CloudWatch has shown by `now`: minutes that are not readable yet are left out. */
export function metrics(now: number, given: Metrics): MetricsSeen {
  const shown = (rows: readonly MetricMinute[] = []): readonly MetricMinute[] => rows.filter((row) => row.readableAt <= now);
  return {
    groups: given.groups ?? {
      next: [{ group: "shop-green", minutes: shown(given.next) }],
      previous: [{ group: "shop-blue", minutes: shown(given.previous) }],
    },
    balancers: given.balancer === undefined ? [] : [{ balancer: "shop-alb", minutes: given.balancer }],
    database: given.database?.map((percent, index) => ({ start: t0 + index * 60, percent, readableAt: t0 + index * 60 + 180 })),
    alarms: given.alarms ?? [],
    metricsSource: { lastAnswer: "answered" in given ? given.answered : now, failing: undefined },
    alarmsSource: { lastAnswer: "alarmsAnswered" in given ? given.alarmsAnswered : now, failing: undefined },
  };
}

export const evidence = (parts: Partial<Evidence>): Evidence => ({
  begun: t0 - 120,
  since: t0,
  metrics: undefined,
  probes: undefined,
  ...parts,
});

/** Probes from t0 on, a letter each: `.` passed, `x` failed, `~` failed with the runner's network down, `-` passed with it down, space: none. */
export function probes(letters: string, { every = 10, check = "backend", latency = 0.05, from = t0 } = {}): readonly ProbeSample[] {
  return [...letters].flatMap((letter, index) => {
    if (letter === " ") return [];
    const ok = letter === "." || letter === "-";
    return [
      {
        time: from + index * every,
        check,
        ok,
        control: letter === "~" || letter === "-" ? ("failed" as const) : ("ok" as const),
        latency,
        ...(ok ? { status: 200 } : { status: 503, cause: "status" as const, detail: "status 503 instead of 200" }),
      },
    ];
  });
}
