import type { Clock } from "@aws-deploy-actions/shared/clock";
import { checkHttp } from "@aws-deploy-actions/shared/health/http";
import type { HttpPort } from "../ports.ts";

/** Seconds for one answer. */
const answerLimit = 10;

/** The shared HTTP check: redirects are not followed, metadata addresses refused, this machine's own only where AWS itself is on it. */
export const httpChecks = (clock: Clock, allowLoopback: boolean, environment: Readonly<Record<string, string | undefined>>): HttpPort => ({
  check: async (check, signal) => {
    const result = await checkHttp(check, { clock, timeout: answerLimit, allowLoopback, proxy: environment, signal });
    return { ok: result.ok, says: result.detail ?? (result.status === undefined ? "no answer" : `answered ${result.status}`) };
  },
});
