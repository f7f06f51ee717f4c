// The real process against the local cloud: whatever is wrong is told at once, and nothing was changed.
import { createEnvironment } from "@aws-deploy-actions/local-cloud/environment/create";
import { exampleContainers, exampleImages } from "@aws-deploy-actions/local-cloud/environment/example";
import { startLocalCloud } from "@aws-deploy-actions/local-cloud/start";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { runAction, shown } from "../../../test/support/run-action.ts";

const reading = /^(Describe|List|Get|BatchGet|Simulate|Filter)/;

test("problems of images, alarms and the rest are told together, before a single call that changes something", async () => {
  const cloud = await startLocalCloud({ timeFactor: 20, images: exampleImages() });
  const secrets = new SecretsManagerClient({
    region: cloud.region,
    endpoint: cloud.endpoint,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  try {
    await createEnvironment(cloud, { containers: exampleContainers(cloud, "v1") });
    // Nobody listens there: what a runner outside of the VPC finds.
    const SecretString = JSON.stringify({ DATABASE_URL: "postgres://shop:a-long-password@127.0.0.1:9/shop" });
    await secrets.send(new PutSecretValueCommand({ SecretId: "shop-staging", SecretString }));
    const registry = `${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com`;
    const inputs = { application: "shop", environment: "staging", "container-name": "backend" };
    const mark = cloud.calls.length;
    const wrong = await runAction("blue-green-deploy", process.cwd(), cloud.environment, {
      ...inputs,
      image: `${registry}/containers-app:never-pushed`,
      alarms: "shop-latency",
    });
    expect(wrong.code).toBe(1);
    expect(wrong.log).toMatch(/never-pushed/);
    expect(wrong.log).toMatch(/The alarm shop-latency does not exist/);
    expect(wrong.log).toMatch(
      /Not checked from this runner: database, the server in DATABASE_URL of secret shop-staging: it cannot be reached from here/,
    );
    expect(wrong.log).not.toContain("a-long-password");

    const planned = await runAction("blue-green-deploy", process.cwd(), cloud.environment, {
      ...inputs,
      image: `${registry}/containers-app:v2`,
      mode: "plan",
    });
    expect(shown(planned)).toMatch(/^planned/);
    // Here IAM alone cannot be asked, and the database is out of reach: everything else was looked at.
    expect(planned.log.match(/^Not checked.*/gm)?.map((line) => line.slice(0, 40))).toEqual([
      "Not checked from this runner: database, ",
      "Not checked: permissions (IAM gives no a",
    ]);
    const operations = cloud.calls.since(mark).map((call) => call.operation);
    expect(operations).toEqual(expect.arrayContaining(["DescribeSubnets", "DescribeAlarms", "GetSecretValue", "DescribeDBInstances"]));
    expect(operations.filter((operation) => !reading.test(operation))).toEqual([]);
  } finally {
    secrets.destroy();
    await cloud.stop();
  }
}, 60_000);
