// An action under a policy of infra/policies, enforced by the proxy before a local cloud: what the policy does not allow is denied.
import type { CallLog, CallRecord } from "@aws-deploy-actions/local-cloud/proxy/calls";
import type { Faults } from "@aws-deploy-actions/local-cloud/proxy/faults";
import { type Policy, policyOf } from "../../scripts/policies.ts";
import { type RunResult, shown } from "../support/run-action.ts";
import { askedFor, type Call, type Place } from "./asked.ts";
import { allows, filledIn, without } from "./iam.ts";

/** How a run under a policy ended. */
export interface Enforced {
  readonly run: RunResult;
  /** The calls of the action, and of the programs that it starts. */
  readonly calls: readonly Call[];
  /** What the policy did not allow, `service:Operation`. */
  readonly denied: readonly string[];
}

export interface Enforcement {
  /** The action's policy with the names of this environment in it. */
  policyFor(action: string): Policy;
  /** Waits for the end of what it starts, with all denied that the policy does not allow. */
  under(policy: Policy, start: () => Promise<RunResult>): Promise<Enforced>;
  /** The statements that none of these calls needs, each by its actions. */
  idle(policy: Policy, runs: readonly Enforced[]): readonly string[];
}

/** @param names what stands for APPLICATION, ENVIRONMENT and the others */
export function enforcement(
  proxy: { readonly calls: CallLog; readonly faults: Faults },
  place: Place,
  names: Readonly<Record<string, string>>,
): Enforcement {
  const permits = (policy: Policy, call: Call): boolean => askedFor(call, place).every((asked) => allows(policy, asked));
  return {
    policyFor: (action) => filledIn(policyOf(action), { ...names, REGION: place.region, ACCOUNT: place.account }),
    under: async (policy, start) => {
      const mark = proxy.calls.length;
      const end = proxy.faults.inject({
        when: (call) => /^[A-Z]\w+$/.test(call.operation) && !permits(policy, call),
        times: Number.POSITIVE_INFINITY,
        fault: { kind: "access-denied" },
      });
      try {
        const run = await start();
        const calls = proxy.calls.since(mark).filter((call) => !isOfATask(call));
        const denied = calls.filter(({ fault }) => fault === "access-denied").map(({ service, operation }) => `${service}:${operation}`);
        return { run, calls, denied: [...new Set(denied)] };
      } finally {
        end();
      }
    },
    idle: (policy, runs) =>
      policy.Statement.filter((_, index) => {
        const rest = without(policy, index);
        return runs.every(({ calls }) => calls.every((call) => permits(rest, call)));
      }).map(({ Action }) => Action.join(" ")),
  };
}

/** What runs in a task calls with the task's role. */
const isOfATask = ({ userAgent }: CallRecord): boolean => userAgent.includes("exec-env/AWS_ECS");

/** How runs ended, the first line of each. */
export const endings = (runs: readonly Enforced[]): readonly string[] => runs.map(({ run }) => shown(run).split("\n")[0] ?? "");

export const deniedIn = (runs: readonly Enforced[]): readonly string[] => [...new Set(runs.flatMap(({ denied }) => denied))];
