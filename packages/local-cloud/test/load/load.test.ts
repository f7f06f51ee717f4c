import { setTimeout as wait } from "node:timers/promises";
import type { BalancerFaults } from "../../src/balancer/types.ts";
import { startLoad } from "../../src/load/start.ts";
import type { Load, LoadOptions, LoadReport } from "../../src/load/types.ts";
import { config, forward, targetGroup } from "../balancer/builders.ts";
import { endAll, startBalancer, startTarget } from "../balancer/real.ts";

// Only so that a busy machine does not fail it.

const loads: Load[] = [];
afterEach(async () => {
  for (const load of loads.splice(0)) await load.stop();
  await endAll();
});

function start(options: LoadOptions): Load {
  const load = startLoad(options);
  loads.push(load);
  return load;
}

async function until(load: Load, enough: (report: LoadReport) => boolean): Promise<void> {
  for (let turns = 0; !enough(await load.snapshot()); turns += 1) {
    if (turns > 1000) throw new Error(`not enough: ${JSON.stringify(await load.snapshot())}`);
    await wait(10);
  }
}

describe("options that are refused before anything is sent", () => {
  const good: LoadOptions = { addresses: [{ host: "127.0.0.1", port: 1 }], requestsPerSecond: 1 };
  test.each`
    change                                                          | names
    ${{ addresses: [] }}                                            | ${/addresses must hold at least one/}
    ${{ addresses: [{ host: "192.0.2.1", port: 80 }] }}             | ${/192\.0\.2\.1:80 is not a loopback address/}
    ${{ addresses: [{ host: "localhost", port: 80 }] }}             | ${/localhost:80 is not a loopback address/}
    ${{ addresses: [{ host: "127.0.0.1.example.org", port: 80 }] }} | ${/is not a loopback address/}
    ${{ requestsPerSecond: 0 }}                                     | ${/requestsPerSecond must be above 0/}
    ${{ requestsPerSecond: 5001 }}                                  | ${/requestsPerSecond must be from 0 to 5000, not 5001/}
    ${{ requestsPerSecond: Number.NaN }}                            | ${/requestsPerSecond must be from 0 to 5000, not NaN/}
    ${{ maxSeconds: 1e9, maxRequests: 1e9 }}                        | ${/maxSeconds must be .*; maxRequests must be/}
    ${{ slow: { share: 2, path: "/" } }}                            | ${/slow\.share must be from 0 to 1/}
  `("$change", ({ change, names }) => {
    expect(() => startLoad({ ...good, ...change })).toThrow(names);
  });
});

test("what the application answers, what others answer and what breaks is told apart", async () => {
  const target = await startTarget((incoming, response) => {
    if (incoming.url === "/broken") {
      response.destroy();
      return;
    }
    if (incoming.url !== "/proxy-error") response.setHeader("X-App-Version", "v1");
    response.writeHead(incoming.url === "/" ? 200 : 500).end("x");
  });
  const addresses = [{ host: "127.0.0.1", port: target.port }];
  const load = start({ addresses, requestsPerSecond: 2000, maxRequests: 400, paths: ["/", "/app-error", "/proxy-error", "/broken"] });
  await until(load, (report) => report.requests === 400);
  const { byVersion, failedRequests, appErrors, failures, byKind, notSent } = await load.stop();
  const { v1 = 0, none = 0 } = byVersion;
  expect([v1 + failedRequests, notSent]).toEqual([400, 0]);
  for (const count of [none, appErrors, failedRequests - none, v1 - appErrors]) expect(count).toBeGreaterThan(50);
  expect(new Set(failures.map(({ path, cause }) => `${path} ${cause}`))).toEqual(
    new Set(["/broken ECONNRESET", "/proxy-error 500 not answered by the application"]),
  );
  expect(byKind.new.requests).toBeGreaterThan(40);
  expect(byKind.kept.lost + byKind.new.lost).toBe(failedRequests);
});

test("stopping waits for what is under way", async () => {
  const arrived = Promise.withResolvers<void>();
  const target = await startTarget((_, response) => {
    arrived.resolve();
    setTimeout(() => response.setHeader("X-App-Version", "v1").end(), 300);
  });
  const load = start({ addresses: [{ host: "127.0.0.1", port: target.port }], requestsPerSecond: 100, maxRequests: 5 });
  await arrived.promise;
  const report = await load.stop();
  expect([report.requests, report.failedRequests]).toEqual([report.byVersion["v1"], 0]);
  expect(report.requests).toBeGreaterThan(0);
  expect(await load.snapshot()).toBe(report);
});

test("sticky clients stay where their cookie holds them", async () => {
  const targets = await Promise.all(
    ["v1", "v2"].map((version) => startTarget((_, response) => response.setHeader("X-App-Version", version).end())),
  );
  const weights = (blue: number, green: number) => config([forward({ blue, green }, 600)], [targetGroup("blue"), targetGroup("green")]);
  const { balancer, url, until: untilState } = await startBalancer(weights(1, 0));
  for (const [index, group] of ["blue", "green"].entries()) {
    const target = targets[index];
    if (target !== undefined) balancer.registerTarget(group, target);
    await untilState(group, "healthy");
  }
  const addresses = [{ host: "127.0.0.1", port: Number(new URL(url(0)).port) }];
  const load = start({ addresses, requestsPerSecond: 1000, sticky: { clients: 3, share: 0.5 } });
  await until(load, (report) => report.requests > 200);
  await balancer.applyConfig(weights(0, 1));
  await untilState("blue", "healthy");
  await until(load, ({ byVersion }) => (byVersion["v2"] ?? 0) > 200);
  const before = (await load.snapshot()).byVersion["v1"] ?? 0;
  await until(load, ({ byVersion }) => (byVersion["v1"] ?? 0) > before + 50);
});

describe("a target leaves under load", () => {
  const lost = async (faults?: BalancerFaults) => {
    const answer = (ms: number, version: string) =>
      startTarget((incoming, response) => {
        setTimeout(() => response.setHeader("X-App-Version", version).end(), incoming.url === "/slow" ? ms : 0);
      });
    const [leaving, staying] = await Promise.all([answer(200, "leaving"), answer(200, "staying")]);
    const running = await startBalancer(
      config([forward({ blue: 1 })], [targetGroup("blue", { deregistrationDelaySeconds: 60 })]),
      faults === undefined ? {} : { faults },
    );
    for (const target of [leaving, staying]) running.balancer.registerTarget("blue", target);
    await running.until("blue", "healthy");
    const addresses = [0, 1].map((node) => ({ host: "127.0.0.1", port: Number(new URL(running.url(node)).port) }));
    const load = start({ addresses, requestsPerSecond: 500, slow: { share: 0.5, path: "/slow" } });
    await until(load, (report) => (report.byVersion["leaving"] ?? 0) > 100);
    running.balancer.deregisterTarget("blue", leaving);
    await running.clock.pass(1);
    // Longer than any request under way.
    await wait(400);
    await running.clock.pass(60);
    for (const socket of leaving.connections) socket.destroy();
    leaving.server.close();
    const { requests } = await load.snapshot();
    await until(load, (report) => report.requests > requests + 100);
    return (await load.stop()).failedRequests;
  };

  test("and nothing is lost", async () => {
    expect(await lost()).toBe(0);
  });

  test.each(["cut", "keep-routing"] as const)("and requests are lost when the drain is broken: %s", async (drain) => {
    expect(await lost({ drain })).toBeGreaterThan(10);
  });
});

test("WebSockets that break and streams that end early are cut, not ended", async () => {
  const target = await startTarget((incoming, response) => {
    response.end(incoming.url === "/good" ? "1\nend\n" : "1\n2\n");
  });
  target.server.on("upgrade", (_, socket) => socket.destroy());
  const addresses = [{ host: "127.0.0.1", port: target.port }];
  const good = start({ addresses, requestsPerSecond: 1, webSockets: { count: 1, path: "/ws" }, streams: { count: 1, path: "/good" } });
  const bad = start({ addresses, requestsPerSecond: 1, streams: { count: 1, path: "/bad" } });
  await until(good, ({ streams, webSockets }) => streams.ended > 2 && webSockets.cut.length > 0);
  await until(bad, ({ streams }) => streams.cut.length > 0);
  const [{ streams, webSockets }, second] = [await good.stop(), await bad.stop()];
  expect([streams.cut, webSockets.opened]).toEqual([[], 0]);
  expect(second.streams).toMatchObject({ ended: 0, cut: [{ cause: 'status 200, ended with "1\\n2\\n"' }] });
});
