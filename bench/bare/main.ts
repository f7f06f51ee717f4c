// What any action of this kind must load: @actions/core and one SDK client, and nothing else. The other bundles are measured against it.
import { getInput, setFailed } from "@actions/core";
import { DescribeServicesCommand, ECSClient } from "@aws-sdk/client-ecs";

try {
  const cluster = getInput("cluster", { required: true });
  await new ECSClient({ maxAttempts: 1 }).send(new DescribeServicesCommand({ cluster, services: ["web"] }));
} catch (error) {
  setFailed(String(error));
}
