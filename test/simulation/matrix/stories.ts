// The rollouts that the fault matrix breaks: good versions and bad ones, every way to bring users to them, and what is done about lost ones.
import type { Inputs } from "../scenario.ts";
import { lost, settled } from "./before.ts";
import { rescueStories } from "./rescue-stories.ts";
import { canary, digestOf, quick, type Story, several, staged, sticky, watched } from "./stages.ts";

const tested: Inputs = { ...quick, "test-checks": "ready http://shop.example/ status=200 $.revision={revision}" };
const testListener = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop-alb-staging/cccc/ffff";

export const stories: readonly Story[] = [
  { name: "good", inputs: watched, allowed: ["blue", "green"], stage: staged() },
  { name: "bad", inputs: watched, allowed: ["blue"], stage: staged(0.3) },
  { name: "canary", inputs: canary, allowed: ["blue", "green"], stage: staged(0, sticky) },
  { name: "canary-bad", inputs: canary, allowed: ["blue"], stage: staged(0.3, sticky) },
  {
    name: "linear-several",
    inputs: { ...quick, strategy: "linear", steps: "50%:2m" },
    allowed: ["blue", "green"],
    stage: staged(0, several),
  },
  { name: "several-bad", inputs: watched, allowed: ["blue"], stage: staged(0.3, several) },
  {
    name: "several-sticky",
    inputs: quick,
    allowed: ["blue", "green"],
    stage: staged(0, { ...several, ...sticky }),
  },
  {
    name: "checked",
    inputs: { ...quick, "health-checks": "web http://shop.example/ status=200 $.revision={revision}" },
    allowed: ["blue", "green"],
    stage: staged(),
  },
  { name: "migration", inputs: { ...quick, "migration-command": '["migrate"]' }, allowed: ["blue", "green"], stage: staged() },
  {
    name: "migration-bad",
    inputs: { ...quick, "migration-command": '["migrate"]' },
    allowed: ["blue"],
    stage: staged(0, { behaviours: { [digestOf("v2")]: { exitCode: 3 } } }),
  },
  {
    name: "migration-endless",
    inputs: { ...quick, "migration-command": '["migrate"]', "migration-timeout": "30s" },
    allowed: ["blue"],
    stage: staged(0, { behaviours: { [digestOf("v2")]: { endsAfter: 100_000 } } }),
  },
  { name: "test-header", inputs: { ...tested, "test-header": "X-Preview: new" }, allowed: ["blue", "green"], stage: staged() },
  {
    name: "test-listener",
    inputs: {
      ...tested,
      "test-listener-arn": testListener,
      "test-checks": "ready http://shop.example:9000/ status=200 $.revision={revision}",
    },
    allowed: ["blue", "green"],
    stage: staged(0, { testListener: true }),
  },
  {
    name: "test-header-bad",
    inputs: { ...tested, "test-header": "X-Preview: new" },
    allowed: ["blue"],
    stage: staged(1),
  },
  { name: "keep", inputs: { ...quick, "keep-previous": "2m" }, allowed: ["blue", "green"], stage: staged() },
  {
    name: "keep-ends",
    inputs: { ...quick, mode: "resume" },
    allowed: ["green"],
    stage: staged(0, sticky),
    before: async (stage, store) => {
      await settled(stage, { ...quick, ...store, "keep-previous": "2m" });
      await stage.clock.until(stage.clock.sleep(121));
    },
  },
  {
    name: "hold",
    inputs: { ...quick, "on-inconclusive": "hold" },
    allowed: ["blue", "green"],
    stage: staged(0, { requestsPerSecond: 0.01 }),
  },
  {
    name: "unsure",
    inputs: { ...quick, "on-inconclusive": "rollback" },
    allowed: ["blue"],
    stage: staged(0, { requestsPerSecond: 0.01 }),
  },
  {
    name: "resume-forward",
    inputs: { ...watched, mode: "resume" },
    allowed: ["blue", "green"],
    stage: staged(),
    before: lost(watched, 20),
  },
  { name: "resume-back", inputs: { ...watched, mode: "resume" }, allowed: ["blue"], stage: staged(), before: lost(canary, 20) },
  {
    name: "resume-half",
    inputs: { ...quick, mode: "resume" },
    allowed: ["blue"],
    stage: staged(0, several),
    // Dead after the first of its three routes was switched.
    before: lost(quick, 0),
  },
  { name: "deploy-after-lost", inputs: quick, allowed: ["blue", "green"], stage: staged(), before: lost(canary, 20) },
  ...rescueStories,
];

/** Where the record lies, by name. */
export const stores: Readonly<Record<string, Inputs>> = { tags: {}, s3: { "state-bucket": "my-bucket" } };

/** @throws Error for a name that no story has */
export function storyOf(name: string): Story {
  const story = stories.find((one) => one.name === name);
  if (story === undefined) throw new Error(`there is no rollout "${name}"; there are ${stories.map((one) => one.name).join(", ")}`);
  return story;
}
