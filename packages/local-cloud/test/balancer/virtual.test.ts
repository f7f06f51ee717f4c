import { createVirtualBalancer } from "../../src/balancer/virtual.ts";
import { config, failed, forward, listenerArn, ManualClock, passed, targetGroup } from "./builders.ts";

const blueGreen = (blue: number, green: number) =>
  config(
    [forward({ blue, green })],
    [targetGroup("blue", { healthCheck: { intervalSeconds: 10 } }), targetGroup("green", { healthCheck: { intervalSeconds: 10 } })],
  );

test("an hour of a switch and a broken target passes in an instant, by the same rules", async () => {
  const clock = new ManualClock();
  const broken = new Set<string>();
  const balancer = createVirtualBalancer({
    clock,
    propagation: (node) => 2 + node * 4,
    probe: ({ id }) => (broken.has(id) ? failed : passed),
  });
  await balancer.applyConfig(blueGreen(1, 0));
  for (const id of ["blue", "green"]) balancer.registerTarget(id, { id, port: 80 });
  await clock.pass(30);
  expect(balancer.targetHealth("green")).toEqual([{ id: "green", port: 80, state: "healthy" }]);

  const send = (node: number) => {
    const { status, by, target } = balancer.send({
      listenerArn,
      node,
      answer: ({ id }) => (broken.has(id) ? undefined : { status: 200, time: 0.1 }),
    });
    return `${status} ${by} ${target?.groupArn} ${target?.state}`;
  };
  await balancer.applyConfig(blueGreen(0, 1));
  await clock.pass(3);
  expect([send(0), send(1)]).toEqual(["200 target green healthy", "200 target blue healthy"]);
  await clock.pass(3);
  expect(balancer.traffic(listenerArn)).toEqual(
    [0, 1].map((node) => ({ node, groups: [{ arn: "green", share: 1, targets: [{ id: "green", port: 80, state: "healthy" }] }] })),
  );

  broken.add("green");
  expect(send(0)).toBe("502 balancer green healthy");
  await clock.pass(25);
  expect(balancer.targetHealth("green")).toMatchObject([{ state: "unhealthy" }]);
  expect(send(1)).toBe("502 balancer green unhealthy");
  balancer.deregisterTarget("green", { id: "green", port: 80 });
  await clock.pass(3600);
  expect([send(0), balancer.targetHealth("green")]).toEqual(["503 balancer undefined undefined", []]);
  const counts = balancer
    .takeMetrics()
    .filter(({ name, dimensions }) => name === "HTTPCode_ELB_5XX_Count" && dimensions.TargetGroup === undefined);
  expect(counts.flatMap(({ values }) => values).reduce((sum, value) => sum + value, 0)).toBe(3);
  await balancer.stop();
});
