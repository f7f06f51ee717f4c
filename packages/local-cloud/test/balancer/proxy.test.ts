import { EventEmitter, once } from "node:events";
import { type ClientRequest, get } from "node:http";
import { failWith } from "../../src/balancer/proxy.ts";
import { connectTimeout } from "../../src/balancer/upstream.ts";
import { config, forward, targetGroup } from "./builders.ts";
import { endAll, type RunningTarget, startBalancer, startRawTarget, startTarget } from "./real.ts";

// Only so that a busy machine does not fail it.

afterEach(endAll);

const blue = (more: Parameters<typeof config>[2] = {}) =>
  config([forward({ blue: 1 })], [targetGroup("blue", { deregistrationDelaySeconds: 60 })], more);

async function balancerFor(targets: readonly RunningTarget[], wanted = blue()) {
  const running = await startBalancer(wanted);
  for (const target of targets) running.balancer.registerTarget("blue", target);
  await running.until("blue", "healthy");
  return running;
}

describe("a request", () => {
  test("arrives with its method, path, body and headers, and with those that the balancer adds", async () => {
    const target = await startTarget((incoming, response) => {
      let body = "";
      incoming.on("data", (data: Buffer) => {
        body += data.toString();
      });
      incoming.on("end", () =>
        response.end(JSON.stringify({ method: incoming.method, url: incoming.url, headers: incoming.headers, body })),
      );
    });
    const { send } = await balancerFor([target]);
    const headers = { "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Mine": "kept", "Keep-Alive": "x" };
    const reply = await send(0, "/a/b?c=d", { method: "PUT", body: "hello", headers });
    expect(JSON.parse(reply.body)).toMatchObject({ method: "PUT", url: "/a/b?c=d", body: "hello" });
    const seen = JSON.parse(reply.body).headers;
    expect(seen).toMatchObject({
      "x-forwarded-for": "203.0.113.7, 127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-port": "80",
      "x-mine": "kept",
    });
    expect(seen["x-amzn-trace-id"]).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(seen).not.toHaveProperty("keep-alive");
  });

  test("of unknown length passes in chunks, and so does its answer", async () => {
    const target = await startTarget((incoming, response) => incoming.pipe(response));
    const { url } = await balancerFor([target]);
    const body = new ReadableStream({
      start: (stream) => {
        stream.enqueue(Buffer.from("one,"));
        stream.enqueue(Buffer.from("two"));
        stream.close();
      },
    });
    // Node's fetch wants `duplex` for a body that is a stream.
    const reply = await fetch(url(0), { method: "POST", body, duplex: "half" } as RequestInit);
    expect(await reply.text()).toBe("one,two");
  });

  test("gets its answer with every header, several cookies included, whatever the status", async () => {
    const target = await startTarget((_, response) =>
      response.writeHead(418, "Teapot", { "Set-Cookie": ["a=1", "b=2"], "X-App": "yes" }).end("no coffee"),
    );
    const { send } = await balancerFor([target]);
    const { status, headers, body } = await send(0, "/");
    expect({ status, body }).toEqual({ status: 418, body: "no coffee" });
    expect(headers).toMatchObject({ "set-cookie": ["a=1", "b=2"], "x-app": "yes" });
    expect(headers).not.toHaveProperty("x-local-cloud-balancer");
  });

  test("sees a stream as it comes, not at its end", async () => {
    let finish = (): void => undefined;
    const target = await startTarget((_, response) => {
      response.write("first");
      finish = () => response.end("last");
    });
    const { url } = await balancerFor([target]);
    const [answer] = await once(get(url(0), { agent: false }), "response");
    const seen: string[] = [];
    for await (const chunk of answer) {
      seen.push(String(chunk));
      finish();
    }
    expect(seen).toEqual(["first", "last"]);
  });

  test("is ended at the target when the client goes away", async () => {
    const arrived = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    const target = await startTarget((_, response) => {
      response.on("close", gone.resolve);
      arrived.resolve();
    });
    const { url } = await balancerFor([target]);
    const client = get(url(0), { agent: false });
    client.on("error", () => undefined);
    await arrived.promise;
    client.destroy();
    await gone.promise;
  });

  test("that a redirect or a fixed answer takes never reaches a target", async () => {
    const rule = (arn: string, priority: number, path: string) => ({
      arn,
      priority,
      conditions: [{ Field: "path-pattern" as const, Values: [path] }],
    });
    const rules = [
      {
        ...rule("r1", 1, "/old"),
        actions: [{ Type: "redirect" as const, RedirectConfig: { Path: "/new", StatusCode: "HTTP_301" as const } }],
      },
      {
        ...rule("r2", 2, "/off"),
        actions: [{ Type: "fixed-response" as const, FixedResponseConfig: { StatusCode: "410", MessageBody: "gone" } }],
      },
    ];
    const { send } = await startBalancer(blue({ rules }));
    expect(await send(0, "/old?a=b")).toMatchObject({ status: 301, headers: { location: "http://127.0.0.1:80/new?a=b" } });
    expect(await send(0, "/off")).toMatchObject({ status: 410, body: "gone" });
  });
});

describe("connections", () => {
  test("are kept on both sides, even if the target announces a short keep-alive; health checks use their own", async () => {
    const target = await startTarget((_, response) => {
      response.setHeader("Keep-Alive", "timeout=1");
      response.end();
    });
    const { send } = await balancerFor([target]);
    const before = target.connections.length;
    for (let count = 0; count < 5; count += 1) expect((await send(0, "/")).headers.connection).toBe("keep-alive");
    expect(target.connections.length - before).toBe(1);
  });

  test("to the client stay when the target closes its own after an answer", async () => {
    const target = await startTarget((_, response) => response.setHeader("Connection", "close").end());
    const { send } = await balancerFor([target]);
    expect((await send(0, "/")).headers.connection).toBe("keep-alive");
    expect((await send(0, "/")).status).toBe(200);
  });
});

describe("what the balancer answers itself", () => {
  const own = { "x-local-cloud-balancer": expect.any(String) };

  test("503 without targets", async () => {
    const { send, balancer } = await startBalancer(blue());
    expect(await send(0, "/")).toMatchObject({
      status: 503,
      headers: {
        "x-local-cloud-balancer": "503",
        "x-local-cloud-balancer-cause": expect.stringMatching(/no registered targets/),
      },
    });
    expect(sums(balancer.takeMetrics())).toMatchObject({ HTTPCode_ELB_5XX_Count: 1, HTTPCode_ELB_503_Count: 1 });
  });

  test("502 when nobody listens at the target, counted as a connection error", async () => {
    const target = await startTarget((_, response) => response.end());
    const { send, balancer } = await balancerFor([target]);
    balancer.takeMetrics();
    target.server.close();
    for (const socket of target.connections) socket.destroy();
    expect(await send(0, "/")).toMatchObject({ status: 502, headers: own });
    expect(sums(balancer.takeMetrics())).toMatchObject({ HTTPCode_ELB_502_Count: 1, TargetConnectionErrorCount: 1, RequestCount: 1 });
  });

  test.each`
    does                               | answer
    ${"closes without an answer"}      | ${undefined}
    ${"breaks off within the headers"} | ${"HTTP/1.1 200 OK\r\nContent-"}
    ${"says what is no HTTP"}          | ${"hello\r\n\r\n"}
    ${"gives two lengths"}             | ${"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"}
  `("502 when the target $does", async ({ answer }) => {
    const target = await startRawTarget((socket) => socket.end(answer));
    const { send } = await balancerFor([target]);
    expect(await send(0, "/")).toMatchObject({ status: 502, headers: own });
  });

  test("502, and no second try, when the target closes a kept connection just as a request is sent", async () => {
    let requests = 0;
    const target = await startRawTarget((socket) => {
      requests += 1;
      if (requests === 1) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      else socket.resetAndDestroy();
    });
    const { send } = await balancerFor([target]);
    expect((await send(0, "/")).body).toBe("ok");
    expect(await send(0, "/")).toMatchObject({ status: 502, headers: own });
    expect(requests).toBe(2);
  });

  test("a broken connection when the target breaks off within the answer", async () => {
    const target = await startRawTarget((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
      setTimeout(() => socket.destroy(), 20);
    });
    const { send } = await balancerFor([target]);
    await expect(send(0, "/")).rejects.toThrow(/aborted|hang up/);
  });

  test("504 when the target is silent for the idle time-out", async () => {
    const target = await startTarget(() => undefined);
    const { send, balancer } = await balancerFor([target], blue({ idleTimeoutSeconds: 0.1 }));
    balancer.takeMetrics();
    expect(await send(0, "/")).toMatchObject({ status: 504, headers: own });
    expect(sums(balancer.takeMetrics())).toMatchObject({ HTTPCode_ELB_504_Count: 1, RequestCount: 1 });
  });

  test.each`
    happens                                         | status | connected
    ${{ code: connectTimeout }}                     | ${504} | ${false}
    ${{ code: "ECONNREFUSED", syscall: "connect" }} | ${502} | ${false}
    ${{ code: "ECONNRESET", syscall: "read" }}      | ${502} | ${true}
  `("$status when the request ends with $happens", ({ happens, status, connected }) => {
    const outgoing = new EventEmitter();
    const seen: unknown[] = [];
    failWith(outgoing as ClientRequest, (...failure) => seen.push(failure));
    outgoing.emit("error", Object.assign(new Error("it failed"), happens));
    outgoing.emit("error", new Error("again"));
    expect(seen).toEqual([[status, expect.any(String), connected]]);
  });
});

test("metrics carry the dimensions that CloudWatch uses", async () => {
  const group = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/abc";
  const target = await startTarget((incoming, response) => response.writeHead(incoming.url === "/bad" ? 500 : 200).end());
  const { send, balancer, until } = await startBalancer(config([forward({ [group]: 1 })], [targetGroup(group)]));
  balancer.registerTarget(group, target);
  await until(group, "healthy");
  balancer.takeMetrics();
  for (const path of ["/", "/", "/bad"]) await send(0, path);
  const samples = balancer.takeMetrics();
  const perGroup = samples.filter((sample) => sample.dimensions.TargetGroup === "targetgroup/blue/abc");
  expect(sums(perGroup)).toMatchObject({
    RequestCount: 3,
    HTTPCode_Target_2XX_Count: 2,
    HTTPCode_Target_5XX_Count: 1,
    HealthyHostCount: 1,
  });
  expect(new Set(samples.map((sample) => sample.dimensions.LoadBalancer))).toEqual(new Set(["app/shop/1"]));
  const times = perGroup.find((sample) => sample.name === "TargetResponseTime");
  expect(times?.counts.reduce((sum, count) => sum + count, 0)).toBe(3);
  expect(balancer.takeMetrics().map((sample) => sample.name)).toEqual(["HealthyHostCount", "UnHealthyHostCount"]);
});

const sums = (samples: readonly { name: string; values: readonly number[]; dimensions: { TargetGroup?: string } }[]) =>
  Object.fromEntries(samples.map((sample) => [sample.name, sample.values.reduce((sum, value) => sum + value, 0)]));
