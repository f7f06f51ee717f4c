import type { Repository, Tree, TreeFile } from "./ports.ts";

/** What the repository holds, by the kind of file that scanners care about. */
export interface Inventory {
  readonly all: readonly TreeFile[];
  readonly python: readonly TreeFile[];
  /** requirements*.txt and lock files that name exact Python versions. */
  readonly pythonPins: readonly TreeFile[];
  /** pyproject.toml, setup.py, setup.cfg, Pipfile: they name ranges. */
  readonly pythonProjects: readonly TreeFile[];
  /** package.json */
  readonly nodeManifests: readonly TreeFile[];
  /** package-lock.json and npm-shrinkwrap.json */
  readonly npmLocks: readonly TreeFile[];
  /** Lock files that no other scanner here reads: Go, Rust, Java, Ruby, yarn, pnpm … */
  readonly otherLocks: readonly TreeFile[];
  readonly cloudFormation: readonly TreeFile[];
  readonly terraform: readonly TreeFile[];
  readonly dockerfiles: readonly TreeFile[];
  readonly kubernetes: readonly TreeFile[];
  /** Workflows, actions and Dependabot's configuration. */
  readonly workflows: readonly TreeFile[];
  /** Files that would tell a scanner what not to see; none of them is shown to any scanner. */
  readonly scannerFiles: readonly TreeFile[];
}

type Kind = Exclude<keyof Inventory, "all">;

const byName: readonly (readonly [Kind, RegExp])[] = [
  ["python", /\.pyw?$/i],
  [
    "pythonPins",
    /(^|\/)(requirements[^/]*\.txt|requirements\/[^/]+\.txt|[^/]*-requirements\.txt|poetry\.lock|uv\.lock|Pipfile\.lock|pylock(\.[^/.]+)?\.toml)$/i,
  ],
  ["pythonProjects", /(^|\/)(pyproject\.toml|setup\.py|setup\.cfg|Pipfile)$/],
  ["nodeManifests", /(^|\/)package\.json$/],
  ["npmLocks", /(^|\/)(package-lock|npm-shrinkwrap)\.json$/],
  [
    "otherLocks",
    /(^|\/)(yarn\.lock|pnpm-lock\.yaml|bun\.lock|go\.mod|Cargo\.lock|pom\.xml|gradle\.lockfile|Gemfile\.lock|composer\.lock|packages\.lock\.json|pubspec\.lock|mix\.lock|Podfile\.lock|Package\.resolved)$/,
  ],
  ["terraform", /\.(tf|tf\.json|tfvars)$/i],
  ["dockerfiles", /(^|\/)((Dockerfile|Containerfile)(\.[^/]+)?|[^/]+\.(Dockerfile|Containerfile))$/i],
  ["workflows", /(^|\/)(\.github\/workflows\/[^/]+\.ya?ml|action\.ya?ml|\.github\/dependabot\.ya?ml)$/i],
  [
    "scannerFiles",
    /(^|\/)(\.bandit|\.gitleaks\.toml|\.gitleaksignore|\.checkov\.ya?ml|\.checkov\.baseline|\.cfnlintrc(\.ya?ml)?|zizmor\.ya?ml|\.trivyignore(\.ya?ml)?|trivy\.ya?ml|\.safety-policy\.yml|\.npmrc)$/i,
  ],
];

/** A template is at most 1 MB: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const templateLimit = 1_048_576;
const templateName = /\.(ya?ml|json|template)$/i;
const cloudFormation = /\bAWSTemplateFormatVersion\b|\bAWS::Serverless-2016-10-31\b|^\s*"?Type"?\s*:\s*["']?AWS::[A-Za-z0-9]+::/m;
const kubernetes = /^apiVersion\s*:[\s\S]{0,4000}?^kind\s*:|^kind\s*:[\s\S]{0,4000}?^apiVersion\s*:/m;

/** Sorts the files by kind: by name, and YAML and JSON by what they hold. */
export async function takeInventory(tree: Tree, repository: Pick<Repository, "beginning">): Promise<Inventory> {
  const found: Record<Kind, TreeFile[]> = {
    python: [],
    pythonPins: [],
    pythonProjects: [],
    nodeManifests: [],
    npmLocks: [],
    otherLocks: [],
    cloudFormation: [],
    terraform: [],
    dockerfiles: [],
    kubernetes: [],
    workflows: [],
    scannerFiles: [],
  };
  for (const file of tree.files) {
    const kinds = byName.filter(([, pattern]) => pattern.test(file.path)).map(([kind]) => kind);
    for (const kind of kinds) found[kind].push(file);
    if (kinds.length > 0 || !templateName.test(file.path) || file.size > templateLimit) continue;
    const text = await repository.beginning(file, templateLimit);
    if (cloudFormation.test(text)) found.cloudFormation.push(file);
    else if (kubernetes.test(text)) found.kubernetes.push(file);
  }
  return { all: tree.files, ...found };
}
