import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "../../src/clock.ts";
import { controlProbe, regionalEndpoints } from "../../src/health/control.ts";
import type { HttpResult } from "../../src/health/http.ts";
import { type Prober, type ProberOptions, startProber } from "../../src/health/prober.ts";
import { type VirtualClock, virtualClock } from "./virtual-clock.ts";

const good: HttpResult = { ok: true, latency: 0, status: 200 };

/** A target that answers after a delay of virtual time, and counts who waits for it. */
function target(clock: VirtualClock, name = "web", delay = 0, result: HttpResult = good) {
  const state = { begun: [] as number[], waiting: 0, most: 0 };
  const run = async (signal: AbortSignal): Promise<HttpResult> => {
    state.begun.push(clock.now());
    state.most = Math.max(state.most, ++state.waiting);
    if (delay > 0) await clock.sleep(delay, signal).catch(() => undefined);
    state.waiting--;
    return { ...result, latency: delay };
  };
  return { name, run, state };
}

const running: Prober[] = [];
const start = (options: ProberOptions): Prober => {
  const prober = startProber(options);
  running.push(prober);
  return prober;
};
afterEach(async () => {
  for (const prober of running.splice(0)) await prober.stop();
});

describe("the prober", () => {
  test("makes a round at once and then every interval", async () => {
    const clock = virtualClock(1000);
    const prober = start({ clock, targets: [target(clock, "web"), target(clock, "api")], interval: 10 });
    await clock.advance(25);
    expect(prober.samples().map(({ time, check, ok, control }) => [time, check, ok, control])).toEqual(
      [1000, 1010, 1020].flatMap((time) => [
        [time, "web", true, "none"],
        [time, "api", true, "none"],
      ]),
    );
  });

  test("quickens at once when told to, and slows down again", async () => {
    const clock = virtualClock();
    const web = target(clock);
    const prober = start({ clock, targets: [web], interval: 10 });
    await clock.advance(4);
    prober.pace(1);
    await clock.advance(3.5);
    prober.pace(10);
    await clock.advance(20);
    expect(web.state.begun).toEqual([0, 4, 5, 6, 7, 17, 27]);
  });

  test("does not wait for slow answers, but never has more than its share under way", async () => {
    const clock = virtualClock();
    const [slow, quick] = [target(clock, "slow", 6), target(clock, "quick")];
    const prober = start({ clock, targets: [slow, quick], interval: 1, mostInFlight: 8 });
    await clock.advance(20.5);
    expect(slow.state.most).toBe(4);
    expect(quick.state.begun).toHaveLength(21);
    expect(prober.samples().filter((sample) => sample.check === "slow")).toHaveLength(11);
  });

  test("keeps samples in the order of their requests, whenever answers come", async () => {
    const clock = virtualClock();
    let turn = 0;
    const run = async (): Promise<HttpResult> => {
      const delay = turn++ % 2 === 0 ? 1.5 : 0;
      await clock.sleep(delay);
      return { ...good, latency: delay };
    };
    const prober = start({ clock, targets: [{ name: "web", run }], interval: 1 });
    await clock.advance(8);
    const times = prober.samples().map((sample) => sample.time);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.length).toBeGreaterThan(6);
  });

  test("marks each sample with the control probe of its own round", async () => {
    const clock = virtualClock();
    const control = async () => !(clock.now() >= 2 && clock.now() < 4);
    const prober = start({ clock, targets: [target(clock)], control, interval: 1 });
    await clock.advance(5.5);
    expect(prober.samples().map((sample) => sample.control)).toEqual(["ok", "ok", "failed", "failed", "ok", "ok"]);
  });

  test("a check or a control probe that throws is a failure, not the end", async () => {
    const clock = virtualClock();
    const prober = start({
      clock,
      targets: [{ name: "web", run: () => Promise.reject(new Error("boom")) }],
      control: () => Promise.reject(new Error("boom")),
      interval: 1,
    });
    await clock.advance(1.5);
    expect(prober.samples()).toMatchObject([
      { ok: false, cause: "connection", control: "failed" },
      { ok: false, cause: "connection", control: "failed" },
    ]);
  });

  test("what is under way when it stops leaves no sample", async () => {
    const clock = virtualClock();
    const prober = start({ clock, targets: [target(clock, "web", 60)], interval: 1 });
    await clock.advance(3);
    await prober.stop();
    await prober.stop();
    await clock.advance(100);
    expect(prober.samples()).toEqual([]);
  });

  test("keeps only so many", async () => {
    const clock = virtualClock();
    const prober = start({ clock, targets: [target(clock)], interval: 1, keep: 5 });
    await clock.advance(20.5);
    expect(prober.samples().map((sample) => sample.time)).toEqual([16, 17, 18, 19, 20]);
  });
});

describe("the control probe", () => {
  const options = { clock: systemClock(), timeout: 2, allowLoopback: true };
  test("any answer of any target proves the network; none does not", async () => {
    const server = createServer((_, response) => response.writeHead(500).end());
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const there = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const nowhere = "http://127.0.0.1:1/";
    expect(await controlProbe([there], options)()).toBe(true);
    expect(await controlProbe([nowhere, there], options)()).toBe(true);
    expect(await controlProbe([nowhere], options)()).toBe(false);
    await new Promise((done) => server.close(done));
  });

  test.each`
    region            | endpoint                   | urls
    ${"eu-central-1"} | ${undefined}               | ${["https://sts.eu-central-1.amazonaws.com/", "https://dynamodb.eu-central-1.amazonaws.com/ping"]}
    ${"cn-north-1"}   | ${undefined}               | ${["https://sts.cn-north-1.amazonaws.com.cn/", "https://dynamodb.cn-north-1.amazonaws.com.cn/ping"]}
    ${"eu-central-1"} | ${"http://127.0.0.1:4566"} | ${["http://127.0.0.1:4566"]}
  `("of $region at $endpoint asks $urls", ({ region, endpoint, urls }) => {
    expect(regionalEndpoints(region, endpoint)).toEqual(urls);
  });
});
