// The whole story on one machine: the real workflow, the real bundle, a real load balancer and real processes; only AWS is local.
import { parseArgs } from "node:util";
import { createEnvironment } from "../packages/local-cloud/src/environment/create.ts";
import { exampleContainers, exampleImages } from "../packages/local-cloud/src/environment/example.ts";
import { cutEarly } from "../packages/local-cloud/src/load/cut-early.ts";
import { startLoad } from "../packages/local-cloud/src/load/start.ts";
import type { LoadReport } from "../packages/local-cloud/src/load/types.ts";
import { startLocalCloud } from "../packages/local-cloud/src/start.ts";
import { runWorkflow } from "./demo/act.ts";
import { kindsTold, longLivedTold } from "./demo/kinds.ts";
import { broken, type Chapter, type ChapterResult, chapters } from "./demo/story.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    "time-factor": { type: "string", default: "20" },
    rate: { type: "string", default: "350" },
    "break-drain": { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});
const say = (text = ""): void => {
  (values.json ? process.stderr : process.stdout).write(`${text}\n`);
};
const timeFactor = Number(values["time-factor"]);
const rate = Number(values.rate);
/** In the cloud's time, like everything that the reader is told. */
const slowSeconds = 5;
/** The deregistration delay: what is open on a leaving target may end within this time. */
const drainSeconds = 30;
/** Metrics are shown late, and users may be back before an alarm knows: it has to be quiet for so long. In the cloud's time. */
const quietSeconds = 240;
const wanted = chapters.filter((chapter) => values.only === "" || values.only.split(",").includes(chapter.version));
/** What the whole story must have met at least, so that "none lost" means something. */
const leastRequests = wanted.length * 2_000 + (wanted.some((one) => one.version === "v2") ? 10_000 : 0);

say(`Starting the local cloud (time runs ${timeFactor} times faster) with the example application, v1 on blue …`);
const cloud = await startLocalCloud({
  timeFactor,
  images: exampleImages(),
  ...(values["break-drain"] ? { balancerFaults: { drain: "cut" as const } } : {}),
});
try {
  const environment = await createEnvironment(cloud, { containers: exampleContainers(cloud, "v1"), deregistrationDelay: drainSeconds });
  const addresses = environment.urls.map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) }));
  const load = startLoad({
    addresses,
    requestsPerSecond: rate,
    newConnectionShare: 0.2,
    slow: { share: 0.02, path: `/work?ms=${Math.round((slowSeconds * 1000) / timeFactor)}` },
    paths: ["/", "/api/products", "/health"],
    webSockets: { count: 4, path: "/ws" },
    streams: { count: 2, path: `/stream?ms=${Math.round((slowSeconds * 1000) / timeFactor)}` },
  });
  say(`${rate} requests a second go to it, from now to the end.`);
  const results: ChapterResult[] = [];
  for (const chapter of wanted) {
    if (results.some((one) => one.outcome === "rolled-back")) await alarmsQuiet(environment.alarms);
    results.push(await play(chapter, environment.urls[0] ?? "", load));
  }
  await tellStatus();
  report(results, await load.stop());
} finally {
  await cloud.stop();
}

async function play(chapter: Chapter, url: string, load: ReturnType<typeof startLoad>): Promise<ChapterResult> {
  say();
  say(`── ${chapter.version}: ${chapter.about}`);
  const before = await load.snapshot();
  const mark = cloud.calls.length;
  const image = `${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com/containers-app:${chapter.version}`;
  const { ok, outputs } = await runWorkflow({
    workflow: "examples/workflows/deploy-containers.yml",
    inputs: { image, "health-url": url },
    environment: cloud.environment,
    onLine: tellLines(),
  });
  // Requests that were under way at the end belong to this deployment.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const after = await load.snapshot();
  const seconds = (text: string | undefined): number | undefined => (text === undefined || text === "" ? undefined : Number(text));
  const cutConnections = cutEarly(after, cloud, drainSeconds).length - cutEarly(before, cloud, drainSeconds).length;
  const result: ChapterResult = {
    version: chapter.version,
    outcome: outputs["outcome"] ?? "no outcome",
    reason: outputs["reason"] ?? "",
    stepSucceeded: ok,
    trafficOn: outputs["traffic-on"] ?? "",
    requests: after.requests - before.requests,
    failedRequests: after.failedRequests - before.failedRequests + cutConnections,
    appErrors: after.appErrors - before.appErrors,
    cutConnections,
    switchSeconds: seconds(outputs["switch-seconds"]),
    rollbackSeconds: seconds(outputs["rollback-seconds"]),
    apiCalls: cloud.calls.since(mark).length,
  };
  const { requests, failedRequests, appErrors } = result;
  say(
    `   ${result.outcome} · users are on ${result.trafficOn || "what they had before"} · ${requests} requests, ${failedRequests} lost, ${appErrors} errors that the application answered`,
  );
  return result;
}

/** The lines that tell the story; a wait is told once, however often it is shown. */
function tellLines(): (line: string) => void {
  const waits = new Set<string>();
  return (line) => {
    const wait = /^\s*⟳ ([^·]*)/.exec(line)?.[1];
    if (wait !== undefined && waits.has(wait) && !values.verbose) return;
    if (wait !== undefined) waits.add(wait);
    if (values.verbose || /^\s*(→|↩|✔|✖|•|⟳)/.test(line)) say(`   ${line.trimEnd()}`);
  };
}

/** A deployment is refused while an alarm of the one before still fires. */
async function alarmsQuiet(names: readonly string[]): Promise<void> {
  const { CloudWatchClient, DescribeAlarmsCommand } = await import("@aws-sdk/client-cloudwatch");
  const client = new CloudWatchClient({
    region: cloud.region,
    endpoint: cloud.endpoint,
    credentials: {
      accessKeyId: cloud.environment["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: cloud.environment["AWS_SECRET_ACCESS_KEY"] ?? "",
    },
  });
  const firing = async (): Promise<boolean> => {
    const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [...names] }));
    return MetricAlarms.some((alarm) => alarm.StateValue === "ALARM");
  };
  let quietSince = cloud.clock.now();
  say("   waiting until the alarms of the last version are quiet again");
  // 20 minutes of the cloud's time: an alarm needs good minutes, and they are shown late.
  const end = cloud.clock.now() + 1200;
  while (cloud.clock.now() < end && cloud.clock.now() - quietSince < quietSeconds) {
    await cloud.clock.sleep(10);
    if (await firing()) quietSince = cloud.clock.now();
  }
}

async function tellStatus(): Promise<void> {
  say();
  say("── status");
  await runWorkflow({
    workflow: "examples/workflows/status.yml",
    inputs: {},
    environment: cloud.environment,
    onLine: (line) => {
      if (/^\s*(Users are|blue:|green:|Last:|Traffic)/.test(line)) say(`   ${line.trim()}`);
    },
  });
}

function report(results: readonly ChapterResult[], load: LoadReport): void {
  const { failures, byKind } = load;
  const cut = cutEarly(load, cloud, drainSeconds);
  const failedRequests = load.failedRequests + cut.length;
  const problems = broken(results, leastRequests);
  say();
  for (const failure of failures.slice(0, 5)) say(`lost: ${failure.path}: ${failure.cause}`);
  for (const { cause, after } of cut.slice(0, 5)) say(`lost: a WebSocket or stream, ${after.toFixed(1)} s after it was opened: ${cause}`);
  for (const problem of problems) say(`✖ ${problem}`);
  const requests = results.reduce((sum, one) => sum + one.requests, 0);
  say(
    `${problems.length === 0 ? "✔" : "✖"} ${results.length} deployments under ${requests} requests, ${failedRequests} lost. Reports and logs: logs/`,
  );
  say(`  ${kindsTold(load, `of ${slowSeconds} s`)}`);
  say(`  ${longLivedTold(load, cut.length)}`);
  if (values.json) process.stdout.write(`${JSON.stringify({ deployments: results, requests, failedRequests, byKind, problems })}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
