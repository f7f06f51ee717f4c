import { isLoopback } from "@aws-deploy-actions/shared/aws/settings";
import type { HttpPort } from "../ports.ts";

/** Milliseconds for one answer. */
const answerLimit = 10_000;

/** Asks URLs with the runtime's own fetch. Redirects are not followed, and plain HTTP goes to this machine only. */
export const httpChecks: HttpPort = {
  get: async (url, signal) => {
    if (!url.startsWith("https://") && !isLoopback(url)) return { status: undefined, trouble: "only https is asked" };
    try {
      const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.any([signal, AbortSignal.timeout(answerLimit)]) });
      await answer.body?.cancel();
      return { status: answer.status, trouble: undefined };
    } catch (error) {
      const cause = (error as { cause?: { code?: string; message?: string } }).cause;
      return { status: undefined, trouble: cause?.code ?? cause?.message ?? (error as Error).message };
    }
  },
};
