// Says of a long run with real processes what is not as it must be.
import { tagNames } from "@aws-deploy-actions/rollout/record/codec";
import { type Figure, median, rounded } from "../report.ts";
import type { MachineProcess } from "./machine.ts";
import type { Version } from "./versions.ts";

export interface Deployed {
  readonly version: Version;
  readonly outcome: string;
  readonly reason: string;
  readonly seconds: number;
}

/** Taken between two deployments. */
export interface Sample {
  readonly deployments: number;
  /** Of the process that holds endpoint, balancer and scheduler, after a collection. */
  readonly heapMB: number;
  /** Resident, of the same process; the thread that sends requests is in it. */
  readonly ownMB: number;
  readonly motoMB: number;
  readonly openFiles: number;
}

/** What the account holds. */
export interface Inventory {
  readonly revisions: number;
  readonly targetGroups: number;
  readonly rules: number;
  readonly services: number;
  readonly tags: readonly string[];
}

export interface RealRun {
  readonly deployed: readonly Deployed[];
  readonly samples: readonly Sample[];
  readonly requests: number;
  /** Those of which the connection broke or that the application did not answer, and streaming answers that broke off. */
  readonly lost: number;
  readonly causes: readonly string[];
  readonly notSent: number;
  /** How late this process was woken, in the cloud's seconds: what a busy machine adds to everything. */
  readonly late: { readonly p99: number; readonly most: number };
  readonly before: Inventory;
  readonly after: Inventory;
  /** Processes at the end that no task asked for. */
  readonly processes: readonly string[];
  /** Processes once the cloud was stopped. */
  readonly afterStop: readonly string[];
  /** What is wrong with users, tasks, autoscaling and lease at the end. */
  readonly state: readonly string[];
}

/** The environment's own, and what a deployment leaves for those after it: its record, and a lease that has ended. */
const reasons: readonly string[] = ["application", ...Object.values(tagNames)];

export const tagsWithoutReason = (tags: readonly string[]): readonly string[] => tags.filter((tag) => !reasons.includes(tag));

/** The cloud's own processes, one of each. */
const own = [/\bguardian\.ts$/, /\brun_moto\.py$/];

/**
 * Those below `root`, or with the cloud's mark, that no task asked for.
 *
 * @param wanted pids of tasks that AWS says are running
 */
export function nobodys(all: readonly MachineProcess[], root: number, wanted: readonly number[]): readonly string[] {
  const parents = new Map(all.map(({ pid, parent }) => [pid, parent]));
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === root || isBelow(parent));
  };
  const ours = all.filter(({ pid, isMarked }) => pid !== root && (isMarked || isBelow(pid)) && !wanted.includes(pid));
  const allowed = own.map((pattern) => ours.find(({ command }) => pattern.test(command))?.pid);
  return ours.filter(({ pid }) => !allowed.includes(pid)).map(({ pid, command }) => `${pid} ${command || "(ended)"}`);
}

/** How much a deployment adds: the slope of a line through the samples from a fifth of the run on, when everything that fills up is full. */
export function perDeployment(samples: readonly Sample[], of: (sample: Sample) => number): number {
  const from = (samples.at(-1)?.deployments ?? 0) / 5;
  const points = samples.filter(({ deployments }) => deployments >= from);
  const mean = (value: (sample: Sample) => number): number => points.reduce((sum, one) => sum + value(one), 0) / points.length;
  const [x, y] = [mean(({ deployments }) => deployments), mean(of)];
  const spread = points.reduce((sum, { deployments }) => sum + (deployments - x) ** 2, 0);
  return spread === 0 ? 0 : points.reduce((sum, one) => sum + (one.deployments - x) * (of(one) - y), 0) / spread;
}

/** A shorter run says more of the start than of growth. */
const enough = 100;
/** What the account keeps for each deployment: a revision, with all that stands in it. */
const mostHeapKB = 20;
const mostOpenFiles = 0.05;

export function figures(run: RealRun): readonly Figure[] {
  const { deployed, before, after } = run;
  const names = [...new Set(deployed.map(({ version }) => version.name))];
  return [
    ...names.map((name) => outcomes(deployed.filter(({ version }) => version.name === name))),
    none("requests lost", run.lost, { of: run.requests }),
    none("processes that no task asked for", run.processes.length),
    none("processes after the cloud's end", run.afterStop.length),
    none("wrong with users, tasks, autoscaling or lease", run.state.length),
    none("tags without a reason", tagsWithoutReason(after.tags).length, { of: after.tags.length }),
    revisions(after.revisions - before.revisions, deployed.length),
    none("target groups more than before", after.targetGroups - before.targetGroups, { of: after.targetGroups }),
    none("rules more than before", after.rules - before.rules, { of: after.rules }),
    none("services more than before", after.services - before.services, { of: after.services }),
    ...growth(run.samples),
  ];
}

/** Each deployment that ended otherwise, with its reason. */
export const unexpected = (deployed: readonly Deployed[]): readonly string[] =>
  deployed.flatMap(({ version, outcome, reason }) =>
    outcome === version.expected ? [] : [`a version that ${version.name} ended as ${outcome}: ${reason}`],
  );

function outcomes(deployed: readonly Deployed[]): Figure {
  const [first] = deployed;
  const right = deployed.filter(({ version, outcome }) => outcome === version.expected).length;
  return {
    what: `a version that ${first?.version.name}`,
    values: { value: right, of: deployed.length, "median s": rounded(median(deployed.map(({ seconds }) => seconds)), 1) },
    target: `every one ends as ${first?.version.expected}`,
    met: right === deployed.length,
  };
}

const none = (what: string, value: number, values: Figure["values"] = {}): Figure => ({
  what,
  values: { value, ...values },
  target: "0",
  met: value === 0,
});

const revisions = (made: number, deployments: number): Figure => ({
  what: "revisions registered",
  values: { value: made, of: deployments },
  target: "at most one a deployment",
  met: made <= deployments,
});

function growth(samples: readonly Sample[]): readonly Figure[] {
  const [early, late] = [samples[0], samples.at(-1)];
  if (early === undefined || late === undefined) return [];
  const line = (what: string, of: (sample: Sample) => number, unit: number, digits: number, most?: number): Figure => {
    const slope = perDeployment(samples, of) * unit;
    return {
      what,
      values: { early: rounded(of(early), 1), late: rounded(of(late), 1), "a deployment": rounded(slope, digits) },
      ...(most === undefined || late.deployments < enough ? {} : { target: `at most ${most} a deployment`, met: slope <= most }),
    };
  };
  return [
    line("heap of the cloud, MB; KB a deployment", ({ heapMB }) => heapMB, 1000, 1, mostHeapKB),
    line("resident, users included, MB; KB a deployment", ({ ownMB }) => ownMB, 1000, 1),
    line("moto, MB; KB a deployment", ({ motoMB }) => motoMB, 1000, 1),
    line("open files and sockets", ({ openFiles }) => openFiles, 1, 3, mostOpenFiles),
  ];
}
