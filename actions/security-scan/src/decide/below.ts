import type { Tree } from "../ports.ts";

/** Whether a path lies in one of some folders, or is one of some files; without any, everything does. */
export const isBelow = (path: string, paths: readonly string[]): boolean =>
  paths.length === 0 || paths.some((one) => one === "." || path === one || path.startsWith(`${one}/`));

/** Why nothing can be said about what was asked for: there is no file, or none by one of the names. A scan of nothing must not look clean. */
export function nothingThere({ files, oddities }: Tree, paths: readonly string[]): string | undefined {
  const known = [...files, ...oddities];
  if (known.length === 0 && paths.length === 0) return "the workspace holds no file.";
  const lost = paths.filter((one) => !known.some(({ path }) => isBelow(path, [one])));
  return lost.length === 0 ? undefined : `paths: there is no file in ${lost.join(", ")}.`;
}
