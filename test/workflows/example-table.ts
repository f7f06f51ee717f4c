// Every complete example of the pages, and how it is run.
import type { Example } from "../support/pages.ts";
import { examples } from "../support/pages.ts";

export interface ExampleRun {
  /** The local cloud with tasks and a load balancer, or the one with stacks. */
  readonly cloud: "containers" | "stacks";
  readonly event: string;
  readonly ref?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  /** The environments that it deploys to: users are there while it runs. */
  readonly busy?: readonly string[];
  /** How many requests a second they send; a canary's share must be enough for a verdict. */
  readonly rate?: number;
  /** What stands in the log of a run that did its work. */
  readonly says: RegExp;
  /** Whether the run is red, as the example's own purpose: something was found. */
  readonly red?: boolean;
}

const button = { event: "workflow_dispatch", ref: "refs/heads/main" };
const push = { event: "push", ref: "refs/heads/main" };
const clock = { event: "schedule", ref: "refs/heads/main" };
const containers = { cloud: "containers" } as const;
const stacks = { cloud: "stacks" } as const;

/** In this order: a later one may go on from what an earlier one left. */
export const exampleRuns: Readonly<Record<string, ExampleRun>> = {
  "README.md · Deploy": { ...containers, ...push, busy: ["shop-staging"], says: /serves all traffic/ },
  "actions/blue-green-deploy/README.md · Deploy to staging": {
    ...containers,
    ...push,
    busy: ["shop-staging"],
    rate: 45,
    says: /10 % of new connections[\s\S]*serves all traffic/,
  },
  "actions/blue-green-deploy/README.md · Plan": { ...containers, event: "pull_request", says: /planned/ },
  "actions/blue-green-deploy/README.md · End what a lost run left": { ...containers, ...clock, says: /There is no unfinished deployment/ },
  "actions/emergency-rollback/README.md · emergency rollback": {
    ...containers,
    ...button,
    inputs: { mode: "rollback", environment: "staging", confirm: "staging", reason: "checkout answers 500", to: "" },
    busy: ["shop-staging"],
    says: /succeeded/,
  },
  "docs/move-an-existing-service.md · Deploy": { ...containers, ...push, says: /planned/ },
  "docs/start-from-an-empty-account.md · Deploy": { ...containers, ...push, busy: ["shop-staging"], says: /serves all traffic/ },
  "docs/start-from-an-empty-account.md · Emergency rollback": {
    ...containers,
    ...button,
    inputs: { reason: "checkout answers 500" },
    busy: ["shop-staging"],
    says: /succeeded/,
  },
  "examples/workflows/status.yml · Deployment status": { ...containers, ...button, says: /status/ },
  "docs/pipelines.md · Deploy": {
    ...containers,
    ...push,
    busy: ["shop-staging", "shop-prod"],
    says: /serves all traffic[\s\S]*serves all traffic/,
  },
  "docs/roll-back-at-3-am.md · Emergency rollback": {
    ...containers,
    ...button,
    inputs: { reason: "checkout answers 500", confirm: "prod" },
    busy: ["shop-prod"],
    says: /succeeded/,
  },
  "docs/pipelines.md · Look after it": { ...containers, ...clock, says: /There is no unfinished deployment/ },
  "docs/pipelines.md · Every morning": { ...containers, ...clock, red: true, says: /shop-prod is valid[\s\S]*Security Score: \d+\/\d+/ },
  "docs/pipelines.md · Fleet": {
    ...containers,
    ...button,
    inputs: { digest: "DIGEST" },
    busy: ["cart-prod", "search-prod"],
    says: /serves all traffic[\s\S]*serves all traffic[\s\S]*Success - Main One table/,
  },
  "actions/health-check/README.md · Check the environment": { ...containers, ...clock, says: /components are healthy/ },
  "actions/security-posture/README.md · Security posture": { ...containers, ...clock, red: true, says: /Security Score: \d+\/\d+/ },
  "actions/validate-secrets/README.md · Check the secrets": { ...stacks, ...clock, red: true, says: /JWT_SECRET holds a placeholder/ },
  "actions/security-scan/README.md · security": { ...stacks, event: "pull_request", says: /clean/ },
  "actions/terraform-stack/README.md · Infrastructure": { ...stacks, ...push, says: /applied/ },
  "actions/sam-deploy/README.md · Deploy the API": { ...stacks, ...push, says: /The API is at https?:/ },
  "docs/sam-in-three-accounts.md · Deploy": { ...stacks, ...push, says: /deployed[\s\S]*deployed/ },
  "docs/roll-back-at-3-am.md · Roll the stack back": { ...stacks, ...button, says: /deployed/ },
};

/** Complete examples that are run elsewhere, with where. */
export const runElsewhere: Readonly<Record<string, string>> = {
  "examples/workflows/deploy-containers.yml · Deploy containers": "npm run demo runs the file itself, again and again",
};

/** Those of one cloud, in the order of the table. */
export const examplesOn = (cloud: ExampleRun["cloud"]): readonly (ExampleRun & { readonly example: Example; readonly id: string })[] =>
  Object.entries(exampleRuns)
    .filter(([, run]) => run.cloud === cloud)
    .flatMap(([id, run]) => examples.filter((example) => example.id === id).map((example) => ({ ...run, id, example })));
