// Real deployments one after another on one local cloud: the bundle as a process, tasks as processes, users all the time.
import { rmSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { cloudClients } from "@aws-deploy-actions/local-cloud/environment/clients";
import { exampleContainers, exampleImages } from "@aws-deploy-actions/local-cloud/environment/example";
import type { LoadReport } from "@aws-deploy-actions/local-cloud/load/types";
import { openStage, type RealStage, whenSteady } from "../../test/real/stage.ts";
import { stateViolations } from "../../test/real/verdict.ts";
import { type Entry, startAction } from "../../test/support/run-action.ts";
import { heapInUse } from "../memory.ts";
import { inventory, runningTasks } from "./account.ts";
import { type Deployed, nobodys, type RealRun, type Sample } from "./judge.ts";
import { openFiles, processes, residentMB } from "./machine.ts";
import { imageOf, maxResponseTime, type Version, versionOf } from "./versions.ts";

export interface RealRunOptions {
  readonly deployments: number;
  readonly timeFactor: number;
  readonly requestsPerSecond: number;
  readonly entry?: Entry;
  /** In the place of the usual inputs. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Told of each deployment; may do something to the stage, so that the judge can be seen to find it. */
  readonly after?: (stage: RealStage, done: readonly Deployed[]) => void | Promise<void>;
}

/** In the cloud's time. */
const [slowSeconds, streamSeconds, stopSeconds] = [5, 10, 120];
const streams = 2;

const common: Readonly<Record<string, string>> = {
  application: "shop",
  environment: "staging",
  // Metrics are a minute late and two of them have to be bad: nothing bad gets through a window of four.
  "rollback-window": "4",
  "breach-duration": "2m",
  "max-response-time": maxResponseTime,
  // What a busy machine makes slow shall not look like a version of which nobody knows anything.
  "on-inconclusive": "proceed",
};

/** @throws Error where the machine does not tell what its processes do */
export async function driveRealRun(options: RealRunOptions): Promise<RealRun> {
  if (process.platform !== "linux") throw new Error("A long run with real processes needs /proc, which only Linux has.");
  const { deployments, timeFactor } = options;
  const ms = (seconds: number): number => Math.round((seconds * 1000) / timeFactor);
  const stage = await openStage(
    options.requestsPerSecond,
    { timeFactor, metricsDelay: () => 60 },
    {
      slow: { share: 0.05, path: `/work?ms=${ms(slowSeconds)}` },
      // They end well within the drain time: each one that is cut is lost. WebSockets would outlive every version.
      webSockets: { count: 0, path: "/ws" },
      streams: { count: streams, path: `/stream?ms=${ms(streamSeconds)}&every=20` },
    },
    // The application waits for a real second of silence before it ends: as short as time is here, 30 s are over before.
    (cloud) => ({ containers: exampleContainers(cloud, "v1").map((one) => ({ ...one, definition: { stopTimeout: stopSeconds } })) }),
  );
  const clients = cloudClients(stage.cloud);
  const mark = stage.cloud.endpoint;
  try {
    const before = await inventory(clients, stage.environment);
    const delay = monitorEventLoopDelay();
    delay.enable();
    const deployed: Deployed[] = [];
    const samples: Sample[] = [];
    for (let index = 0; index < deployments; index++) {
      const live = deployed.findLast(({ outcome }) => outcome === "succeeded")?.version.name;
      deployed.push(await deploy(stage, versionOf(index, live), options));
      const every = Math.max(1, Math.floor(deployments / 10));
      if (deployed.length % every === 0) samples.push(sample(deployed.length, mark));
      await options.after?.(stage, deployed);
    }
    const left = await leftovers(stage, async () => await runningTasks(clients, stage.environment));
    const end = await stage.look();
    const after = await inventory(clients, stage.environment);
    const report = await stage.load.stop();
    await stage.stop();
    return {
      ...{ deployed, samples, before, after },
      ...{ requests: report.requests, lost: lostIn(report), causes: causesIn(report), notSent: report.notSent },
      late: { p99: (delay.percentile(99) / 1e9) * timeFactor, most: (delay.max / 1e9) * timeFactor },
      processes: left,
      afterStop: nobodys(processes(mark), process.pid, []),
      state: stateViolations(end, stage.cloud.clock.now()),
    };
  } finally {
    for (const client of Object.values(clients)) client.destroy();
    await stage.stop();
  }
}

async function deploy({ cloud, environment, ...stage }: RealStage, version: Version, options: RealRunOptions): Promise<Deployed> {
  const begun = performance.now();
  const { uri, tag } = await cloud.pushImage(imageOf(version, exampleImages()));
  const inputs = {
    ...common,
    ...options.inputs,
    images: `frontend=${uri}:${tag}\nbackend=${uri}:${tag}`,
    "health-checks": `database ${environment.urls[0]}/api/health/database`,
  };
  const run = await startAction("blue-green-deploy", process.cwd(), cloud.environment, inputs, undefined, options.entry ?? "dist").result;
  await whenSteady({ cloud, environment, ...stage });
  rmSync(run.folder, { recursive: true, force: true });
  stage.forget();
  const { outcome = `no outcome:\n${run.log.slice(-2000)}`, reason = "" } = run.outputs;
  return { version, outcome, reason, seconds: (performance.now() - begun) / 1000 };
}

function sample(deployments: number, mark: string): Sample {
  const moto = processes(mark).find(({ parent, command }) => parent === process.pid && command.endsWith("run_moto.py"))?.pid;
  return {
    deployments,
    heapMB: heapInUse() / 1e6,
    ownMB: residentMB("self") ?? Number.NaN,
    motoMB: moto === undefined ? Number.NaN : (residentMB(moto) ?? Number.NaN),
    openFiles: openFiles(),
  };
}

/** A task that AWS no longer shows as running has its stopTimeout to end, and a moment to be gone: what is left then is left over. */
async function leftovers({ cloud }: RealStage, running: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const limit = performance.now() + (stopSeconds * 1000) / cloud.timeFactor + 2000;
  for (;;) {
    const tasks = await running();
    const pids = [...cloud.containers.pids()].flatMap(([task, some]) => (tasks.includes(task) ? some : []));
    const left = nobodys(processes(cloud.endpoint), process.pid, pids);
    if (left.length === 0 || performance.now() > limit) return left;
    await pause(100);
  }
}

const lostIn = ({ failedRequests, streams: { cut } }: LoadReport): number => failedRequests + cut.length;

const causesIn = ({ failures, streams: { cut } }: LoadReport): readonly string[] => [
  ...failures.map(({ path, connection, cause, after }) => `${path} (${connection} connection) after ${after.toFixed(1)} s: ${cause}`),
  ...cut.map(({ cause, after }) => `a streaming answer after ${after.toFixed(1)} s: ${cause}`),
];
