// A deployment in virtual time whose own requests are answered by the test.
import { imageOf } from "@aws-deploy-actions/local-cloud/virtual/account";
import { type VirtualProcess, virtualProcess } from "@aws-deploy-actions/local-cloud/virtual/aws";
import type { Network } from "@aws-deploy-actions/rollout/aws/rollout-ports";
import type { Collected } from "@aws-deploy-actions/rollout/order";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import { blueGreenTools } from "../../actions/blue-green-deploy/src/adapters/tools.ts";
import { read } from "../../actions/blue-green-deploy/src/inputs.ts";
import { run } from "../../actions/blue-green-deploy/src/run.ts";
import { asResult, type Inputs, type Stage, surround } from "../simulation/scenario.ts";

/** What a health check meets that begins at an instant; what is not told is in order. */
export type Answers = (begins: Instant) => { readonly fails?: boolean; readonly takes?: Seconds };

export interface Watched {
  readonly result: ActionResult;
  readonly collected: Collected;
  readonly lines: readonly string[];
}

const quick: Seconds = 0.05;

const network = (clock: Clock, answers: Answers): Network => ({
  check: async () => {
    const { fails = false, takes = quick } = answers(clock.now());
    await clock.sleep(takes);
    return fails
      ? { ok: false, latency: takes, status: 503, cause: "status", detail: "status 503 instead of 200" }
      : { ok: true, latency: takes, status: 200 };
  },
  control: () => async () => {
    await clock.sleep(quick);
    return true;
  },
});

/** Carries a deployment of v2 to its end. @param answers what its health checks meet */
export async function watchDeployment(
  stage: Stage,
  inputs: Inputs,
  answers: Answers = () => ({}),
  process: VirtualProcess = virtualProcess("run"),
): Promise<Watched> {
  const { base, opened, lines } = surround(stage, process, "deploy");
  const given = { application: "shop", environment: "staging", "aws-region": "eu-central-1", image: imageOf("v2"), ...inputs };
  const config = read(given, base.environment);
  let collected: () => Collected = () => ({ metrics: undefined, probes: [], shares: [], judgement: undefined });
  const box = blueGreenTools(config, opened, base, network(base.clock, answers));
  const tools = {
    ...box,
    // Files need real time, which a virtual clock does not wait for.
    writeReport: async () => undefined,
    ports: async (...given: Parameters<typeof box.ports>) => {
      const ports = await box.ports(...given);
      collected = ports.collected;
      return ports;
    },
  };
  const result = await stage.clock.until(run(config, tools, base).catch(asResult));
  return { result, collected: collected(), lines };
}

/** When the first user could meet the new version; infinity before. */
export const movedAt = ({ account }: Stage): Instant =>
  account.weightChanges.find((one) => (one.groups.get(account.groups.green)?.after ?? 0) > 0)?.at ?? Number.POSITIVE_INFINITY;

/** When all users were first sent back after an instant; infinity when they were not. */
export const backAt = ({ account }: Stage, after: Instant): Instant =>
  account.calls.find((call) => call.operation === "elb:ModifyListener" && call.at >= after)?.at ?? Number.POSITIVE_INFINITY;
