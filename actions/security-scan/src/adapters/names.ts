import { isUtf8 } from "node:buffer";

/** Characters that can fool a terminal, a log or a parser of paths; a backslash is a separator to some tools. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const misleading = /[\u0000-\u001f\u007f-\u009f\\\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffd]/g;

/** Names that a scanner takes for instructions wherever it meets them. */
const instructions = /^\.gitleaksignore$/i;

/** How a raw path is shown, and under which name a scanner gets the file. */
export interface Named {
  readonly path: string;
  readonly staged: string;
  readonly odd: boolean;
}

/** Names a path: the shown one is readable, the staged one is harmless and unique. `serial` is a number that no other path gets. */
export function nameOf(raw: Buffer, serial: number): Named {
  const path = raw.toString("utf8");
  const odd = !isUtf8(raw) || new RegExp(misleading).test(path);
  const staged = path
    .split("/")
    .map((segment) => (instructions.test(segment) ? `${segment}~` : segment))
    .join("/");
  if (!odd) return { path, staged, odd };
  const harmless = staged
    .split("/")
    .map((segment) => {
      const clean = segment.replace(misleading, "_");
      if (clean === segment) return segment;
      // The ending stays: it tells scanners what the file is.
      const dot = clean.lastIndexOf(".");
      return dot > 0 ? `${clean.slice(0, dot)}~${serial}${clean.slice(dot)}` : `${clean}~${serial}`;
    })
    .join("/");
  return { path, staged: harmless, odd };
}
