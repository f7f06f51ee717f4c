import type { LocalCloud } from "../start.ts";
import { createAlarms } from "./alarms.ts";
import { cloudClients } from "./clients.ts";
import { createLoadBalancer, detachInactive } from "./load-balancer.ts";
import { createNetwork } from "./network.ts";
import type { EnvironmentInfo, EnvironmentOptions } from "./options.ts";
import { createExecutionRole, createScaling, createServices, registerDefinition, waitUntilSteady } from "./services.ts";

/**
 * Sets up a blue/green environment by API calls, named by the convention: one colour runs and has all traffic, the other one is empty.
 *
 * The cloud's call log is emptied at the end: what follows is the user's.
 */
export async function createEnvironment(cloud: LocalCloud, options: EnvironmentOptions): Promise<EnvironmentInfo> {
  const names = { application: options.application ?? "shop", environment: options.environment ?? "staging" };
  const cluster = `${names.application}-${names.environment}`;
  const logGroup = `/aws/${names.application}/app-${names.environment}`;
  const clients = cloudClients(cloud);
  try {
    const [network, roleArn, secret] = await Promise.all([
      createNetwork(clients, cluster, cloud.region),
      createExecutionRole(clients, `${names.application}-execution-${names.environment}-${cloud.region}`),
      clients.secrets.createSecret({
        Name: cluster,
        SecretString: JSON.stringify(options.secret ?? { SESSION_SECRET: "kX0vR2mJq8sT5yWb1nZc4hLd7fGp3aUe" }),
      }),
      clients.ecs.createCluster({ clusterName: cluster }),
      clients.logs.createLogGroup({ logGroupName: logGroup }),
    ]);
    await clients.logs.putRetentionPolicy({ logGroupName: logGroup, retentionInDays: 30 });
    const secretArn = secret.ARN ?? "";
    const balancer = await createLoadBalancer(clients, network, options, names);
    const taskDefinitionArn = await registerDefinition(cloud, options, names, { roleArn, secretArn, logGroup });
    const services = await createServices(clients, options, { ...names, cluster, taskDefinitionArn }, network, balancer.routes);
    if (options.attachInactive !== true) await detachInactive(clients, balancer.routes, options);
    if (options.autoscaling !== false) await createScaling(clients, options, cluster, services);
    const alarms = options.alarms === false ? [] : await createAlarms(clients, names, balancer);
    const activeColour = options.activeColour ?? "blue";
    if (options.wait !== false) await waitUntilSteady(cloud, clients, cluster, services[activeColour]);
    const addresses = await cloud.addresses(balancer.listenerArns[0] ?? "");
    cloud.calls.clear();
    return {
      ...names,
      cluster,
      services,
      activeColour,
      taskDefinitionArn,
      loadBalancerArn: balancer.arn,
      loadBalancerName: balancer.name,
      listenerArns: balancer.listenerArns,
      testListenerArn: balancer.testListenerArn,
      routes: balancer.routes,
      secretArn,
      logGroup,
      alarms,
      subnets: network.subnets,
      securityGroup: network.securityGroup,
      urls: addresses.map(({ host, port }) => `http://${host}:${port}`),
    };
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}
