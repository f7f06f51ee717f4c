// What a long run with real processes may leave, and a short one.
import { type ChildProcess, spawn } from "node:child_process";
import { cloudClients } from "@aws-deploy-actions/local-cloud/environment/clients";
import { driveRealRun } from "../../bench/real-run/drive.ts";
import { figures, nobodys, perDeployment, type RealRun, type Sample, tagsWithoutReason, unexpected } from "../../bench/real-run/judge.ts";
import type { MachineProcess } from "../../bench/real-run/machine.ts";
import { versionOf } from "../../bench/real-run/versions.ts";

/** Processes are looked for in /proc. */
const onLinux = process.platform === "linux" ? test : test.skip;

describe("a process that no task asked for", () => {
  const cloud = [
    { pid: 2, parent: 1, command: "node guardian.ts", isMarked: false },
    { pid: 3, parent: 1, command: "python run_moto.py", isMarked: false },
    { pid: 4, parent: 1, command: "node server.js", isMarked: true },
  ];
  test.each<[string, Partial<MachineProcess>, readonly string[]]>([
    ["is not one of another program", { parent: 900 }, []],
    ["is not what a task runs", { pid: 5, parent: 1, isMarked: true }, []],
    ["is a task's that AWS does not show as running", { parent: 1, isMarked: true }, ["9 node server.js"]],
    ["is one that a task's process has started", { parent: 4 }, ["9 node server.js"]],
    ["is one without a parent that knows the cloud", { parent: 0, isMarked: true }, ["9 node server.js"]],
    ["is one that has ended and that nobody looked after", { parent: 1, command: "" }, ["9 (ended)"]],
    ["is a second moto", { parent: 1, command: "python run_moto.py" }, ["9 python run_moto.py"]],
  ])("%s", (_, process, expected) => {
    const other = { pid: 9, parent: 0, command: "node server.js", isMarked: false, ...process };
    expect(nobodys([...cloud, other], 1, [4, 5])).toEqual(expected);
  });
});

test("tags with a reason are the environment's own, the record, and the lease", () => {
  const known = ["what", "deployment", "progress", "reason", "last-succeeded", "lease"].map((name) => `aws-deploy-actions:${name}`);
  expect(tagsWithoutReason(["application", ...known, "aws-deploy-actions:scratch"])).toEqual([
    "aws-deploy-actions:what",
    "aws-deploy-actions:scratch",
  ]);
});

const sample = (deployments: number, heapMB: number): Sample => ({ deployments, heapMB, ownMB: 300, motoMB: 300, openFiles: 100 });

test.each([
  ["a heap that stays", [30, 30, 30, 30, 30], 0],
  ["a heap that fills up first", [10, 30, 30, 30, 30], 0],
  ["a heap that grows by 1 MB in each hundred", [30, 31, 32, 33, 34], 0.01],
  ["a heap that swings", [30, 29, 31, 31, 29], 0],
])("%s", (_, heap, expected) => {
  const samples = [50, 150, 250, 350, 450].map((deployments, index) => sample(deployments, heap[index] ?? 0));
  expect(perDeployment(samples, ({ heapMB }) => heapMB)).toBeCloseTo(expected, 6);
});

describe("a run", () => {
  const account = { revisions: 1, targetGroups: 4, rules: 2, services: 2, tags: ["application"] };
  const right: RealRun = {
    deployed: [0, 1].map((index) => ({ version: versionOf(index), outcome: versionOf(index).expected, reason: "", seconds: 5 })),
    samples: [sample(100, 30), sample(300, 30), sample(500, 30)],
    late: { p99: 0, most: 0 },
    ...{ requests: 1000, lost: 0, causes: [], notSent: 0, processes: [], afterStop: [], state: [] },
    before: account,
    after: { ...account, revisions: 3 },
  };
  const broken = { ...sample(500, 30), openFiles: 130 };
  test("names each deployment that ended otherwise, with its reason", () => {
    const others = right.deployed.map((one) => ({ ...one, outcome: "rolled-back", reason: "errors" }));
    expect(unexpected([...right.deployed, ...others])).toEqual([
      "a version that is good ended as rolled-back: errors",
      "a version that crashes at its start ended as rolled-back: errors",
    ]);
  });

  test.each<[string, Partial<RealRun>, readonly string[]]>([
    ["keeps every promise", {}, []],
    [
      "let a bad version pass",
      { deployed: right.deployed.map((one) => ({ ...one, outcome: "succeeded" })) },
      ["a version that crashes at its start"],
    ],
    ["lost a request", { lost: 1 }, ["requests lost"]],
    ["left a process", { processes: ["9 node server.js"] }, ["processes that no task asked for"]],
    ["ended and left a process", { afterStop: ["9 node server.js"] }, ["processes after the cloud's end"]],
    ["left a lease", { state: ["the environment is still held"] }, ["wrong with users, tasks, autoscaling or lease"]],
    ["left a tag", { after: { ...right.after, tags: ["scratch"] } }, ["tags without a reason"]],
    ["registered a revision twice", { after: { ...right.after, revisions: 4 } }, ["revisions registered"]],
    ["left a target group", { after: { ...right.after, targetGroups: 5 } }, ["target groups more than before"]],
    ["left a rule", { after: { ...right.after, rules: 3 } }, ["rules more than before"]],
    ["left a service", { after: { ...right.after, services: 3 } }, ["services more than before"]],
    ["keeps 25 KB for each deployment", { samples: [sample(100, 30), sample(500, 40)] }, ["heap of the cloud, MB; KB a deployment"]],
    ["keeps a socket open now and then", { samples: [sample(100, 30), broken] }, ["open files and sockets"]],
    ["was too short to tell growth", { samples: [sample(1, 30), sample(50, 40)] }, []],
  ])("that %s", (_, changes, missed) => {
    const found = figures({ ...right, ...changes }).filter(({ met }) => met === false);
    expect(found.map(({ what }) => what)).toEqual(missed);
  });
});

onLinux(
  "after a good and a bad deployment by real processes nothing is left but what was left on purpose",
  async () => {
    let orphan: ChildProcess | undefined;
    const run = await driveRealRun({
      ...{ deployments: 2, timeFactor: 20, requestsPerSecond: 40, entry: "src", inputs: { "rollback-window": "1" } },
      after: async ({ cloud, environment }, { length }) => {
        if (length < 2) return;
        orphan = spawn("sleep", ["60"], { env: { ...process.env, ...cloud.environment }, detached: true, stdio: "ignore" });
        const clients = cloudClients(cloud);
        const { cluster, services } = environment;
        const { services: [blue] = [] } = await clients.ecs.describeServices({ cluster, services: [services.blue] });
        const until = cloud.clock.now() + 100_000;
        const tags = { scratch: "1", "aws-deploy-actions:lease": `owner=1 purpose=deploy since=1 until=${until} holder=1` };
        await clients.ecs.tagResource({
          resourceArn: blue?.serviceArn ?? "",
          tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
        });
        for (const client of Object.values(clients)) client.destroy();
      },
    });
    orphan?.kill();
    expect(run.deployed.map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual([
      expect.stringMatching(/^succeeded/),
      expect.stringMatching(/^failed: .*exited with 1/),
    ]);
    expect(figures(run).flatMap(({ what, met }) => (met === false ? [what] : []))).toEqual([
      "processes that no task asked for",
      "processes after the cloud's end",
      "wrong with users, tasks, autoscaling or lease",
      "tags without a reason",
    ]);
    expect(run.processes).toEqual([`${orphan?.pid} sleep 60`]);
    expect(run.afterStop).toEqual(run.processes);
    expect(run.state).toEqual(["the environment is still held"]);
    expect(tagsWithoutReason(run.after.tags)).toEqual(["scratch"]);
    expect(run.requests).toBeGreaterThan(100);
  },
  120_000,
);
