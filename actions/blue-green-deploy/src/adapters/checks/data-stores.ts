import type { AwsComponents } from "@aws-deploy-actions/shared/health/components/adapters/aws";
import type { ComponentResult } from "@aws-deploy-actions/shared/health/components/result";
import type { LoginChecks } from "@aws-deploy-actions/shared/health/database/adapter-login";
import { problem } from "@aws-deploy-actions/shared/problems";
import type { SecretsPort } from "@aws-deploy-actions/shared/secrets/types";
import type { Config } from "../../inputs.ts";
import type { Prepared } from "../../prepare.ts";
import { type Findings, nothing } from "../../tools.ts";

/** What is asked about the database and the cache. */
export interface DataStoresPorts {
  readonly secrets: Pick<SecretsPort, "value">;
  readonly logins: Pick<LoginChecks, "check">;
  readonly aws: Pick<AwsComponents, "database" | "cache">;
}

/** Seconds for one login. All that is checked before a deployment shall be over in ten. */
export const loginTimeout = 3;

/**
 * The database and Redis, as AWS tells and, where the runner can reach them, by a login with the application's secret. An application without either is none the worse.
 * One that answers with a refusal would fail the new version as much as the old one: that is found before anything changed, and `force` goes on in spite of it.
 */
export async function dataStores(ports: DataStoresPorts, { environment }: Prepared, { given }: Config): Promise<Findings> {
  const convention = `${given.application}-${given.environment}`;
  const all = await Promise.all([
    ports.aws.database(given.database ?? convention),
    ports.aws.cache(given.cache ?? convention),
    logins(ports, environment.names.secret, given["secret-id"] !== undefined),
  ]);
  const absent = [
    ...(all[0] === undefined && given.database !== undefined ? [`database: there is no ${given.database} in RDS`] : []),
    ...(all[1] === undefined && given.cache !== undefined ? [`cache: there is no ${given.cache} in ElastiCache`] : []),
  ];
  const findings = all.flatMap((results) => results ?? []).map(findingOf);
  return {
    problems: [],
    warnings: findings.flatMap((one) => one.warnings),
    notes: [...absent.map((one) => `Not checked: ${one}.`), ...findings.flatMap((one) => one.notes)],
  };
}

async function logins({ secrets, logins: checks }: DataStoresPorts, secret: string, isNamed: boolean): Promise<readonly ComponentResult[]> {
  const { state } = await secrets.value(secret);
  if (state === "missing" && !isNamed) return [];
  // Why a secret cannot be read is told once.
  const kinds = state === "found" ? (["postgres", "redis"] as const) : (["postgres"] as const);
  const results = await Promise.all(kinds.map((kind) => checks.check(kind, secret)));
  return results.flatMap((one) => (one === undefined ? [] : [one]));
}

function findingOf({ component, subject, state, detail, mend }: ComponentResult): Findings {
  const what = `${component}, ${subject}: ${detail}`;
  switch (state) {
    case "healthy":
      return nothing;
    case "unhealthy":
      return {
        ...nothing,
        warnings: [problem("deployment", what, [mend, "Or go on in spite of it with force: true"].filter(Boolean).join("\n"))],
      };
    case "unreachable":
      return {
        ...nothing,
        notes: [`Not checked from this runner: ${what} The action health-check with via: task asks from inside the VPC.`],
      };
    case "unknown":
      return { ...nothing, notes: [`Not checked: ${what}${mend === undefined ? "" : ` ${mend}`}`] };
    default:
      return state satisfies never;
  }
}
