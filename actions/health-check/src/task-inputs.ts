import type { ComponentName } from "@aws-deploy-actions/shared/health/components/result";
import { type Config, componentOf } from "./inputs.ts";

/**
 * The inputs for the one-off task. They stand in the task's description, where many can read them: so no credentials (the task reads the secret
 * itself, with its own role), and no check with headers, whose values may be secret.
 */
export function taskInputs(config: Config, components: readonly ComponentName[]): Readonly<Record<string, string>> {
  const plain = config.http.filter((check) => check.headers.length === 0 && components.includes(componentOf(check)));
  const names = plain.map(({ name }) => name);
  const lines = config.httpLines.split("\n").filter((line) => names.includes(line.trim().split(/\s+/)[0] ?? ""));
  const asked = components.filter((component) => !isHttpOnly(component) || plain.some((check) => componentOf(check) === component));
  const inputs: Record<string, string | undefined> = {
    components: asked.join(","),
    via: "runner",
    timeout: `${config.timeout}s`,
    retries: String(config.retries),
    "aws-region": config.aws.region,
    "health-checks": lines.join("\n"),
    "certificate-hosts": components.includes("certificate")
      ? config.certificates.map(({ host, port }) => `${host.includes(":") ? `[${host}]` : host}:${port}`).join("\n")
      : undefined,
    "certificate-days": String(config.certificateDays),
    "database-secret-id": components.includes("database") ? config.databaseSecret : undefined,
    "redis-secret-id": components.includes("redis") ? config.redisSecret : undefined,
  };
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, value]])),
  );
}

const isHttpOnly = (component: ComponentName): boolean => component === "frontend" || component === "backend";

/** The variable in which the task finds its inputs: one, since names with hyphens do not survive every shell. */
export const inputsVariable = "HEALTH_CHECK_INPUTS";

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of the one-off task with its inputs where the runner would put them; any other environment as it is. */
export function withTaskInputs(environment: Environment): Environment {
  const given = environment[inputsVariable];
  if (given === undefined || environment["HEALTH_CHECK_TASK"] !== "true") return environment;
  try {
    const inputs = JSON.parse(given) as Record<string, string>;
    return { ...environment, ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])) };
  } catch {
    return environment;
  }
}
