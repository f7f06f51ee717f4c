// The real action on virtual time: inputs, checks, engine and adapters are those of the bundle; only AWS and the clock are not.

import {
  type AccountOptions,
  accountId,
  createAccount,
  imageOf,
  type VirtualAccount,
} from "@aws-deploy-actions/local-cloud/virtual/account";
import { loadSdk, type VirtualProcess, virtualAws, virtualProcess } from "@aws-deploy-actions/local-cloud/virtual/aws";
import { type VirtualClock, virtualClock } from "@aws-deploy-actions/local-cloud/virtual/clock";
import { dead } from "@aws-deploy-actions/local-cloud/virtual/faults";
import { virtualNetwork } from "@aws-deploy-actions/local-cloud/virtual/network";
import type { Identity } from "@aws-deploy-actions/shared/action/aws-base";
import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import { runContext } from "@aws-deploy-actions/shared/github/context";
import { githubRunner } from "@aws-deploy-actions/shared/github/runner";
import { problemsOf } from "@aws-deploy-actions/shared/problems";
import { blueGreenTools } from "../../actions/blue-green-deploy/src/adapters/tools.ts";
import { read } from "../../actions/blue-green-deploy/src/inputs.ts";
import { run } from "../../actions/blue-green-deploy/src/run.ts";
import type { Tools } from "../../actions/blue-green-deploy/src/tools.ts";

export const sdks = await loadSdk();

/** An account with its clock. */
export interface Stage {
  readonly account: VirtualAccount;
  readonly clock: VirtualClock;
  /** Gives deployments a defect, to see that what looks for it finds it. */
  readonly bend?: (tools: Tools) => Tools;
}

export function createStage(options: Partial<AccountOptions> = {}): Stage {
  const start = 1_800_000_000;
  const account = createAccount({ seed: 1, start, tasks: 2, requestsPerSecond: 20, ...options });
  for (const version of ["v1", "v2", "v3", "v4"])
    account.images.set(`shop:${version}`, `sha256:${version.padEnd(64, "0").replace("v", "a")}`);
  const clock = virtualClock(account.now);
  clock.onAdvance((to) => account.advanceTo(to));
  return { account, clock };
}

export interface Run {
  readonly process: VirtualProcess;
  readonly lines: string[];
  readonly result: Promise<ActionResult>;
  /** What the runner would hand to the post step. */
  readonly state: ReadonlyMap<string, string>;
  /** As the runner does it: SIGINT. */
  cancel(): void;
}

export type Inputs = Readonly<Record<string, string>>;

const defaults: Inputs = { application: "shop", environment: "staging", "aws-region": "eu-central-1", image: imageOf("v2") };

/** What a run of an action gets in virtual time. */
export interface Surroundings {
  readonly base: Base;
  readonly opened: {
    readonly aws: never;
    readonly identity: () => Promise<Identity>;
    readonly environment: () => Promise<Readonly<Record<string, string | undefined>>>;
  };
  readonly lines: string[];
  readonly state: ReadonlyMap<string, string>;
  readonly cancel: () => void;
}

/** The base of one process that acts on the stage. */
export function surround(stage: Stage, process: VirtualProcess, job: string, more: Inputs = {}): Surroundings {
  const lines: string[] = [];
  const cancel = new AbortController();
  // A dead process is never woken.
  const clock: Clock = {
    now: stage.clock.now,
    sleep: async (time, signal) => {
      if (process.isDead) return await dead();
      await stage.clock.sleep(time, signal);
      if (process.isDead) await dead();
    },
  };
  const environment = { GITHUB_RUN_ID: process.name, GITHUB_JOB: job, GITHUB_SHA: "c0ffee", ...more };
  const state = new Map<string, string>();
  const runner = {
    ...githubRunner(environment, (line) => lines.push(line)),
    saveState: (name: string, value: string) => void state.set(name, value),
  };
  const say = (text: string): void => {
    lines.push(...text.split("\n"));
  };
  const group = async <T>(title: string, body: () => Promise<T>): Promise<T> => {
    say(title);
    return await body();
  };
  const annotate = (level: string, text: string): void => say(`${level}: ${text}`);
  const journal = { path: "virtual.log", say, startGroup: say, endGroup: () => undefined, annotate, group };
  const base: Base = { runner, journal, clock, environment, context: runContext(environment), cancelled: cancel.signal };
  const aws = virtualAws(stage.account, process, clock, sdks);
  const identity = async () => ({ account: accountId, arn: `arn:aws:sts::${accountId}:assumed-role/deploy/run`, partition: "aws" });
  const opened = { aws: aws as never, identity, environment: async () => ({}) };
  return { base, opened, lines, state, cancel: () => cancel.abort(new Error("cancelled by SIGINT")) };
}

/** What becomes of a run that throws, as launch does it. */
export const asResult = (error: unknown): ActionResult => ({
  outcome: "failed",
  ok: false,
  reason: problemsOf(error)
    .map((one) => one.what)
    .join("; "),
});

/** Starts a run of blue-green-deploy. @param more environment variables, such as a state that the main step left: STATE_owner */
export function start(stage: Stage, inputs: Inputs = {}, process: VirtualProcess = virtualProcess("run"), more: Inputs = {}): Run {
  const { base, opened, lines, state, cancel } = surround(stage, process, "deploy", more);
  const config = read({ ...defaults, ...inputs }, base.environment);
  // Files need real time, which a virtual clock does not wait for.
  const whole = { ...blueGreenTools(config, opened, base, virtualNetwork(stage.account)), writeReport: async () => undefined };
  const tools = stage.bend?.(whole) ?? whole;
  return { process, lines, state, result: run(config, tools, base).catch(asResult), cancel };
}

/** Runs to the end in virtual time. */
export async function finish(
  stage: Stage,
  inputs: Inputs = {},
  process?: VirtualProcess,
): Promise<{ readonly result: ActionResult; readonly lines: readonly string[] }> {
  const one = start(stage, inputs, process);
  return { result: await stage.clock.until(one.result), lines: one.lines };
}
