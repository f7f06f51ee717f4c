import type { MetricsPort, MetricsSeen } from "@aws-deploy-actions/shared/aws/metrics-types";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Prober } from "@aws-deploy-actions/shared/health/prober";
import type { Seconds } from "@aws-deploy-actions/shared/units";
import { mayDecideSoon } from "../judge/cloudwatch.ts";
import { defaultComparison } from "../judge/compare.ts";
import { judge } from "../judge/judge.ts";
import { count } from "../judge/sentences.ts";
import type { Judgement } from "../judge/types.ts";
import type { Confirmation, Plan } from "../model.ts";
import type { Collected } from "../order.ts";
import type { EvidencePort } from "../ports.ts";

/** Passed rounds in a row, after the switch, that show the new weights in force on every balancer node. */
const roundsThatConfirm = 3;
/** Metrics of the time before the switch: what the old version was like. */
const historySeconds = 1800;

type StartProber = (() => Prober) | undefined;

/**
 * Evidence from CloudWatch and from our own requests.
 *
 * @param probers `judged`: the health checks; `proof`: those that show which version answers, asked until the switch is confirmed
 */
export function rolloutEvidence(
  plan: Plan,
  metrics: MetricsPort,
  probers: { readonly judged: StartProber; readonly proof: StartProber },
  clock: Clock,
  interval: Seconds,
): EvidencePort & { collected(): Omit<Collected, "shares">; stop(): void } {
  const begun = clock.now();
  let seen: MetricsSeen | undefined;
  let judgement: Judgement | undefined;
  let prober: Prober | undefined;
  let proof: Prober | undefined;
  return {
    judge: async ({ since, phase, share }) => {
      prober ??= probers.judged?.();
      if (phase !== "shift") void proof?.stop();
      prober?.pace(phase === "shift" ? Math.min(1, interval) : interval);
      const known = { begun, since, metrics: seen, probes: prober?.samples() };
      // What our own requests show need not wait for a CloudWatch that answers slowly.
      const already = judge(plan.thresholds, undefined, known, clock.now());
      if (already.verdict === "bad") {
        judgement = already;
        return already;
      }
      // Compared while both versions serve users over the same minutes.
      const comparison = share > 0 && share < 100 ? defaultComparison : undefined;
      const closely = comparison !== undefined || seen === undefined || mayDecideSoon(plan.thresholds, known, seen, clock.now());
      seen = await metrics.look(since - historySeconds, closely);
      judgement = judge(plan.thresholds, comparison, { begun, since, metrics: seen, probes: prober?.samples() }, clock.now());
      return judgement;
    },
    confirmation: async (_, since) => {
      proof ??= probers.proof?.();
      prober ??= probers.judged?.();
      return confirmationOf(proof ?? prober, since);
    },
    stop: () => {
      void prober?.stop();
      void proof?.stop();
    },
    collected: () => ({ metrics: seen, probes: prober?.samples() ?? [], judgement }),
  };
}

/** Without health checks the weights that the load balancer reports are all that can be known. */
function confirmationOf(prober: Prober | undefined, since: number): Confirmation {
  if (prober === undefined)
    return { state: "confirmed", by: "the load balancer shows the new weights (no health-checks are given that could prove it)" };
  const after = prober.samples().filter((sample) => sample.time >= since);
  const checks = [...new Set(after.map((sample) => sample.check))];
  const passedInARow = (check: string): number => {
    const own = after.filter((sample) => sample.check === check);
    const lastFailure = own.findLastIndex((sample) => !sample.ok);
    return own.length - 1 - lastFailure;
  };
  const fewest = checks.length === 0 ? 0 : Math.min(...checks.map(passedInARow));
  if (fewest >= roundsThatConfirm)
    return { state: "confirmed", by: `${count(checks.length, "health check")} passed ${fewest} times in a row under the new weights` };
  const last = after.findLast((sample) => !sample.ok);
  return {
    state: "waiting",
    by: `${fewest} of ${roundsThatConfirm} passed rounds of health checks${last?.detail === undefined ? "" : `; ${last.check}: ${last.detail}`}`,
  };
}
