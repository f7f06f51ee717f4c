// The real process against the local cloud: real tasks, a real load balancer, and users all the while.
import { existsSync, readFileSync } from "node:fs";
import { createEnvironment } from "@aws-deploy-actions/local-cloud/environment/create";
import { exampleContainers, exampleImages } from "@aws-deploy-actions/local-cloud/environment/example";
import { startLoad } from "@aws-deploy-actions/local-cloud/load/start";
import { startLocalCloud } from "@aws-deploy-actions/local-cloud/start";
import { runAction, shown } from "../../../test/support/run-action.ts";

test("users are back with the 6th call at the latest, nobody loses a request, and the report says why", async () => {
  const cloud = await startLocalCloud({ timeFactor: 20, images: exampleImages() });
  try {
    const environment = await createEnvironment(cloud, { containers: exampleContainers(cloud, "v1") });
    const url = environment.urls[0] ?? "";
    const load = startLoad({
      addresses: environment.urls.map((one) => ({ host: new URL(one).hostname, port: Number(new URL(one).port) })),
      requestsPerSecond: 60,
      newConnectionShare: 0.2,
      paths: ["/", "/health"],
    });
    const common = { application: "shop", environment: "staging", "health-checks": `frontend ${url}/api/health $.status=ok` };
    const image = `${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com/containers-app:v2`;
    const deployed = await runAction("blue-green-deploy", process.cwd(), cloud.environment, {
      ...common,
      images: `frontend=${image}\nbackend=${image}`,
      "rollback-window": "1",
      "on-inconclusive": "proceed",
      "keep-previous": "60",
    });
    expect(shown(deployed)).toMatch(/^succeeded/);

    const mark = cloud.calls.length;
    const asked = { ...common, confirm: "staging", reason: "checkout fails for everybody", contacts: "on call, +49 30 1234567" };
    const rescued = await runAction("emergency-rollback", process.cwd(), cloud.environment, asked);
    const load1 = await load.stop();
    expect(shown(rescued)).toMatch(/^succeeded/);
    expect(rescued.code).toBe(0);
    expect(rescued.outputs).toMatchObject({ "traffic-on": "blue", "previous-colour": "green" });
    expect(rescued.outputs["image"]).toContain("containers-app:v1");
    const calls = cloud.calls.since(mark).map((call) => call.operation);
    expect(calls.slice(0, calls.indexOf("ModifyListener")).length).toBeLessThanOrEqual(6);
    expect({ failed: load1.failedRequests, failures: load1.failures }).toMatchObject({ failed: 0 });

    const report = String(rescued.outputs["report-path"]);
    const incident = readFileSync(report.replace(/\.html$/, ".txt"), "utf8");
    expect(incident).toMatch(/Reason given +checkout fails for everybody/);
    expect(incident).toMatch(/Contacts +on call, \+49 30 1234567/);
    expect(incident).toMatch(/Away from +green/);
    expect(incident).toContain("aws elbv2 modify-rule");
    expect(incident).toMatch(/Log \/aws\/shop\/app-staging, /);
    expect(existsSync(report)).toBe(true);
    expect(rescued.summary).toContain("emergency rollback succeeded");

    const again = await runAction("emergency-rollback", process.cwd(), cloud.environment, asked);
    expect(shown(again)).toMatch(/^unchanged: .*does not swing back/);
    const status = await runAction("emergency-rollback", process.cwd(), cloud.environment, { ...common, mode: "status" });
    expect(status.log).toMatch(/Users are on blue \(shop-staging:1\)|Users are on blue/);
    expect(status.log).toContain("checkout fails for everybody");
  } finally {
    await cloud.stop();
  }
}, 240_000);
