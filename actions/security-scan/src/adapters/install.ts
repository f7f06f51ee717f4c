import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { access, mkdir, readFile, realpath, rename, symlink } from "node:fs/promises";
import { arch, platform } from "node:os";
import { delimiter, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { type Archive, type Ended, type Program, Unavailable } from "../ports.ts";
import { execute, outputIn } from "./execute.ts";

/** Brings a program that PATH does not have: pinned, each byte checked against a hash in this repository. */
export interface Installer {
  /** @param requirements the name of a file in requirements/ */
  python(command: string, requirements: string): Promise<Program>;
  archive(command: string, archive: Archive): Promise<Program>;
}

export interface InstallerSettings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly searchPath: readonly string[];
  readonly requirements: string;
  readonly folder: () => Promise<string>;
  readonly clock: Clock;
  readonly killGroup: (leader: number) => void;
  readonly download?: typeof fetch;
}

const limit = 600;

export function installer(settings: InstallerSettings): Installer {
  return {
    python: (command, requirements) => installPython(settings, command, requirements),
    archive: (command, archive) => installArchive(settings, command, archive),
  };
}

/** Where installed programs stay for the next run on this machine; on GitHub's own runners each job begins with a fresh one. */
async function shelf({ environment, folder }: InstallerSettings): Promise<string> {
  const cache = environment["RUNNER_TOOL_CACHE"];
  if (cache === undefined || cache === "") return folder();
  const path = join(cache, "aws-deploy-actions");
  return mkdir(path, { recursive: true }).then(() => realpath(path), folder);
}

async function installPython(settings: InstallerSettings, command: string, requirements: string): Promise<Program> {
  const list = join(settings.requirements, requirements);
  const wanted = await readFile(list);
  const python = await run(
    settings,
    "python3",
    ["-c", "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"],
    "python3 with its venv module",
  );
  const version = python.stdout.trim();
  const key = createHash("sha256").update(wanted).update(version).update(platform()).update(arch()).digest("hex").slice(0, 16);
  const target = join(await shelf(settings), `${command}-${key}`);
  const origin = "installed, pinned by hash";
  if (await exists(target)) return { path: join(await realpath(target), "bin", command), origin };
  // Made under a name of its own and shown under the known one when it is whole: two jobs of one machine do not meet half-way.
  const draft = `${target}-${crypto.randomUUID()}`;
  await run(settings, "python3", ["-m", "venv", draft], "a virtual environment");
  // Wheels alone: a source distribution would run its own build script. Each file must have a hash that stands in the list.
  const options = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "--require-hashes"];
  await run(
    settings,
    join(draft, "bin", "python"),
    ["-I", "-m", "pip", "install", ...options, "--requirement", list],
    `pip install of ${requirements}`,
  );
  await publish(draft, target);
  return { path: join(draft, "bin", command), origin };
}

/** A link that appears all at once; one that is there already leads to the same content. */
async function publish(draft: string, target: string): Promise<void> {
  const fresh = `${target}-link-${crypto.randomUUID()}`;
  await symlink(draft, fresh);
  await rename(fresh, target);
}

async function installArchive(settings: InstallerSettings, command: string, { version, byPlatform }: Archive): Promise<Program> {
  const machine = `${platform()}-${arch()}`;
  const source = byPlatform[machine];
  if (source === undefined) throw new Unavailable(`${command} is not on PATH, and there is no pinned release for ${machine}`);
  const target = join(await shelf(settings), `${command}-${version}-${source.sha256.slice(0, 16)}`);
  const origin = `installed, ${version}, pinned by hash`;
  if (await exists(target)) return { path: join(await realpath(target), command), origin };
  const file = join(await settings.folder(), "archive.tar.gz");
  await download(settings.download ?? fetch, source.url, file, command);
  const digest = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  if (digest !== source.sha256)
    throw new Unavailable(`${command} ${version} was not installed: its archive has another SHA-256 than the pinned one`);
  const draft = `${target}-${crypto.randomUUID()}`;
  await mkdir(draft);
  await run(settings, "tar", ["-xzf", file, "-C", draft, command], `unpacking ${command}`);
  await publish(draft, target);
  return { path: join(draft, command), origin };
}

async function download(get: typeof fetch, url: string, file: string, command: string): Promise<void> {
  try {
    const answer = await get(url, { redirect: "follow", signal: AbortSignal.timeout(limit * 1000) });
    if (!answer.ok || answer.body === null) throw new Error(`HTTP ${answer.status}`);
    await pipeline(Readable.fromWeb(answer.body as ReadableStream), createWriteStream(file, { mode: 0o600 }));
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    throw new Unavailable(`${command} is not on PATH and cannot be downloaded (${oneLine(why, 200)})`, { cause: error });
  }
}

/** pip may need the registry, proxy and certificates that the job has set; it gets no other variable. */
const forPip =
  /^(PIP_(INDEX_URL|EXTRA_INDEX_URL|CERT|DEFAULT_TIMEOUT|TRUSTED_HOST|FIND_LINKS)|(HTTPS?|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE)$/i;

async function run(settings: InstallerSettings, command: string, args: readonly string[], what: string): Promise<Ended> {
  const home = await settings.folder();
  const passed = Object.entries(settings.environment).filter(([name, value]) => forPip.test(name) && value !== undefined) as [
    string,
    string,
  ][];
  const environment = {
    ...Object.fromEntries(passed),
    PATH: settings.searchPath.join(delimiter),
    HOME: home,
    TMPDIR: home,
    LC_ALL: "C.UTF-8",
  };
  const program = command.includes("/") ? command : await onPath(command, settings.searchPath);
  if (program === undefined) throw new Unavailable(`it is not on PATH and cannot be installed: ${what} is missing`);
  const ended = await execute(
    {
      command: program,
      args,
      folder: home,
      environment,
      output: outputIn(home),
      limit,
      cancelled: new AbortController().signal,
      killGroup: settings.killGroup,
    },
    settings.clock,
  );
  if (ended.exitCode === 0) return ended;
  const last = ended.stderr
    .split("\n")
    .map((line) => oneLine(line, 300))
    .findLast((line) => line !== "");
  throw new Unavailable(`it is not on PATH and cannot be installed: ${what} failed (${last ?? `exit code ${ended.exitCode}`})`);
}

async function onPath(command: string, searchPath: readonly string[]): Promise<string | undefined> {
  for (const folder of searchPath) if (await exists(join(folder, command))) return join(folder, command);
  return undefined;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
