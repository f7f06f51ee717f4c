// emergency-rollback in virtual time, beside the deployments of scenario.ts.
import { type VirtualProcess, virtualProcess } from "@aws-deploy-actions/local-cloud/virtual/aws";
import { virtualNetwork } from "@aws-deploy-actions/local-cloud/virtual/network";
import { emergencyTools } from "../../actions/emergency-rollback/src/adapters/tools.ts";
import { read } from "../../actions/emergency-rollback/src/inputs.ts";
import { run } from "../../actions/emergency-rollback/src/run.ts";
import { incidentReport } from "../../packages/shared/src/report/incident.ts";
import { asResult, type Inputs, type Run, type Stage, surround } from "./scenario.ts";

const defaults: Inputs = {
  application: "shop",
  environment: "staging",
  "aws-region": "eu-central-1",
  reason: "checkout fails for everybody",
  confirm: "staging",
};

export interface RollbackRun extends Run {
  /** The incident reports that it wrote. */
  readonly reports: readonly string[];
}

/** Starts a run of emergency-rollback. */
export function startRollback(stage: Stage, inputs: Inputs = {}, process: VirtualProcess = virtualProcess("rescue")): RollbackRun {
  const { base, opened, lines, state, cancel } = surround(stage, process, "rollback");
  const reports: string[] = [];
  const go = async () => {
    const config = read({ ...defaults, ...inputs }, base.environment);
    const tools = emergencyTools(config, opened, base, virtualNetwork(stage.account));
    // Files need real time, which a virtual clock does not wait for.
    return await run(config, { ...tools, writeReports: async (story) => void reports.push(incidentReport(story)) }, base);
  };
  return { process, lines, reports, state, result: go().catch(asResult), cancel };
}

/** Runs to the end in virtual time. */
export async function rollBackNow(stage: Stage, inputs: Inputs = {}, process?: VirtualProcess) {
  const one = startRollback(stage, inputs, process);
  return { result: await stage.clock.until(one.result), lines: one.lines, reports: one.reports };
}

const switches = new Set(["elb:ModifyListener", "elb:ModifyRule"]);

/** The calls of a process up to its first one that moves users, that one not included. */
export function callsBeforeSwitch(stage: Stage, process: string): readonly string[] {
  const own = stage.account.calls.filter((call) => call.process === process).map((call) => call.operation);
  const first = own.findIndex((operation) => switches.has(operation));
  return first < 0 ? own : own.slice(0, first);
}

/** The share of each colour that the first listener forwards to, those without any left out. */
export function sharesOf({ account }: Stage): Readonly<Partial<Record<"blue" | "green", number>>> {
  const tuples = account.listeners[0]?.defaultActions.flatMap((action) => action.ForwardConfig?.TargetGroups ?? []) ?? [];
  const shares = tuples.flatMap(({ TargetGroupArn, Weight = 0 }) =>
    Weight === 0 ? [] : [[TargetGroupArn === account.groups.blue ? "blue" : "green", Weight]],
  );
  return Object.fromEntries(shares);
}
