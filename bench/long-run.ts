// Many deployments one after another in one virtual cloud, good and bad ones mixed: what is left behind, and what memory does.
import { imageOf } from "@aws-deploy-actions/local-cloud/virtual/account";
import { createStage, finish } from "../test/simulation/scenario.ts";
import { heapInUse } from "./memory.ts";
import { rounded, type Section } from "./report.ts";

const digest = (version: string): string => version.padEnd(64, "0").replace("v", "a");
export interface LongRun {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly lost: number;
  readonly requests: number;
  /** Tags of the services at the end, by name. */
  readonly tags: readonly string[];
  readonly revisions: number;
  readonly expectedRevisions: number;
  /** Tasks that still run and belong to no colour that serves. */
  readonly leftTasks: number;
  /** Heap after a tenth of the runs and at the end, in MB. */
  readonly memory: readonly [early: number, late: number];
}

/** Versions in turn: v2 and v4 are good, v3 fails a third of its requests. */
export async function longRun(deployments: number): Promise<LongRun> {
  const stage = createStage({ requestsPerSecond: 20, behaviours: { [digest("v3")]: { errorRate: 0.34 } } });
  const versions = ["v2", "v4", "v3", "v2", "v1", "v3"];
  const outcomes: Record<string, number> = {};
  let early = 0;
  let rolledOut = 0;
  for (let index = 0; index < deployments; index++) {
    const version = versions[index % versions.length] ?? "v2";
    const { result } = await finish(stage, { image: imageOf(version), "rollback-window": "5m", "breach-duration": "2m" });
    outcomes[result.outcome] = (outcomes[result.outcome] ?? 0) + 1;
    if (result.outcome !== "unchanged") rolledOut += 1;
    // The cloud's own log of calls is no part of what is measured.
    stage.account.calls.length = 0;
    if (index + 1 === Math.max(1, Math.floor(deployments / 10))) early = heapInUse();
  }
  const { account } = stage;
  const serving = new Set([...account.services.values()].map((one) => one.arn));
  const wanted = [...account.world.ecs().services.values()].reduce((sum, one) => sum + one.desiredCount, 0);
  const running = [...account.world.ecs().tasks.values()].filter(
    (task) => task.lastStatus === "RUNNING" && serving.has(task.serviceArn ?? ""),
  ).length;
  return {
    outcomes,
    lost: account.world.tally.lost,
    requests: Math.round(account.world.tally.requests),
    tags: [...new Set([...account.services.values()].flatMap((one) => [...one.tags.keys()]))].sort(),
    revisions: account.definitions.size,
    expectedRevisions: rolledOut + 1,
    leftTasks: running - wanted,
    memory: [early / 1e6, heapInUse() / 1e6],
  };
}

export async function longRunSection(deployments: number): Promise<Section> {
  const run = await longRun(deployments);
  const [early, late] = run.memory;
  return {
    name: "long-run",
    title: `${deployments} deployments one after another in one virtual cloud, good and bad mixed`,
    figures: [
      {
        what: "outcomes",
        values: {
          value: Object.entries(run.outcomes)
            .map(([name, count]) => `${count} ${name}`)
            .join(", "),
        },
      },
      { what: "requests lost", values: { value: rounded(run.lost), of: run.requests }, target: "0", met: run.lost === 0 },
      { what: "tasks that nobody asked for", values: { value: run.leftTasks }, target: "0", met: run.leftTasks === 0 },
      {
        what: "revisions",
        values: { value: run.revisions, of: run.expectedRevisions },
        target: "one for each rollout",
        met: run.revisions <= run.expectedRevisions,
      },
      { what: "kinds of tags on the services", values: { value: run.tags.length } },
      { what: "MB of heap, after a tenth and at the end", values: { value: rounded(early, 1), of: rounded(late, 1) } },
    ],
    notes: [`tags: ${run.tags.join(", ")}`],
  };
}
