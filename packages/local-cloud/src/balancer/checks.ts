import { get } from "node:http";
import type { CheckResult, TargetView } from "./health.ts";
import { matchesStatus } from "./health.ts";
import type { HealthCheckConfig } from "./types.ts";

/**
 * Asks a target once, on a connection of its own. Never rejects.
 * The time-out is in real seconds even where time is compressed: a busy laptop must not look like a broken application.
 */
export function checkTarget(target: TargetView, config: HealthCheckConfig): Promise<CheckResult> {
  return new Promise((resolve) => {
    const { host, port } = target.endpoint;
    const headers = { "User-Agent": "ELB-HealthChecker/2.0", Connection: "close" };
    const failed = (reason: "Target.Timeout" | "Target.FailedHealthChecks", description: string) =>
      resolve({ passed: false, reason, description });
    const signal = AbortSignal.timeout(config.timeoutSeconds * 1000);
    const asked = get({
      host,
      port: config.port === "traffic-port" ? port : config.port,
      path: config.path,
      agent: false,
      headers,
      signal,
    });
    asked.on("response", (answer) => {
      answer.resume();
      answer.on("error", () => undefined);
      const status = answer.statusCode ?? 0;
      if (matchesStatus(config.matcher, status)) resolve({ passed: true });
      else
        resolve({
          passed: false,
          reason: "Target.ResponseCodeMismatch",
          description: `Health checks failed with these codes: [${status}]`,
        });
    });
    asked.on("error", () =>
      signal.aborted ? failed("Target.Timeout", "Request timed out") : failed("Target.FailedHealthChecks", "Health checks failed"),
    );
  });
}
