import type { ComponentName, ComponentResult } from "@aws-deploy-actions/shared/health/components/result";
import { judgeSecret } from "@aws-deploy-actions/shared/secrets/judge";
import { observeSecrets } from "@aws-deploy-actions/shared/secrets/observe";
import { type Config, componentOf } from "./inputs.ts";
import type { Ports, RunBase } from "./ports.ts";

/**
 * One thing to look at. `network` checks need a way to the server, so a task inside the VPC may make them instead; those of the `runner` stay here,
 * because what they need must not stand in a task's description.
 */
export interface Check {
  readonly component: ComponentName;
  readonly needs: "network" | "runner" | "aws";
  /** No results: there is nothing of this kind. */
  readonly look: () => Promise<readonly ComponentResult[]>;
}

/** What there is to look at, for the components that are asked for. */
export function planChecks(config: Config, ports: Ports, base: RunBase): readonly Check[] {
  const wanted = (component: ComponentName): boolean => config.asked === undefined || config.asked.includes(component);
  const all = config.insideTask
    ? networkChecks(config, ports, base)
    : [...networkChecks(config, ports, base), ...awsChecks(config, ports, base)];
  return all.filter(({ component }) => wanted(component));
}

function networkChecks(config: Config, ports: Ports, { cancelled }: RunBase): readonly Check[] {
  const http = config.http.map((check): Check => {
    const component = componentOf(check);
    return { component, needs: "network", look: async () => [{ component, subject: `check ${check.name}`, ...(await ports.http(check)) }] };
  });
  const certificates = config.certificates.map((target): Check => {
    const subject = target.port === 443 ? target.host : `${target.host}:${target.port}`;
    return {
      component: "certificate",
      needs: "network",
      look: async () => [{ component: "certificate", subject, ...(await ports.certificate(target)) }],
    };
  });
  const login = (component: "database" | "redis", kind: "postgres" | "redis", secretId: string | undefined): readonly Check[] =>
    secretId === undefined ? [] : [{ component, needs: "network", look: async () => await logIn(component, kind, secretId) }];
  const logIn = async (
    component: "database" | "redis",
    kind: "postgres" | "redis",
    secretId: string,
  ): Promise<readonly ComponentResult[]> => {
    const result = await ports.logins.check(kind, secretId, cancelled);
    if (result !== undefined) return [result];
    // Not asked for by name: an application without a cache is no fault.
    if (config.asked === undefined) return [];
    const example = kind === "postgres" ? "DATABASE_URL (postgresql://…)" : "REDIS_URL (rediss://…)";
    return [
      {
        component,
        subject: `secret ${secretId}`,
        state: "unhealthy",
        detail: `it holds no login for a ${component}.`,
        mend: `Add ${example} to it, or name another secret with ${component}-secret-id.`,
      },
    ];
  };
  return [
    ...http,
    ...login("database", "postgres", config.databaseSecret),
    ...login("redis", "redis", config.redisSecret),
    ...certificates,
  ];
}

function awsChecks(config: Config, ports: Ports, base: RunBase): readonly Check[] {
  const { names } = config;
  if (names === undefined) return [];
  const absent = (
    component: "database" | "redis",
    name: string,
    found: readonly ComponentResult[] | undefined,
  ): readonly ComponentResult[] => {
    if (found !== undefined || config.asked === undefined) return found ?? [];
    const [service, list] =
      component === "database" ? ["RDS", "aws rds describe-db-instances"] : ["ElastiCache", "aws elasticache describe-replication-groups"];
    const input = component === "database" ? "database" : "cache";
    return [
      {
        component,
        subject: `${service} ${name}`,
        state: "unknown",
        detail: `there is nothing of this name in ${service}.`,
        mend: `Name it with ${input}: (${list})`,
      },
    ];
  };
  return [
    { component: "database", needs: "aws", look: async () => absent("database", names.database, await ports.aws.database(names.database)) },
    { component: "redis", needs: "aws", look: async () => absent("redis", names.cache, await ports.aws.cache(names.cache)) },
    { component: "secrets", needs: "aws", look: async () => await secretResults(names.secret, ports, base) },
    {
      component: "ecs",
      needs: "aws",
      look: async () => await ports.aws.services(names.cluster, [names.services.blue, names.services.green]),
    },
    { component: "load-balancer", needs: "aws", look: async () => await ports.aws.balancer(names.loadBalancer) },
  ];
}

/** Whether the secret can be read and holds values, by the rules of validate-secrets that need no further input. */
async function secretResults(id: string, ports: Ports, { runner, clock }: RunBase): Promise<readonly ComponentResult[]> {
  const seen = await observeSecrets(ports.secrets, [id], { mask: (part) => runner.mask(part), facts: true });
  // Whether a key is live or a test key is not asked here: it needs the environment's class.
  const environmentClass = "production" as const;
  const rules = { requiredKeys: [], encryption: "any" as const, environmentClass };
  const findings = seen
    .flatMap((one) => judgeSecret(one, rules, clock.now()))
    .filter(({ rule, severity }) => severity !== "warning" && rule !== "live-key" && rule !== "test-key");
  if (findings.length === 0)
    return [
      { component: "secrets", subject: `secret ${id}`, state: "healthy", detail: "it can be read, and no value in it is a placeholder." },
    ];
  return findings.map(({ key, severity, message, mend }) => ({
    component: "secrets",
    subject: key === undefined ? `secret ${id}` : `${key} of secret ${id}`,
    state: severity === "unknown" ? "unknown" : "unhealthy",
    detail: severity === "unknown" ? `${message}.` : `it ${message}`,
    mend,
  }));
}
