// An emergency rollback as a real process against the local cloud: from its start until the call that moves users has arrived.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { cloudClients } from "../packages/local-cloud/src/environment/clients.ts";
import { createEnvironment } from "../packages/local-cloud/src/environment/create.ts";
import { exampleContainers, exampleImages } from "../packages/local-cloud/src/environment/example.ts";
import { type LocalCloud, startLocalCloud } from "../packages/local-cloud/src/start.ts";
import { runAction, shown } from "../test/support/run-action.ts";
import { untilExit } from "./children.ts";
import { asInputs, distOf, nodeAlone } from "./programs.ts";
import { median, rounded, type Section } from "./report.ts";

/** What an immediate rollback may ask before it moves users. */
const callLimit = 6;
const secondsLimit = 2;
const giveUp = 30_000;

interface Round {
  readonly milliseconds: number;
  readonly calls: number;
  /** `node -e 0` and six calls one after the other, measured right beside it. */
  readonly reference: number;
}

/** @param rounds how often it is measured; each time users are put back on the bad version first */
export async function emergency(rounds: number): Promise<Section> {
  // Time is compressed for what comes before; nothing that is measured waits for a clock.
  const cloud = await startLocalCloud({ timeFactor: 20, images: exampleImages() });
  const clients = cloudClients(cloud);
  try {
    const environment = await createEnvironment(cloud, { containers: exampleContainers(cloud, "v1") });
    await deploySecond(cloud);
    const actions = await Promise.all(
      environment.listenerArns.map(
        async (arn) => (await clients.elb.describeListeners({ ListenerArns: [arn] })).Listeners?.[0]?.DefaultActions,
      ),
    );
    const ruleArns = environment.routes.flatMap(({ ruleArn }) => (ruleArn === undefined ? [] : [ruleArn]));
    const rules = ruleArns.length === 0 ? [] : ((await clients.elb.describeRules({ RuleArns: ruleArns })).Rules ?? []);
    const putOnBad = async (): Promise<void> => {
      for (const [index, arn] of environment.listenerArns.entries())
        await clients.elb.modifyListener({ ListenerArn: arn, DefaultActions: actions[index] });
      for (const rule of rules) await clients.elb.modifyRule({ RuleArn: rule.RuleArn, Actions: rule.Actions });
    };
    const sixCalls = async (): Promise<number> => {
      const begin = performance.now();
      for (let call = 0; call < callLimit; call++) await clients.elb.describeListeners({ LoadBalancerArn: environment.loadBalancerArn });
      return performance.now() - begin;
    };
    const measured: Round[] = [];
    for (let round = -1; round < rounds; round++) {
      const alone = await untilExit(nodeAlone, { mustFail: false });
      const reference = alone.milliseconds + (await sixCalls());
      const one = await untilSwitch(cloud);
      await putOnBad();
      // The first round warms the file cache.
      if (round >= 0) measured.push({ ...one, reference });
    }
    return sectionOf(measured);
  } finally {
    for (const client of Object.values(clients)) client.destroy();
    await cloud.stop();
  }
}

/** Brings v2 to users and keeps v1 running. */
async function deploySecond(cloud: LocalCloud): Promise<void> {
  const image = `${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com/containers-app:v2`;
  const deployed = await runAction("blue-green-deploy", process.cwd(), cloud.environment, {
    application: "shop",
    environment: "staging",
    images: `frontend=${image}\nbackend=${image}`,
    "rollback-window": "1",
    "on-inconclusive": "proceed",
    "keep-previous": "600",
  });
  if (deployed.outputs["outcome"] !== "succeeded") throw new Error(`v2 was not deployed: ${shown(deployed)}`);
}

/** Starts the bundle, and kills it when its first call that moves users has arrived: everything after it would only take time. */
async function untilSwitch(cloud: LocalCloud): Promise<Omit<Round, "reference">> {
  const home = mkdtempSync(join(tmpdir(), "bench-emergency-"));
  const inputs = { application: "shop", environment: "staging", confirm: "staging", reason: "benchmark", "break-lock": "true" };
  const mark = cloud.calls.length;
  const begun = { real: performance.now(), cloud: cloud.clock.now() };
  const child = spawn(process.execPath, [distOf("emergency-rollback")], {
    cwd: home,
    stdio: "ignore",
    env: { PATH: process.env["PATH"], HOME: home, ...cloud.environment, ...asInputs({ ...inputs, "log-directory": home }) },
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    for (;;) {
      const calls = cloud.calls.since(mark);
      const first = calls.findIndex((call) => call.operation === "ModifyListener" || call.operation === "ModifyRule");
      const at = calls[first]?.at;
      if (at !== undefined) return { milliseconds: ((at - begun.cloud) / cloud.timeFactor) * 1000, calls: first };
      if (child.exitCode !== null || performance.now() - begun.real > giveUp) throw new Error("the rollback moved nobody");
      await pause(2);
    }
  } finally {
    child.kill("SIGKILL");
    await gone;
    rmSync(home, { recursive: true, force: true });
  }
}

function sectionOf(measured: readonly Round[]): Section {
  const milliseconds = measured.map((one) => one.milliseconds);
  const calls = Math.max(...measured.map((one) => one.calls));
  const ratio = median(measured.map((one) => one.milliseconds / one.reference));
  return {
    name: "emergency",
    title: `Emergency rollback: from the process's start to the switch call, ${measured.length} rounds`,
    figures: [
      {
        what: "type: immediate, previous colour kept",
        values: {
          "median ms": Math.round(median(milliseconds)),
          "worst ms": Math.round(Math.max(...milliseconds)),
          "× node + 6 calls": rounded(ratio),
          "calls before": calls,
        },
        target: `at most ${callLimit} calls, under ${secondsLimit} s`,
        met: calls <= callLimit && median(milliseconds) < secondsLimit * 1000,
      },
      { what: "node -e 0 and 6 calls", values: { "median ms": Math.round(median(measured.map((one) => one.reference))) } },
    ],
    notes: [
      "Two containers, each with its own pair of target groups, behind one listener and one rule. AWS is on this machine: read the ratio.",
    ],
  };
}
