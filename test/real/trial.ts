// One deployment by a real process that meets one trouble in one phase, and whoever comes next.
import { setTimeout as pause } from "node:timers/promises";
import { cutEarly } from "@aws-deploy-actions/local-cloud/load/cut-early";
import { type Entry, type RunResult, startAction } from "../support/run-action.ts";
import { drainSeconds, type RealStage, whenSteady } from "./stage.ts";
import { strikeWith } from "./strike.ts";
import { isCatchable, isDeadly, type Trouble } from "./troubles.ts";
import { failures, outcomeViolations, type SwitchBack, stateViolations, switchBack } from "./verdict.ts";

export interface TrialOptions {
  /** The sources, or the bundle that users run. */
  readonly entry: Entry;
  /** More inputs of the deployment. */
  readonly inputs?: Readonly<Record<string, string>>;
}

export interface RealVerdict extends SwitchBack {
  /** How the run itself ended, and where users are in the end. */
  readonly ending: string;
  readonly requests: number;
  readonly lost: number;
  /** What the run said, and who came after it. */
  readonly log: string;
}

type Inputs = Readonly<Record<string, string>>;
const common: Inputs = { application: "shop", environment: "staging", "rollback-window": "1", "on-inconclusive": "proceed" };

/** Deploys a new good version, lets it meet the trouble, and lets whoever comes next end what it left. */
export async function tryReal(stage: RealStage, trouble: Trouble, { entry, inputs = {} }: TrialOptions): Promise<RealVerdict> {
  const { cloud, load } = stage;
  const from = await stage.look();
  const before = await load.snapshot();
  const earlyBefore = cutEarly(before, cloud, drainSeconds).length;
  const image = await stage.newImage();
  const given: Inputs = { ...common, images: `frontend=${image}\nbackend=${image}`, ...inputs };
  const start = (more: Inputs, state: Inputs, onLine?: (line: string) => void) =>
    startAction("blue-green-deploy", process.cwd(), { ...cloud.environment, ...state }, more, onLine, entry);

  const strike = strikeWith(stage, trouble, from.on, (signal) => running.kill(signal));
  const running = start(given, {}, strike.onLine);
  const main = await running.result;
  const struck = await strike.over();
  const next: RunResult[] = [];
  // A killed runner has no post step; its lease has to end before somebody else goes on.
  if (isDeadly(trouble.what)) await cloud.clock.sleep(Math.max(0, ((await stage.look()).heldUntil ?? 0) - cloud.clock.now() + 1));
  else next.push(await start(given, asState(main.state)).result);
  next.push(await start({ ...common, mode: "resume" }, {}).result);

  const end = await whenSteady(stage);
  // Requests that are under way belong to this trial.
  await pause(300);
  const after = await load.snapshot();
  const lost = after.failedRequests - before.failedRequests + cutEarly(after, cloud, drainSeconds).length - earlyBefore;
  const none: SwitchBack = { between: undefined, milliseconds: undefined, violations: [] };
  const back = isCatchable(trouble.what) && struck !== undefined ? switchBack(stage, trouble, from.on, struck) : none;
  const outcome = isDeadly(trouble.what) ? "killed" : (main.outputs["outcome"] ?? "no outcome");
  const isOnNew = end.on !== from.on;
  return {
    ...back,
    ...{ lost, log: [main, ...next].map((run) => run.log).join("\n"), requests: after.requests - before.requests },
    ending: `${outcome}, users on the ${isOnNew ? "new" : "old"} version`,
    violations: [
      ...(struck === undefined ? ["the trouble was never met"] : []),
      ...(lost === 0 ? [] : [`${lost} requests lost: ${after.failures.at(-1)?.cause ?? "a connection was cut"}`]),
      ...back.violations,
      ...outcomeViolations(trouble, outcome, isOnNew),
      ...stateViolations(end, cloud.clock.now()),
      ...failures(next),
    ],
  };
}

/** What the runner hands from the main step to the post step. */
const asState = (state: Inputs): Inputs => Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]));
