import { constants } from "node:fs";
import { copyFile, link, lstat, mkdir, open, readdir, readFile, readlink, realpath, writeFile } from "node:fs/promises";
import { dirname, join, posix, resolve, sep } from "node:path";
import { isBelow } from "../decide/below.ts";
import type { Oddity, Repository, Tree, TreeFile } from "../ports.ts";
import type { Git } from "./git.ts";
import { pickLines } from "./lines.ts";
import { nameOf } from "./names.ts";

/** The repository as it lies on the disk. Raw names are bytes: not every name is text. */
export function diskRepository(root: string, git: Git): Repository {
  const raws = new Map<string, Buffer>();
  const place = (path: string): Buffer | string => {
    const raw = raws.get(path);
    return raw === undefined ? `${root}/${path}` : Buffer.concat([Buffer.from(`${root}/`), raw]);
  };

  async function look(raw: Buffer, serial: number): Promise<{ file?: TreeFile; oddities: Oddity[] }> {
    const { path, staged, odd } = nameOf(raw, serial);
    const oddities: Oddity[] = odd
      ? [{ path, kind: "odd-name", detail: "control characters, hidden ones, or bytes that are no text" }]
      : [];
    try {
      const full = Buffer.concat([Buffer.from(`${root}/`), raw]);
      const stats = await lstat(full);
      if (stats.isFile()) {
        if (odd) raws.set(path, raw);
        return { file: { path, staged, size: stats.size }, oddities };
      }
      if (stats.isSymbolicLink()) return { oddities: [...oddities, ...(await linkOddity(root, full, path))] };
      if (stats.isDirectory()) return { oddities: [...oddities, ...(await submodule(full, path))] };
      return { oddities: [...oddities, { path, kind: "special-file", detail: "it was not opened" }] };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      return code === "ENOENT" ? { oddities } : { oddities: [...oddities, { path, kind: "unreadable", detail: code }] };
    }
  }

  return {
    list: async (paths) => {
      const raw = (await git.files()) ?? (await walk(root));
      const files: TreeFile[] = [];
      const oddities: Oddity[] = [];
      const taken = new Set<string>();
      for (const [serial, one] of raw.entries()) {
        const path = one.toString("utf8");
        if (!isBelow(path, paths)) continue;
        const seen = await look(one, serial);
        if (seen.file !== undefined) files.push(withOwnName(seen.file, taken));
        oddities.push(...seen.oddities);
      }
      files.sort((one, other) => (one.path < other.path ? -1 : 1));
      return { files, oddities } satisfies Tree;
    },
    beginning: async ({ path }, bytes) => {
      const handle = await open(place(path), constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
      if (handle === undefined) return "";
      try {
        const buffer = Buffer.alloc(Math.min(bytes, (await handle.stat()).size));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
        return buffer.toString("utf8", 0, bytesRead);
      } finally {
        await handle.close();
      }
    },
    lines: async (path, numbers) => pickLines(place(path), numbers),
    stage: async (files, folder, disarm) => {
      const made = new Set<string>();
      for (const file of files) {
        const target = join(folder, file.staged);
        if (!made.has(dirname(target))) {
          await mkdir(dirname(target), { recursive: true });
          made.add(dirname(target));
        }
        if (disarm === undefined) await copy(place(file.path), target);
        else await copyDisarmed(place(file.path), target, disarm);
      }
    },
  };
}

/** A file that bears the harmless name of another would take its place in a scanner's folder: one of them gets yet another name. */
function withOwnName(file: TreeFile, taken: Set<string>): TreeFile {
  let { staged } = file;
  while (taken.has(staged)) staged = staged.replace(/(\.[^./]*)?$/, "~$1");
  taken.add(staged);
  return staged === file.staged ? file : { ...file, staged };
}

/** A second name for the same bytes costs next to nothing; where that cannot be (another disk, not our file) they are copied. */
async function copy(source: Buffer | string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch {
    await copyFile(source, target, constants.COPYFILE_FICLONE);
  }
}

async function copyDisarmed(source: Buffer | string, target: string, disarm: RegExp): Promise<void> {
  // As bytes: whatever the encoding is, nothing else changes.
  const text = await readFile(source, "latin1");
  await writeFile(
    target,
    text.replace(disarm, (match) => "x".repeat(match.length)),
    "latin1",
  );
}

async function linkOddity(root: string, full: Buffer, path: string): Promise<Oddity[]> {
  const home = await realpath(root);
  // A link that leads to nothing now may lead to something when a later step writes through it.
  const target = await realpath(full).catch(async () => resolve(home, dirname(path), await readlink(full)));
  if (target === home || target.startsWith(home + sep)) return [];
  return [{ path, kind: "link-outside", detail: "it was not followed" }];
}

/** A folder among git's files is a submodule; one that was not checked out is empty. */
async function submodule(full: Buffer, path: string): Promise<Oddity[]> {
  const checkedOut = (await readdir(full)).length > 0;
  return checkedOut ? [{ path, kind: "submodule", detail: "it is a repository of its own" }] : [];
}

/** All files below a folder that is no git work tree; links are listed, never entered. */
async function walk(root: string): Promise<readonly Buffer[]> {
  const found: Buffer[] = [];
  const waiting: Buffer[] = [Buffer.from("")];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const full = Buffer.concat([Buffer.from(`${root}${posix.sep}`), folder]);
    for (const entry of await readdir(full, { withFileTypes: true, encoding: "buffer" })) {
      const path = folder.length === 0 ? entry.name : Buffer.concat([folder, Buffer.from("/"), entry.name]);
      if (!entry.isDirectory()) found.push(path);
      else if (entry.name.toString() !== ".git") waiting.push(path);
    }
  }
  return found;
}
