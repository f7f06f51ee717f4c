import { once } from "node:events";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { config, forward, listenerArn, targetGroup } from "./builders.ts";
import { endAll, type RunningBalancer, startBalancer, startTarget } from "./real.ts";

// Only so that a busy machine does not fail it.

afterEach(endAll);

const group = (name: string) => targetGroup(name, { deregistrationDelaySeconds: 60 });
const blueGreen = (blue: number, green: number, stickyFor?: number) =>
  config([forward({ blue, green }, stickyFor)], [group("blue"), group("green")]);

/** Two colours with one target each; requests to `/held` wait for `release`. */
async function start(wanted = blueGreen(1, 0), propagation = (_: number) => 0) {
  const held: ServerResponse[] = [];
  const arrived = new Set<() => void>();
  const colour = (name: string) =>
    startTarget((incoming, response) => {
      if (incoming.url !== "/held") {
        response.end(name);
        return;
      }
      held.push(response);
      for (const tell of arrived) tell();
    });
  const [blue, green] = await Promise.all([colour("blue"), colour("green")]);
  const running = await startBalancer(wanted, { propagation });
  running.balancer.registerTarget("blue", blue);
  running.balancer.registerTarget("green", green);
  await running.until("blue", "healthy");
  await running.until("green", "healthy");
  return {
    ...{ ...running, blue, green },
    release: () => held.splice(0).map((response) => response.end("released")),
    /** Sends a request that a target holds by now. */
    hold: async () => {
      const here = new Promise<void>((resolve) => arrived.add(resolve));
      const reply = running.send(0, "/held");
      await here;
      // In an object, or the caller would wait for it.
      return { reply };
    },
  };
}

describe("a draining target", () => {
  test("answers what it has begun, and gets nothing new", async () => {
    const { balancer, blue, clock, send, hold, release } = await start();
    const { reply } = await hold();
    balancer.deregisterTarget("blue", blue);
    await clock.pass(59);
    expect((await send(0, "/")).status).toBe(503);
    release();
    expect(await reply).toMatchObject({ status: 200, body: "released" });
  });

  test("is cut off when the deregistration delay is over", async () => {
    const { balancer, blue, clock, hold } = await start();
    const { reply } = await hold();
    balancer.deregisterTarget("blue", blue);
    await clock.pass(59);
    expect(balancer.targetHealth("blue")).toMatchObject([{ state: "draining" }]);
    await clock.pass(1);
    expect(await reply).toMatchObject({ status: 502, headers: { "x-local-cloud-balancer": "502" } });
    expect(balancer.targetHealth("blue")).toEqual([]);
  });
});

describe("a switch", () => {
  test("reaches each node in its own time, and kept connections with it", async () => {
    const { balancer, clock, send } = await start(blueGreen(1, 0), (node) => 2 + 3 * node);
    const both = async () => [(await send(0, "/")).body, (await send(1, "/")).body];
    await clock.pass(5);
    expect(await both()).toEqual(["blue", "blue"]);
    await balancer.applyConfig(blueGreen(0, 1));
    await clock.pass(1);
    expect(await both()).toEqual(["blue", "blue"]);
    await clock.pass(1);
    expect(await both()).toEqual(["green", "blue"]);
    await clock.pass(3);
    expect(await both()).toEqual(["green", "green"]);
  });

  test("does not move those whom a cookie holds, at either node, until their group leaves the action", async () => {
    const { balancer, clock, send } = await start(blueGreen(1, 0, 3600));
    const first = await send(0, "/");
    const headers = { Cookie: first.headers["set-cookie"]?.[0]?.split(";")[0] ?? "" };
    expect(headers.Cookie).toMatch(/^AWSALBTG=/);
    await balancer.applyConfig(blueGreen(0, 100, 3600));
    await clock.pass(1);
    expect([(await send(0, "/")).body, (await send(0, "/", { headers })).body, (await send(1, "/", { headers })).body]).toEqual([
      "green",
      "blue",
      "blue",
    ]);
    await balancer.applyConfig(config([forward({ green: 100 }, 3600)], [group("blue"), group("green")]));
    await clock.pass(1);
    expect((await send(0, "/", { headers })).body).toBe("green");
  });
});

describe("a WebSocket", () => {
  const open = async ({ url }: RunningBalancer) => {
    const asked = request(`${url(0)}/ws`, { headers: { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Key": "x" } });
    asked.end();
    return (await Promise.race([once(asked, "upgrade"), once(asked, "response")])) as [IncomingMessage, Duplex];
  };
  const echo = async () => {
    const running = await start();
    running.blue.server.on("upgrade", (incoming: IncomingMessage, socket: Duplex) => {
      const path = incoming.url === "/ws" && incoming.headers.upgrade === "websocket";
      socket.write(
        path ? "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n" : "HTTP/1.1 400 Bad Request\r\n\r\n",
      );
      socket.on("error", () => undefined);
      socket.pipe(socket);
    });
    return running;
  };

  test("passes both ways, outlives switch and deregistration, and is cut when the delay is over", async () => {
    const running = await echo();
    const [answer, socket] = await open(running);
    expect(answer.statusCode).toBe(101);
    const say = async (text: string) => {
      socket.write(text);
      return String((await once(socket, "data"))[0]);
    };
    expect(await say("one")).toBe("one");
    await running.balancer.applyConfig(blueGreen(0, 1));
    running.balancer.deregisterTarget("blue", running.blue);
    await running.clock.pass(59);
    expect(await say("two")).toBe("two");
    const closed = once(socket, "close");
    await running.clock.pass(1);
    await closed;
  });

  test("that the target refuses is answered with the target's words", async () => {
    const running = await start();
    const [answer] = await open(running);
    expect(answer.statusCode).toBe(200);
  });

  test("without a target is answered 503", async () => {
    const running = await startBalancer(blueGreen(1, 0));
    const [answer] = await open(running);
    expect([answer.statusCode, answer.headers["x-local-cloud-balancer"]]).toEqual([503, "503"]);
  });
});

test("a listener that is deleted closes its ports", async () => {
  const { balancer, clock, url } = await start();
  const address = url(0);
  await balancer.applyConfig({ loadBalancers: [], targetGroups: [] });
  await clock.pass(1);
  await expect(fetch(address)).rejects.toThrow();
  expect(balancer.addresses(listenerArn)).toEqual([]);
  expect(balancer.targetHealth("blue")).toEqual([]);
});
