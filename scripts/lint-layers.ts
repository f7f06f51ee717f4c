// The layer rule: main → run → {decide, phases} → ports; adapters implement ports; only main builds adapters.
// Checked by `npm run lint`. A type-only import is no dependency at run time, so most rules let it through.
import { cruise, type ICruiseOptions, type IForbiddenRuleType } from "dependency-cruiser";

const product = "^(actions/[^/]+|packages/(shared|rollout))/src";
const pure = `${product}.*/((decide|judge|plan|model)[^/]*\\.ts$|(decide|judge|report|text)/)`;
const runtime = { dependencyTypesNot: ["type-only" as const] };
/** Where things are put together: here adapters are built. */
const wiring = "/src/(main|wiring)\\.ts$|/adapters?/|/adapter[^/]*\\.ts$|^packages/shared/src/(aws|action)/";

const rules: IForbiddenRuleType[] = [
  {
    name: "no-cycles",
    comment: "Files that need each other are one file, or miss a third.",
    severity: "error",
    from: {},
    to: { circular: true, viaOnly: runtime },
  },
  {
    name: "no-unresolved",
    comment: "An import that cannot be found.",
    severity: "error",
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: "actions-apart",
    comment: "Actions never import each other: what two need lies in packages/.",
    severity: "error",
    from: { path: "^actions/([^/]+)/" },
    to: { path: "^actions/", pathNot: "^actions/$1/" },
  },
  {
    name: "packages-below-actions",
    comment: "A package never imports an action.",
    severity: "error",
    from: { path: "^packages/[^/]+/src/" },
    to: { path: "^actions/" },
  },
  {
    name: "shared-at-the-bottom",
    comment: "packages/shared knows neither the engine nor the local cloud.",
    severity: "error",
    from: { path: "^packages/shared/src/" },
    to: { path: "^packages/(rollout|local-cloud)/" },
  },
  {
    name: "local-cloud-never-shipped",
    comment: "The local cloud is for demo, tests and benchmarks; no action may carry it.",
    severity: "error",
    from: { path: product },
    to: { path: "^packages/local-cloud/" },
  },
  {
    name: "nobody-imports-main",
    comment: "main.ts runs on import: whatever others need from it belongs elsewhere.",
    severity: "error",
    from: {},
    to: { path: "^actions/[^/]+/src/main\\.ts$" },
  },
  {
    name: "only-main-builds-adapters",
    comment: "Adapters are built in main.ts and handed down as ports; other code imports their types at most.",
    severity: "error",
    from: { path: product, pathNot: wiring },
    to: { path: `${product}.*/(adapters?/|adapter[^/]*\\.ts$)|^packages/shared/src/(aws/connect|action/process)\\.ts$`, ...runtime },
  },
  {
    name: "sdk-only-in-adapters",
    comment: "The AWS SDK is loaded by main.ts and used by adapters; other code imports its types at most.",
    severity: "error",
    from: { path: product, pathNot: wiring },
    to: { path: "node_modules/(@aws-sdk|@smithy)/", ...runtime },
  },
  {
    name: "pure-code",
    comment: "Code that decides, judges or renders imports no SDK, no @actions/*, no process, file, network or clock.",
    severity: "error",
    from: { path: pure },
    to: {
      path: "node_modules/(@aws-sdk|@smithy|@actions|@octokit)/|^(node:)?(process|fs|fs/promises|child_process|http|https|net|tls|dns|dns/promises|os|timers|timers/promises)$|^packages/shared/src/(clock|github/runner|action/(process|launch|journal))\\.ts$",
      ...runtime,
    },
  },
  {
    name: "decisions-know-no-steps",
    comment: "decide and judge are below run and the phases, never the other way round.",
    severity: "error",
    from: { path: `${product}.*/(decide|judge)` },
    to: { path: `${product}.*/(run|phases?)(/|\\.ts$)`, ...runtime },
  },
  {
    name: "steps-know-no-run",
    comment: "A phase is called by run; it never calls back.",
    severity: "error",
    from: { path: `${product}.*/phases?(/|\\.ts$)` },
    to: { path: `${product}.*/run\\.ts$`, ...runtime },
  },
  {
    name: "ports-at-the-end",
    comment: "A port is a description: it imports types alone.",
    severity: "error",
    from: { path: `${product}.*/ports?(/|[^/]*\\.ts$)` },
    to: { path: `${product}.*/(run|decide|phases?|adapters?|main)(/|\\.ts$)`, ...runtime },
  },
  {
    name: "tests-stay-tests",
    comment: "Product code imports no test.",
    severity: "error",
    from: { path: product },
    to: { path: "\\.test\\.ts$|/test/" },
  },
];

const options: ICruiseOptions = {
  doNotFollow: { path: "node_modules" },
  exclude: { path: "/dist/|^\\.tools/" },
  tsPreCompilationDeps: true,
  enhancedResolveOptions: {
    exportsFields: ["exports"],
    conditionNames: ["import", "node", "default", "types"],
    extensions: [".ts", ".js", ".mjs", ".json"],
  },
  validate: true,
  ruleSet: { forbidden: rules },
};

/** What breaks the layer rule in a tree; its name comes first in each sentence. */
export async function layerProblems(tree: string, folders: readonly string[]): Promise<readonly string[]> {
  const { output } = await cruise([...folders], { ...options, baseDir: tree });
  if (typeof output === "string") throw new Error(output);
  return output.summary.violations.map(({ rule, from, to }) => {
    const comment = rules.find(({ name }) => name === rule.name)?.comment ?? "";
    return `${rule.name}: ${from} → ${to}. ${comment}`;
  });
}
