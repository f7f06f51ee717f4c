import { constants } from "node:fs";
import { open } from "node:fs/promises";

const longest = 2000;

/**
 * Lines of a file by number, from 1, each cut to 2,000 bytes. A file of any size, also one of a single line, is read in pieces.
 * A file that cannot be read has no lines.
 */
export async function pickLines(path: Buffer | string, numbers: ReadonlySet<number>): Promise<ReadonlyMap<number, string>> {
  const result = new Map<number, string>();
  const last = Math.max(0, ...numbers);
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
  if (handle === undefined) return result;
  try {
    if (!(await handle.stat()).isFile()) return result;
    const chunk = Buffer.alloc(262_144);
    let current = 1;
    let kept: Buffer[] = [];
    let size = 0;
    const keep = (from: number, to: number): void => {
      if (!numbers.has(current) || size >= longest) return;
      const part = Buffer.from(chunk.subarray(from, Math.min(to, from + longest - size)));
      kept.push(part);
      size += part.length;
    };
    const finish = (): void => {
      if (numbers.has(current)) result.set(current, Buffer.concat(kept).toString("utf8").replace(/\r$/, ""));
      kept = [];
      size = 0;
      current += 1;
    };
    while (current <= last) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) {
        finish();
        break;
      }
      let start = 0;
      for (let at = chunk.indexOf(10, 0); at >= 0 && at < bytesRead && current <= last; at = chunk.indexOf(10, start)) {
        keep(start, at);
        finish();
        start = at + 1;
      }
      keep(start, bytesRead);
    }
  } finally {
    await handle.close();
  }
  return result;
}
