/** Sizes of the alphabets that generators of keys use, smallest first. */
const alphabets: readonly (readonly [RegExp, number])[] = [
  [/^[0-9]*$/, 10],
  [/^[0-9a-f-]*$/, 16],
  [/^[0-9A-F-]*$/, 16],
  [/^[a-z]*$/, 26],
  [/^[A-Z]*$/, 26],
  [/^[A-Z2-7=]*$/, 32],
  [/^[a-z0-9]*$/, 36],
  [/^[A-Za-z]*$/, 52],
  [/^[A-Za-z0-9]*$/, 62],
  [/^[A-Za-z0-9+/=_-]*$/, 64],
];

/**
 * An estimate of how many bits of chance a value holds, from above: its length times the bits of one character of the smallest
 * usual alphabet that has all its characters, less where characters repeat more than chance would, or stand in rows (`abcd`, `4321`).
 *
 * @returns bits, 0 and more
 */
export function entropyBits(value: string): number {
  const unit = value.slice(0, period(value));
  const effective = withoutRows(unit.replace(/=+$/, ""));
  if (effective.length === 0) return 0;
  const size = alphabets.find(([pattern]) => pattern.test(effective))?.[1] ?? 94;
  const distinct = new Set(effective).size;
  const expected = size * (1 - (1 - 1 / size) ** effective.length);
  // Chance alone seldom falls under 0.8 of the expected number of different characters.
  const variety = Math.min(1, distinct / (0.8 * expected));
  return distinct === 1 ? 0 : effective.length * Math.log2(size) * variety;
}

/** Length of the shortest piece that the whole value repeats, by the failure function of Knuth, Morris and Pratt. */
export function period(value: string): number {
  const borders = new Int32Array(value.length);
  for (let at = 1, border = 0; at < value.length; at++) {
    while (border > 0 && value[at] !== value[border]) border = borders[border - 1] ?? 0;
    if (value[at] === value[border]) border++;
    borders[at] = border;
  }
  const candidate = value.length - (borders.at(-1) ?? 0);
  return value.length > 0 && value.length % candidate === 0 ? candidate : value.length;
}

/** The value with each row of neighbours of four and more (`3456`, `dcba`, `aaaa`) reduced to its ends. */
function withoutRows(value: string): string {
  let result = "";
  let start = 0;
  while (start < value.length) {
    const end = rowEnd(value, start);
    result += end - start >= 4 ? `${value[start]}${value[end - 1]}` : value.slice(start, end);
    start = end;
  }
  return result;
}

/** Where the row that begins at a position ends, exclusive. */
export function rowEnd(value: string, start: number): number {
  const step = value.charCodeAt(start + 1) - value.charCodeAt(start);
  if (Math.abs(step) > 1 || Number.isNaN(step)) return start + 1;
  let end = start + 2;
  while (end < value.length && value.charCodeAt(end) - value.charCodeAt(end - 1) === step) end++;
  return end - start >= 4 ? end : start + 1;
}
