/** Texts that must not be seen. */
export interface Hiding {
  /** @returns false where the text is hidden already */
  add(text: string): boolean;
  /** The text with every hidden one replaced by `***`; where hidden texts overlap, all they cover. */
  hide(text: string): string;
}

/** Hidden texts are found by their first characters, so each must have at least these many. */
export const shortestHidden = 4;

/** Hides any number of texts in time that depends on the text alone: a run over hundreds of secrets hides thousands of values in every line. */
export function createHiding(): Hiding {
  const all = new Set<string>();
  const byBeginning = new Map<string, string[]>();
  return {
    add: (text) => {
      if (text.length < shortestHidden || all.has(text)) return false;
      all.add(text);
      const beginning = text.slice(0, shortestHidden);
      const same = byBeginning.get(beginning);
      if (same === undefined) byBeginning.set(beginning, [text]);
      else same.push(text);
      return true;
    },
    hide: (text) => {
      let result = "";
      let shown = 0;
      let covered = 0;
      for (let at = 0; at + shortestHidden <= text.length; at++) {
        const end = at + longestAt(text, at, byBeginning.get(text.slice(at, at + shortestHidden)));
        if (end === at) continue;
        // A new stretch begins where the last one has ended.
        if (at >= covered) {
          result += `${text.slice(shown, at)}***`;
          covered = end;
        }
        covered = Math.max(covered, end);
        shown = covered;
      }
      return result + text.slice(shown);
    },
  };
}

function longestAt(text: string, at: number, candidates: readonly string[] | undefined): number {
  let longest = 0;
  for (const one of candidates ?? []) if (one.length > longest && text.startsWith(one, at)) longest = one.length;
  return longest;
}
