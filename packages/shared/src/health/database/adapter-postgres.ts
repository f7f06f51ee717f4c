import type { Client } from "pg";
import type { Clock } from "../../clock.ts";
import type { Seconds } from "../../units.ts";
import { isUnreachable, tlsFault } from "../certificate/errors.ts";
import type { ConnectionResult } from "../components/result.ts";
import type { ServerLogin } from "./credentials.ts";

export interface LoginOptions {
  readonly clock: Clock;
  /** For everything: connecting, TLS, login, the query. */
  readonly timeout: Seconds;
  /** Authorities in PEM that are trusted: the system's, Amazon RDS's, the user's. */
  readonly ca: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Logs in to a PostgreSQL over TLS with its certificate and name verified, runs `select 1`, and asks whether it is a standby.
 * Never rejects. Nothing that the server says is repeated: it quotes user, database and host, which are parts of the secret.
 */
export async function checkPostgres(login: ServerLogin, options: LoginOptions): Promise<ConnectionResult> {
  const { clock, timeout } = options;
  const begin = clock.now();
  if (login.password === undefined)
    return {
      state: "unhealthy",
      detail: "the secret has no password for it.",
      mend: "Add the password to the URL in the secret, or as the field password.",
    };
  const { default: pg } = await import("pg");
  const client = new pg.Client({
    host: login.host.reveal(),
    port: login.port,
    user: login.user?.reveal() ?? "postgres",
    password: login.password?.reveal() ?? "",
    database: login.database?.reveal() ?? "postgres",
    application_name: "health-check",
    ssl: { ca: [...options.ca], rejectUnauthorized: true, minVersion: "TLSv1.2" },
  });
  // An error outside of a query (the server went away) would otherwise end the process.
  const lost = new Promise<never>((_, reject) => client.on("error", reject));
  lost.catch(() => undefined);
  const over = new AbortController();
  const late = clock.sleep(timeout, AbortSignal.any([over.signal, ...(options.signal === undefined ? [] : [options.signal])])).then(
    () => Promise.reject(new Failure("LATE")),
    () => (over.signal.aborted ? new Promise<never>(() => undefined) : Promise.reject(new Failure("LATE"))),
  );
  late.catch(() => undefined);
  try {
    const standby = await Promise.race([ask(client), lost, late]);
    const role = standby ? "a standby (read only)" : "the primary";
    return { state: "healthy", detail: `login over TLS and select 1 worked; it is ${role}.`, latency: clock.now() - begin };
  } catch (error) {
    return { ...explain(error), latency: clock.now() - begin };
  } finally {
    over.abort();
    close(client);
  }
}

class Failure extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

async function ask(client: Client): Promise<boolean> {
  await client.connect();
  const { rows } = await client.query<{ one: number; standby: boolean }>("select 1 as one, pg_is_in_recovery() as standby");
  if (rows[0]?.one !== 1) throw new Failure("WRONG_ANSWER");
  return rows[0].standby;
}

/** Says goodbye, and cuts the connection without waiting for an answer: a server that has gone would never give one. */
function close(client: Client): void {
  const { stream } = (client as unknown as { connection: { stream: { destroySoon(): void } } }).connection;
  client.end().catch(() => undefined);
  stream.destroySoon();
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const sqlStates: Readonly<Record<string, { readonly detail: string; readonly mend: string }>> = {
  "28P01": {
    detail: "it refuses the password (SQLSTATE 28P01).",
    mend: "Compare the secret with the database: was one of them changed without the other? validate-secrets with mode: rotate sets both.",
  },
  "28000": {
    detail: "it refuses the user, or a connection from here (SQLSTATE 28000).",
    mend: "Check the user and, on RDS, rds.force_ssl and IAM authentication.",
  },
  "3D000": { detail: "it has no such database (SQLSTATE 3D000).", mend: "Check the database's name in the secret." },
  "53300": {
    detail: "it takes no more connections (SQLSTATE 53300).",
    mend: "See who holds them: select usename, count(*) from pg_stat_activity group by 1",
  },
  "57P03": {
    detail: "it is starting up or shutting down (SQLSTATE 57P03).",
    mend: "aws rds describe-db-instances --query 'DBInstances[].[DBInstanceIdentifier,DBInstanceStatus]'",
  },
  "57P01": { detail: "it was shut down during the check (SQLSTATE 57P01).", mend: "aws rds describe-events --duration 60" },
  "57P02": { detail: "it crashed during the check (SQLSTATE 57P02).", mend: "aws rds describe-events --duration 60" },
};

function explain(error: unknown): ConnectionResult {
  const { code = "", message = "" } = (error ?? {}) as { readonly code?: string; readonly message?: string };
  const known = sqlStates[code];
  if (known !== undefined) return { state: "unhealthy", ...known };
  const fault = tlsFault(code);
  if (fault !== undefined) return { state: "unhealthy", ...fault };
  if (/does not support SSL/.test(message))
    return { state: "unhealthy", detail: "it does not offer TLS.", mend: "Set ssl = on (on RDS it always is), and rds.force_ssl = 1." };
  if (code === "LATE")
    return {
      state: "unreachable",
      detail: "it gave no complete answer in time.",
      mend: "From a runner outside of the VPC this is usual: give check-task-definition.",
    };
  if (isUnreachable(code))
    return {
      state: "unreachable",
      detail: "it cannot be reached from here.",
      mend: "From a runner outside of the VPC this is usual: give check-task-definition.",
    };
  if (/^[0-9A-Z]{5}$/.test(code))
    return {
      state: "unhealthy",
      detail: `it answered with an error (SQLSTATE ${code}).`,
      mend: "https://www.postgresql.org/docs/current/errcodes-appendix.html",
    };
  return { state: "unhealthy", detail: "the connection broke during the check.", mend: "aws rds describe-events --duration 60" };
}
