// An emulator without tasks, which many have at hand: what can be seen there is told, and what cannot is said instead of waited for.
import { createEnvironment } from "@aws-deploy-actions/local-cloud/environment/create";
import { createKeeper } from "@aws-deploy-actions/local-cloud/process/keeper";
import { startMoto } from "@aws-deploy-actions/local-cloud/process/moto";
import type { LocalCloud } from "@aws-deploy-actions/local-cloud/start";
import { runAction, shown } from "../../../test/support/run-action.ts";

const accountId = "123456789012";
const region = "eu-central-1";
const timeFactor = 20;

test("plain moto shows who has the users, and a deployment ends by saying that no task can be seen", async () => {
  const keeper = createKeeper();
  try {
    const origin = Math.round(Date.now()) / 1000;
    const { endpoint } = await startMoto(keeper, { accountId, timeFactor, origin });
    const environment = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: "localcloud",
      AWS_SECRET_ACCESS_KEY: "local",
      DEPLOY_TIME_FACTOR: `${timeFactor}@${origin}`,
    };
    const cloud = {
      endpoint,
      accountId,
      region,
      environment,
      calls: { clear: () => undefined },
      addresses: async () => [],
    } as unknown as LocalCloud;
    const image = "registry.example.com/shop";
    await createEnvironment(cloud, {
      containers: [{ name: "app", image: `${image}:v1`, port: 8080 }] as never,
      wait: false,
      autoscaling: false,
      alarms: false,
    });
    const inputs = { application: "shop", environment: "staging" };
    const status = await runAction("blue-green-deploy", process.cwd(), environment, { ...inputs, mode: "status" });
    expect(shown(status)).toMatch(/^status: Users are on blue \(shop-staging:1\)/);
    expect(status.outputs).toMatchObject({ outcome: "status", "traffic-on": "blue" });
    expect(status.log).toMatch(/green: 0 % of traffic · shop-staging:1 · 0 of 0 tasks run · targets: none/);
    const deployed = await runAction("blue-green-deploy", process.cwd(), environment, {
      ...inputs,
      image: `${image}:v2@sha256:${"a".repeat(64)}`,
      "rollback-window": "1",
    });
    expect(shown(deployed)).toMatch(
      /^failed: shop-staging:2 never got users: .*no task is listed: nobody can tell which version runs. An emulator without tasks/,
    );
    expect(deployed.outputs).toMatchObject({ outcome: "failed", "traffic-on": "blue" });
    // It gave up within a minute of its own time; the phase may last an hour.
    expect(deployed.log).not.toMatch(/⟳ .* · 0[1-9]:\d\d of/);
  } finally {
    await keeper.stop();
  }
}, 120_000);
