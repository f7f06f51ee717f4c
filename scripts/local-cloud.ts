// Starts the local cloud with the example application, says how to talk to it, and runs until it is interrupted.
import { parseArgs } from "node:util";
import { createEnvironment } from "../packages/local-cloud/src/environment/create.ts";
import { exampleContainers, exampleImages } from "../packages/local-cloud/src/environment/example.ts";
import { startLocalCloud } from "../packages/local-cloud/src/start.ts";

const { values } = parseArgs({
  options: {
    "time-factor": { type: "string", default: "1" },
    empty: { type: "boolean", default: false },
    "rate-limits": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const say = (text = "") => process.stdout.write(`${text}\n`);

if (values.help) {
  say("npm run local-cloud [-- --time-factor 20] [-- --empty] [-- --rate-limits]");
  say("  --time-factor N  the cloud's time runs N times faster, 1 to 1000");
  say("  --empty          no example environment");
  say("  --rate-limits    AWS's published API limits");
  process.exit(0);
}
const timeFactor = Number(values["time-factor"]);
if (!(timeFactor >= 1 && timeFactor <= 1000)) {
  process.stderr.write(`✖ --time-factor must be a number from 1 to 1000, not "${values["time-factor"]}".\n`);
  process.exit(2);
}

const cloud = await startLocalCloud({ timeFactor, rateLimits: values["rate-limits"], images: exampleImages() });
const ended = new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
});
try {
  if (!values.empty)
    process.stderr.write("starting the example environment: tasks take as long as on Fargate (20 to 40 s of the cloud's time)\n");
  const environment = values.empty ? undefined : await createEnvironment(cloud, { containers: exampleContainers(cloud, "v1") });
  say(`The local cloud runs at ${cloud.endpoint} (account ${cloud.accountId}, ${cloud.region}).`);
  say();
  say("Point the AWS CLI, an SDK or an action at it:");
  for (const [name, value] of Object.entries(cloud.environment)) say(`  export ${name}=${value}`);
  say();
  if (environment !== undefined) {
    const { cluster, services, logGroup, loadBalancerName } = environment;
    say(`${environment.application}/${environment.environment}: v1 is live on ${environment.activeColour}, the other colour is empty.`);
    say(`  ${environment.urls.join("  ")}  (one address per load balancer node)`);
    say();
    say("Have a look:");
    say(`  curl ${environment.urls[0]}/api/health`);
    say(`  aws ecs describe-services --cluster ${cluster} --services ${services.blue} ${services.green}`);
    say(`  aws ecs update-service --cluster ${cluster} --service ${services.green} --desired-count 1`);
    say(`  aws elbv2 describe-load-balancers --names ${loadBalancerName}`);
    say(`  aws elbv2 describe-target-health --target-group-arn ${environment.routes[0]?.targetGroups.blue}`);
    say(`  aws logs tail ${logGroup} --since 5m`);
    say(`  aws secretsmanager get-secret-value --secret-id ${cluster}`);
    say("Images in ECR: containers-app:v1 to v6 (what each does: examples/containers-app/README.md).");
    say();
  }
  say("Ctrl-C ends it, and everything that it started.");
  await ended;
} finally {
  await cloud.stop();
}
