import type { ComponentName } from "@aws-deploy-actions/shared/health/components/result";
import type { Config } from "./inputs.ts";

/**
 * The inputs for the one-off task. They stand in the task's description, where many can read them: so no credentials (the task reads the secret
 * itself, with its own role), and no check with headers, whose values may be secret.
 */
export function taskInputs(config: Config, components: readonly ComponentName[]): Readonly<Record<string, string>> {
  const plain = config.http.filter(({ headers }) => headers.length === 0).map(({ name }) => name);
  const lines = config.httpLines.split("\n").filter((line) => plain.includes(line.trim().split(/\s+/)[0] ?? ""));
  const inputs: Record<string, string | undefined> = {
    components: components.filter((component) => (component !== "frontend" && component !== "backend") || lines.length > 0).join(","),
    via: "runner",
    timeout: `${config.timeout}s`,
    retries: String(config.retries),
    "aws-region": config.aws.region,
    "health-checks": components.some((one) => one === "frontend" || one === "backend") ? lines.join("\n") : undefined,
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
