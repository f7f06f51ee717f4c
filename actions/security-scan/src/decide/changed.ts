import { posix } from "node:path";
import type { Tree, TreeFile } from "../ports.ts";

/** Files that mean something only together: a manifest and its lock, the files of a Terraform module. */
const families: readonly RegExp[] = [
  /^(package\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml)$/,
  /^(pyproject\.toml|setup\.py|setup\.cfg|Pipfile|Pipfile\.lock|poetry\.lock|uv\.lock|requirements[^/]*\.txt)$/,
  /\.(tf|tfvars)$/,
];

/** The part of a tree that changed, with what belongs to it. */
export function changedPart(tree: Tree, changed: ReadonlySet<string>): Tree {
  const touched = new Set([...changed].flatMap(keysOf));
  const concerns = ({ path }: Pick<TreeFile, "path">): boolean => changed.has(path) || keysOf(path).some((key) => touched.has(key));
  return { files: tree.files.filter(concerns), oddities: tree.oddities.filter(({ path }) => changed.has(path)) };
}

const keysOf = (path: string): readonly string[] =>
  families.flatMap((family, index) => (family.test(posix.basename(path)) ? [`${index}:${posix.dirname(path)}`] : []));
