import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import type { HealthCheckConfig, TargetState } from "./types.ts";

/** One node's view of one target. */
export interface TargetView {
  readonly id: string;
  readonly port: number;
  /** Where it is really reached. */
  readonly endpoint: { readonly host: string; readonly port: number };
  state: TargetState;
  /** In a row. */
  passes: number;
  failures: number;
  nextCheckAt: Instant;
  /** Since when it has been ramping up; undefined when it takes a full share. */
  slowSince: Instant | undefined;
  /** When its remaining requests are cut; undefined unless draining. */
  drainEndsAt: Instant | undefined;
  inFlight: number;
  reason: string | undefined;
  description: string | undefined;
}

export type CheckResult =
  | { readonly passed: true }
  | {
      readonly passed: false;
      readonly reason: "Target.ResponseCodeMismatch" | "Target.Timeout" | "Target.FailedHealthChecks";
      readonly description: string;
    };

/**
 * Counts one health check. A new target is healthy after its first passed check; one that was unhealthy needs the threshold.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 *
 * @returns whether the target's state changed
 */
export function recordCheck(target: TargetView, result: CheckResult, config: HealthCheckConfig): boolean {
  const before = target.state;
  if (before === "draining" || before === "unused") return false;
  if (result.passed) {
    target.failures = 0;
    target.passes += 1;
    if (before === "initial" || (before === "unhealthy" && target.passes >= config.healthyThreshold)) become(target, "healthy");
  } else {
    target.passes = 0;
    target.failures += 1;
    if (before !== "unhealthy" && target.failures >= config.unhealthyThreshold) become(target, "unhealthy");
    if (target.state === "unhealthy") [target.reason, target.description] = [result.reason, result.description];
  }
  return target.state !== before;
}

export function become(target: TargetView, state: TargetState): void {
  target.state = state;
  target.reason = reasons[state]?.[0];
  target.description = reasons[state]?.[1];
  target.slowSince = undefined;
  if (state === "initial") target.passes = target.failures = 0;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html */
export const reasons: Readonly<Partial<Record<TargetState | "registering", readonly [string, string]>>> = {
  registering: ["Elb.RegistrationInProgress", "Target registration is in progress"],
  initial: ["Elb.InitialHealthChecking", "Initial health checks in progress"],
  unhealthy: ["Target.FailedHealthChecks", "Health checks failed"],
  unused: ["Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"],
  draining: ["Target.DeregistrationInProgress", "Target deregistration is in progress"],
};

/**
 * The share of a full target's requests that this one takes: rises from 0 to 1 over the slow start.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#slow-start-mode
 */
export function slowStartShare(target: TargetView, duration: Seconds, now: Instant): number {
  if (target.slowSince === undefined) return 1;
  const share = (now - target.slowSince) / duration;
  if (share < 1) return Math.max(0, share);
  target.slowSince = undefined;
  return 1;
}

/** Reads `200`, `200-299`, `200,202`. */
export function matchesStatus(matcher: string, status: number): boolean {
  return matcher.split(",").some((part) => {
    const [low = "", high = low] = part.trim().split("-");
    return status >= Number(low) && status <= Number(high);
  });
}
