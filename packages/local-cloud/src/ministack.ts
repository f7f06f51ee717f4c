// Starts ministack, the emulator for what depends on CloudFormation stacks, alarm evaluation and cross-account roles.
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface MinistackOptions {
  /** Checks signatures, policies and ExternalId; a twelve-digit access key id is then the account. Default: false. */
  readonly auth?: boolean;
  /** Default: us-east-1. */
  readonly region?: string;
  /** Seconds until an unready server is an error, 1 to 600. Default: 60. */
  readonly startTimeout?: number;
  /** The interpreter that has ministack installed. Default: that of `.tools/ministack`. */
  readonly python?: string;
  /** More settings for the server, by the name of their environment variable; these win. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Ministack {
  /** `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  /** The same server under the name that boto and the SAM CLI want for S3: `http://localhost:PORT`. */
  readonly namedEndpoint: string;
  readonly port: number;
  readonly pid: number;
  /** Ends the server, and the Lambda processes that it started. Safe to repeat. */
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, "..", "..", "..");
const ownPython = join(root, ".tools", "ministack", "bin", "python");

/**
 * Starts an own ministack on a free port of 127.0.0.1, with a temporary folder as its home, and waits until it answers.
 *
 * @throws when the Python tools are missing (the message names the command that installs them), or it does not answer in time
 */
export async function startMinistack(options: MinistackOptions = {}): Promise<Ministack> {
  // Between our look for a free port and the server's own bind another process may take it: try again then.
  let last: unknown;
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      last = error;
      if (!(error instanceof PortTaken)) break;
    }
  }
  throw last;
}

class PortTaken extends Error {}

async function startOnce(options: MinistackOptions): Promise<Ministack> {
  const port = await freePort();
  const home = mkdtempSync(join(tmpdir(), "ministack-"));
  // Its health answer repeats the "edition": a random one proves that the server that answers is the one started here.
  const token = `own-${randomUUID()}`;
  const output: string[] = [];
  const child = spawn(options.python ?? ownPython, ["-m", "ministack"], {
    // Its own group, so that the Lambda processes it starts end with it.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: serverEnvironment(options, port, home, token),
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output.push(text);
      if (output.length > 200) output.shift();
    });
  }
  const failed = new Promise<Error>((resolve) => child.once("error", resolve));
  const killNow = () => killGroup(child, "SIGKILL");
  process.once("exit", killNow);
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= end(child).finally(() => {
      process.off("exit", killNow);
      rmSync(home, { recursive: true, force: true });
    });
    return stopping;
  };
  try {
    await ready(child, failed, port, token, (options.startTimeout ?? 60) * 1000, output);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    endpoint: `http://127.0.0.1:${port}`,
    namedEndpoint: `http://localhost:${port}`,
    port,
    pid: child.pid ?? 0,
    stop,
  };
}

function serverEnvironment(options: MinistackOptions, port: number, home: string, token: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: home,
    TMPDIR: home,
    BIND_HOST: "127.0.0.1",
    GATEWAY_PORT: String(port),
    MINISTACK_EDITION: token,
    MINISTACK_REGION: options.region ?? "us-east-1",
    AUTH: String(options.auth ?? false),
    // Listeners that nobody here needs, on fixed ports of every interface.
    IOT_MTLS_ENABLED: "0",
    SFTP_ENABLED: "0",
    // Databases and caches stay records: it must not start containers where the machine happens to have Docker.
    DOCKER_HOST: `unix://${join(home, "no-docker.sock")}`,
    S3_DATA_DIR: join(home, "s3"),
    STATE_DIR: join(home, "state"),
    LOG_LEVEL: "WARNING",
    PYTHONDONTWRITEBYTECODE: "1",
    ...options.environment,
  };
}

async function ready(
  child: ChildProcess,
  failed: Promise<Error>,
  port: number,
  token: string,
  limitMs: number,
  output: readonly string[],
): Promise<void> {
  let spawnError: Error | undefined;
  void failed.then((error) => {
    spawnError = error;
  });
  const end = performance.now() + limitMs;
  while (performance.now() < end) {
    if (spawnError !== undefined) {
      throw new Error(`ministack cannot be started (${spawnError.message}). Run: node scripts/bootstrap.mjs ministack`, {
        cause: spawnError,
      });
    }
    if (child.exitCode !== null) {
      const text = output.join("").trim();
      if (/already in use/i.test(text)) throw new PortTaken(`port ${port} was taken by another process`);
      throw new Error(`ministack ended at its start with exit ${child.exitCode}:\n${text}`);
    }
    const health = await readHealth(port);
    if (health !== undefined) {
      if (health.edition === token) return;
      throw new PortTaken(`another server answers on port ${port}`);
    }
    await sleep(50);
  }
  throw new Error(`ministack did not answer on 127.0.0.1:${port} within ${limitMs / 1000} s:\n${output.join("").trim()}`);
}

async function readHealth(port: number): Promise<{ readonly edition?: unknown } | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/_ministack/health`, { signal: AbortSignal.timeout(5000) });
    const body: unknown = await answer.json();
    return typeof body === "object" && body !== null ? body : {};
  } catch (error) {
    // Not listening yet; a server that listens but answers something else is not ours.
    return error instanceof SyntaxError ? {} : undefined;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  killGroup(child, "SIGTERM");
  const patience = setTimeout(() => killGroup(child, "SIGKILL"), 2000);
  await gone;
  clearTimeout(patience);
  // The server may end before the processes in its group do.
  killGroup(child, "SIGKILL");
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Already gone.
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
