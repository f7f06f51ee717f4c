import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { isUnreachable, tlsFault } from "../certificate/errors.ts";
import type { ConnectionResult } from "../components/result.ts";
import type { LoginOptions } from "../database/adapter-postgres.ts";
import type { ServerLogin } from "../database/credentials.ts";
import { encodeCommand, type Reply, replyReader } from "./resp.ts";

/**
 * Logs in to a Redis or Valkey over TLS with its certificate and name verified, and asks PING and ROLE. Never rejects.
 * A client library would bring a connection pool, a cluster's map and reconnecting, of which a check needs nothing (docs/adr/0022).
 */
export async function checkRedis(login: ServerLogin, options: LoginOptions): Promise<ConnectionResult> {
  const { clock } = options;
  const begin = clock.now();
  const over = new AbortController();
  const host = login.host.reveal();
  const socket = connect({
    host,
    port: login.port,
    ca: [...options.ca],
    minVersion: "TLSv1.2",
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  const late = (): void => {
    socket.destroy(new Failure("LATE"));
  };
  clock.sleep(options.timeout, over.signal).then(late, () => undefined);
  options.signal?.addEventListener("abort", late, { once: true });
  try {
    const role = await talk(socket, login);
    return { state: "healthy", detail: `login over TLS and PING worked; it is ${role}.`, latency: clock.now() - begin };
  } catch (error) {
    return { ...explain(error), latency: clock.now() - begin };
  } finally {
    over.abort();
    options.signal?.removeEventListener("abort", late);
    socket.destroy();
  }
}

class Failure extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

async function talk(socket: TLSSocket, login: ServerLogin): Promise<string> {
  const ask = conversation(socket);
  await ask.connected;
  if (login.password !== undefined) {
    const [user, password] = [login.user?.reveal(), login.password.reveal()];
    const reply = await ask.send(user === undefined ? ["AUTH", password] : ["AUTH", user, password]);
    if (reply.kind === "error") throw new Failure(errorCode(reply.text) === "ERR" ? "NO_PASSWORD_SET" : errorCode(reply.text));
  }
  const pong = await ask.send(["PING"]);
  if (pong.kind === "error") throw new Failure(errorCode(pong.text));
  if (pong.kind !== "text" || pong.text !== "PONG") throw new Failure("WRONG_ANSWER");
  const role = await ask.send(["ROLE"]);
  const name = role.kind === "list" && role.items[0]?.kind === "text" ? role.items[0].text : "";
  // A user may be forbidden to ask for the role: that says nothing about the server's health.
  return name === "master" ? "the primary" : name === "slave" ? "a replica" : "of a role that this user may not ask for";
}

/** The first word of an error, which is its kind: `WRONGPASS`, `NOAUTH`, `LOADING`. */
const errorCode = (text: string): string => /^[A-Z]+/.exec(text)?.[0] ?? "ERR";

interface Conversation {
  readonly connected: Promise<void>;
  send(command: readonly string[]): Promise<Reply>;
}

function conversation(socket: TLSSocket): Conversation {
  const reader = replyReader();
  let broken: Error | undefined;
  let wake: (() => void) | undefined;
  const fail = (error: Error): void => {
    broken ??= error;
    wake?.();
  };
  socket.on("error", fail);
  socket.on("close", () => fail(new Failure("CLOSED")));
  socket.on("data", (chunk: Buffer) => {
    try {
      reader.add(chunk);
    } catch {
      fail(new Failure("WRONG_ANSWER"));
    }
    wake?.();
  });
  const until = async <T>(ready: () => T | undefined): Promise<T> => {
    for (;;) {
      const value = ready();
      if (value !== undefined) return value;
      if (broken !== undefined) throw broken;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  let secure = false;
  socket.once("secureConnect", () => {
    secure = true;
    wake?.();
  });
  return {
    connected: until(() => (secure ? true : undefined)).then(() => undefined),
    send: async (command) => {
      socket.write(encodeCommand(command));
      return await until(() => reader.next());
    },
  };
}

/** What the first word of an error means: https://valkey.io/topics/protocol/#simple-errors */
const errors: Readonly<Record<string, { readonly detail: string; readonly mend: string }>> = {
  WRONGPASS: {
    detail: "it refuses the password.",
    mend: "Compare the secret with the cache: aws elasticache modify-replication-group --auth-token … --auth-token-update-strategy ROTATE",
  },
  NOAUTH: {
    detail: "it asks for a password, and the secret has none.",
    mend: "Add the password to the URL in the secret: rediss://:PASSWORD@HOST:6379",
  },
  NO_PASSWORD_SET: {
    detail: "it refuses the login; perhaps it has no password at all.",
    mend: "Switch AUTH on: aws elasticache modify-replication-group --auth-token … --auth-token-update-strategy SET",
  },
  NOPERM: { detail: "the user may not run PING.", mend: "Give the user +ping: aws elasticache modify-user --access-string …" },
  LOADING: { detail: "it is loading its data and answers nobody yet.", mend: "Wait, then check again." },
  MASTERDOWN: { detail: "it is a replica whose primary is down.", mend: "aws elasticache describe-replication-groups" },
  WRONG_ANSWER: { detail: "what answers is no Redis or Valkey.", mend: "Check host and port in the secret." },
  CLOSED: { detail: "the connection broke during the check.", mend: "aws elasticache describe-events --duration 60" },
};

function explain(error: unknown): ConnectionResult {
  const { code = "" } = (error ?? {}) as { readonly code?: string };
  const known = errors[code];
  if (known !== undefined) return { state: "unhealthy", ...known };
  const fault = tlsFault(code);
  if (fault !== undefined) return { state: "unhealthy", ...fault };
  const inside = "From a runner outside of the VPC this is usual: give check-task-definition.";
  if (code === "LATE") return { state: "unreachable", detail: "it gave no complete answer in time.", mend: inside };
  if (isUnreachable(code)) return { state: "unreachable", detail: "it cannot be reached from here.", mend: inside };
  return {
    state: "unhealthy",
    detail:
      /^[A-Z]{3,20}$/.test(code) && !code.startsWith("E")
        ? `it answered with an error (${code}).`
        : "the connection broke during the check.",
    mend: "aws elasticache describe-events --duration 60",
  };
}
