// What is tried, and the table of what came out.
import { seededRandom } from "../../packages/local-cloud/src/balancer/random.ts";
import { faults } from "../../packages/local-cloud/src/virtual/faults.ts";
import { matrixSeed, nameOf } from "../../test/simulation/matrix/names.ts";
import { stores, stories } from "../../test/simulation/matrix/stories.ts";
import { tryOut } from "../../test/simulation/matrix/trial.ts";

/** Seeded distances between two runs, for each pair and store. */
const interleavings = 500;
/** Rollouts that are cancelled at every call. */
const cancelled: readonly string[] = ["good", "canary", "linear-several", "migration", "test-header"];

export interface Choice {
  /** 1: everything. */
  readonly share: number;
  /** Which ones, where it is less. */
  readonly seed: number;
  /** faults, cancel, two; none: all of them. */
  readonly parts: readonly string[];
  /** `2/12`: the second of twelve parts that together are everything. */
  readonly shard: string;
}

/**
 * The names of all trials: each rollout with each fault at each call that it makes unbroken, a cancellation at each call, and two runs at
 * once.
 */
export async function allNames({ share, seed, parts, shard }: Choice): Promise<readonly string[]> {
  const names: string[] = [];
  // One after the other: a trial puts its own seed in the place of Math.random.
  for (const store of Object.keys(stores)) names.push(...(await namesIn(store)));
  const random = seededRandom(seed);
  const [own = 1, of = 1] = shard.split("/").map(Number);
  const partOf = (name: string): string => /^(cancel|two):/.exec(name)?.[1] ?? "faults";
  return names.filter((name, index) => random() < share && index % of === own - 1 && (parts.length === 0 || parts.includes(partOf(name))));
}

async function namesIn(store: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const story of stories) {
    const { calls } = await tryOut({ story, store, fault: undefined, seed: matrixSeed });
    const everyCall = Array.from({ length: calls }, (_, at) => at);
    names.push(...faults.flatMap((kind) => everyCall.map((at) => nameOf({ story, store, fault: { kind, at }, seed: matrixSeed }))));
    if (cancelled.includes(story.name)) names.push(...everyCall.map((at) => `cancel:${story.name}:${store}:${at}`));
  }
  const seeds = Array.from({ length: interleavings }, (_, index) => index + 1);
  return [...names, ...["deployments", "rescue"].flatMap((pair) => seeds.map((seed) => `two:${pair}:${store}:${seed}`))];
}
