import { fillers, markers, vendors } from "./words.ts";

/**
 * A text's words: split at everything that is no letter, at changes of case, and where words stand without a gap (`supersecretkey`).
 * A run of letters that is not made of known words stays one unknown word.
 */
export function wordsOf(text: string): readonly string[] {
  const runs = text
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((run) => run !== "");
  return runs.slice(0, 40).flatMap((run) => (isKnown(run) ? [run] : (segment(run) ?? [run])));
}

export const isMarker = (word: string): boolean => markers.has(word);
export const isKnown = (word: string): boolean => markers.has(word) || fillers.has(word) || vendors.has(word);

/** The fewest known words that a run of letters consists of, or undefined. Words of one letter do not count here. */
function segment(run: string): readonly string[] | undefined {
  if (run.length > 60) return undefined;
  const best: (readonly string[] | undefined)[] = [[]];
  for (let end = 1; end <= run.length; end++) {
    for (let start = Math.max(0, end - 14); start <= end - 2; start++) {
      const before = best[start];
      const word = run.slice(start, end);
      if (before === undefined || !isKnown(word)) continue;
      const current = best[end];
      if (current === undefined || before.length + 1 < current.length) best[end] = [...before, word];
    }
  }
  return best[run.length];
}
