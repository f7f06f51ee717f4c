import { type Content, isObject } from "../../secrets/content.ts";
import { Hidden } from "../../secrets/hidden.ts";

/** A login for a server, as a secret holds it. Every part of it is hidden: a host is a part of the secret, too. */
export interface ServerLogin {
  readonly kind: "postgres" | "redis";
  readonly host: Hidden<string>;
  readonly port: number;
  readonly user: Hidden<string> | undefined;
  readonly password: Hidden<string> | undefined;
  /** The name of a database, or the number of Redis's. */
  readonly database: Hidden<string> | undefined;
  /** The key of the secret that it comes from; undefined for a secret of several fields (`host`, `username`, …). */
  readonly key: string | undefined;
}

const schemes: Readonly<Record<string, ServerLogin["kind"]>> = {
  "postgres:": "postgres",
  "postgresql:": "postgres",
  "redis:": "redis",
  "rediss:": "redis",
  "valkey:": "redis",
  "valkeys:": "redis",
};
const ports = { postgres: 5432, redis: 6379 } as const;
const usualKeys = {
  postgres: ["DATABASE_URL", "POSTGRES_URL", "PG_URL", "url"],
  redis: ["REDIS_URL", "VALKEY_URL", "CACHE_URL", "url"],
} as const;

/**
 * The login of a kind in a secret: a URL (the whole secret, or one of its keys: the usual names first, then any other), or the fields that
 * Secrets Manager's own rotation uses (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html).
 *
 * @returns undefined where the secret has none
 */
export function loginOf(kind: ServerLogin["kind"], content: Content): ServerLogin | undefined {
  if (content.kind === "binary") return undefined;
  const data = content.data.reveal();
  if (typeof data === "string") return fromUrl(kind, data, undefined);
  if (!isObject(data)) return undefined;
  for (const key of [...usualKeys[kind], ...Object.keys(data)]) {
    const value = Object.hasOwn(data, key) ? data[key] : undefined;
    const login = typeof value === "string" ? fromUrl(kind, value, key) : undefined;
    if (login !== undefined) return login;
  }
  return fromFields(kind, data);
}

function fromUrl(kind: ServerLogin["kind"], text: string, key: string | undefined): ServerLogin | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, pathname } = new URL(text);
  if (schemes[protocol] !== kind || hostname === "") return undefined;
  return {
    kind,
    host: new Hidden(hostname.replace(/^\[|\]$/g, "")),
    port: port === "" ? ports[kind] : Number(port),
    user: hidden(decoded(username)),
    password: hidden(decoded(password)),
    database: hidden(decoded(pathname.slice(1))),
    key,
  };
}

function fromFields(kind: ServerLogin["kind"], data: Readonly<Record<string, unknown>>): ServerLogin | undefined {
  const field = (...names: readonly string[]): string | undefined => {
    for (const name of names) {
      const value = Object.hasOwn(data, name) ? data[name] : undefined;
      if (typeof value === "string" || typeof value === "number") return String(value);
    }
    return undefined;
  };
  const host = field("host", "hostname", "endpoint", "address");
  const engine = field("engine")?.toLowerCase();
  const fits = engine === undefined || (kind === "postgres" ? /postgres/.test(engine) : /redis|valkey/.test(engine));
  if (host === undefined || !fits) return undefined;
  const port = Number(field("port") ?? ports[kind]);
  return {
    kind,
    host: new Hidden(host),
    port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : ports[kind],
    user: hidden(field("username", "user")),
    password: hidden(field("password", "auth_token", "authToken", "token")),
    database: hidden(field("dbname", "database", "db")),
    key: undefined,
  };
}

const hidden = (text: string | undefined): Hidden<string> | undefined => (text === undefined || text === "" ? undefined : new Hidden(text));

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
