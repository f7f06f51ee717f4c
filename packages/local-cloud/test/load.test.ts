import { jest } from "@jest/globals";
import { type Stage, withEnvironment } from "./support.ts";

// A machine that does much else at the same time may take long to start all this.
jest.setTimeout(120_000);

// Whether a request is lost is decided by the order in which targets leave: deregistered, drained, ended.
const updateUnderLoad = async ({ cluster, deploy, until, load }: Stage) => {
  const traffic = load(200);
  await deploy("blue", "v2");
  await until(async () => (await cluster("blue")).deployments.length === 1 && (await cluster("blue")).runningCount === 2);
  return traffic;
};

test("a rolling update and a switch of colours under load lose no request", async () => {
  await withEnvironment({}, async (stage) => {
    const traffic = await updateUnderLoad(stage);
    const { weights, deploy, until, cluster, scale } = stage;
    await weights(100, 0);
    await deploy("green", "v1", 2);
    await until(async () => (await cluster("green")).healthy === 2);
    await weights(0, 100);
    await until(async () => Object.keys((await traffic.snapshot()).seconds.at(-2)?.byVersion ?? {}).join() === "v1");
    await scale("blue", 0);
    await until(async () => (await cluster("blue")).runningCount === 0 && (await cluster("blue")).healthy === 0);
    const report = await traffic.stop();
    expect(report.requests).toBeGreaterThan(300);
    expect(report.byVersion).toEqual({ v1: expect.any(Number), v2: expect.any(Number) });
    expect(report.failures).toEqual([]);
  });
});

test("requests are lost when leaving targets are cut off instead of drained: the figure can rise", async () => {
  await withEnvironment({ balancerFaults: { drain: "cut" } }, async (stage) => {
    const report = await (await updateUnderLoad(stage)).stop();
    expect(report.failedRequests).toBeGreaterThan(0);
  });
});
