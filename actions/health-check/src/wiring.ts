import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { checkCertificate } from "@aws-deploy-actions/shared/health/certificate/check";
import { awsComponents } from "@aws-deploy-actions/shared/health/components/adapters/aws";
import type { ConnectionResult } from "@aws-deploy-actions/shared/health/components/result";
import { loginChecks } from "@aws-deploy-actions/shared/health/database/adapter-login";
import { checkHttp, type HttpResult } from "@aws-deploy-actions/shared/health/http";
import { awsSecrets } from "@aws-deploy-actions/shared/secrets/adapters/secrets";
import { ecsTask } from "./adapter-task.ts";
import type { Config } from "./inputs.ts";
import type { Ports } from "./ports.ts";

/** The SDK's modules that the action uses, loaded with the first call of each. */
export const clients = {
  secrets: () => import("@aws-deploy-actions/shared/aws/clients/secrets"),
  kms: () => import("@aws-deploy-actions/shared/aws/clients/kms"),
  ecs: () => import("@aws-deploy-actions/shared/aws/clients/ecs"),
  elb: () => import("@aws-deploy-actions/shared/aws/clients/elb"),
  rds: () => import("@aws-deploy-actions/shared/aws/clients/rds"),
  elasticache: () => import("@aws-deploy-actions/shared/aws/clients/elasticache"),
  logs: () => import("@aws-deploy-actions/shared/aws/clients/logs"),
};

/** The adapters of a run. */
export function portsOf(
  aws: Aws<keyof typeof clients>,
  config: Config,
  base: Pick<Base, "clock" | "runner" | "cancelled" | "environment">,
): Ports {
  const { clock, runner, cancelled: signal, environment } = base;
  const { timeout } = config;
  const allowLoopback = config.aws.loopbackEndpoint;
  const secrets = awsSecrets(aws);
  const proxied = Object.keys(environment).some((name) => /^https?_proxy$/i.test(name) && environment[name] !== "");
  const ca = config.ca === undefined ? {} : { ca: [config.ca] };
  return {
    http: async (check) =>
      asConnection(await checkHttp(check, { clock, timeout, allowLoopback, signal, ...(proxied ? { proxy: environment } : {}) })),
    certificate: (target) => checkCertificate(target, { clock, timeout, warnDays: config.certificateDays, allowLoopback, signal, ...ca }),
    logins: loginChecks(secrets, { clock, timeout, ca: config.ca, mask: (part) => runner.mask(part) }),
    secrets,
    aws: awsComponents(aws),
    task: ecsTask(aws, clock),
  };
}

function asConnection({ ok, latency, status, cause, detail }: HttpResult): ConnectionResult {
  if (ok) return { state: "healthy", detail: `it answered ${status ?? ""} as expected.`, latency };
  return { state: "unhealthy", detail: `${detail ?? "it did not answer as expected"}.`, mend: mends[cause ?? "status"], latency };
}

const mends: Readonly<Record<NonNullable<HttpResult["cause"]>, string>> = {
  status: "See the application's log for the request.",
  body: "Compare the answer with what health-checks expects of it.",
  timeout: "See whether the application is busy, or its security group lets the runner in.",
  connection: "See whether the load balancer listens there, and its security group lets the runner in.",
  name: "Look the name up: dig +short HOST",
  tls: "Look at the certificate: openssl s_client -connect HOST:443 -servername HOST </dev/null",
  refused: "Give another URL.",
};
