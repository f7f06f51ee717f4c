// The rollouts that the fault matrix breaks: a good version, a bad one, and the two ways in which a lost one is taken up.
import { virtualProcess } from "@aws-deploy-actions/local-cloud/virtual/aws";
import { createStage, type Inputs, type Stage } from "../scenario.ts";
import { runToEnd, waitForLease } from "./carry.ts";

/** One rollout as the matrix runs it. */
export interface Story {
  readonly name: string;
  readonly inputs: Inputs;
  /** Where users may be in the end. */
  readonly allowed: readonly ("blue" | "green")[];
  readonly stage: (seed: number) => Stage;
  /** What happened before the run that meets the fault; `store` are the inputs that choose the record's place. */
  readonly before?: (stage: Stage, store: Inputs) => Promise<void>;
}

/** The digest of an image by its version, as the virtual registry has it. */
export const digestOf = (version: string): string => version.replace("v", "a").padEnd(64, "0");

/** Metrics come early, so that a short watch is enough: late ones have tests of their own. */
const common = { tasks: 2, autoscaling: true, metricDelay: 20 } as const;
const well = (seed: number): Stage => createStage({ ...common, seed, requestsPerSecond: 10 });
const failing = (seed: number): Stage =>
  createStage({ ...common, seed, requestsPerSecond: 40, behaviours: { [digestOf("v2")]: { errorRate: 0.3 } } });
/** Clients that keep their cookies, and listeners that heed them. */
const sticky = (seed: number, errorRate = 0): Stage =>
  createStage({
    ...common,
    seed,
    requestsPerSecond: 40,
    stickySeconds: 600,
    stickyClients: 6,
    behaviours: { [digestOf("v2")]: { errorRate } },
  });
const quick: Inputs = { "rollback-window": "3m", "breach-duration": "1m" };

const canary: Inputs = { ...quick, strategy: "canary", steps: "20%:2m" };

/** When the first user could meet the new version; undefined before. */
export const firstSwitch = ({ account }: Stage): number | undefined =>
  account.weightChanges.find((one) => (one.groups.get(account.groups.green)?.after ?? 0) > 0)?.at;

/** A deployment whose runner is lost so many seconds after users first met the new version. */
const lostAfterSwitch =
  (inputs: Inputs, seconds: number) =>
  async (stage: Stage, store: Inputs): Promise<void> => {
    const process = virtualProcess("lost");
    await runToEnd(stage, { ...inputs, ...store }, process, () => {
      if (stage.clock.now() > (firstSwitch(stage) ?? Number.POSITIVE_INFINITY) + seconds) process.isDead = true;
    });
    await waitForLease(stage);
  };

export const stories: readonly Story[] = [
  { name: "good", inputs: quick, allowed: ["blue", "green"], stage: well },
  { name: "bad", inputs: quick, allowed: ["blue"], stage: failing },
  { name: "canary", inputs: canary, allowed: ["blue", "green"], stage: sticky },
  { name: "canary-bad", inputs: canary, allowed: ["blue"], stage: (seed) => sticky(seed, 0.3) },
  {
    name: "resume-forward",
    inputs: { ...quick, mode: "resume" },
    allowed: ["blue", "green"],
    stage: well,
    before: lostAfterSwitch(quick, 20),
  },
  {
    name: "resume-back",
    inputs: { ...quick, mode: "resume" },
    allowed: ["blue"],
    stage: well,
    before: lostAfterSwitch(canary, 20),
  },
  {
    name: "deploy-after-lost",
    inputs: quick,
    allowed: ["blue", "green"],
    stage: well,
    before: lostAfterSwitch(canary, 20),
  },
];

/** Where the record lies, by name. */
export const stores: Readonly<Record<string, Inputs>> = { tags: {}, s3: { "state-bucket": "my-bucket" } };

/** @throws Error for a name that no story has */
export function storyOf(name: string): Story {
  const story = stories.find((one) => one.name === name);
  if (story === undefined) throw new Error(`there is no rollout "${name}"; there are ${stories.map((one) => one.name).join(", ")}`);
  return story;
}
