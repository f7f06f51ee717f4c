import { setTimeout as wait } from "node:timers/promises";
import { openWebSocket } from "./websocket.js";

const longestWork = 600_000;

/** What the program answers; knows nothing of ports and signals. */
export function createApp(settings) {
  const startedAt = performance.now();
  const webSockets = new Set();
  const state = { stopping: false, inFlight: 0, lastRequestAt: startedAt, pages: 0 };

  const databaseLost = () => settings.loseDatabaseAfter > 0 && performance.now() - startedAt >= settings.loseDatabaseAfter * 1000;

  const send = (response, status, body) => {
    const text = `${JSON.stringify(body)}\n`;
    response.writeHead(status, { ...headers(), "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) }).end(text);
  };
  // While stopping, each answer tells the load balancer not to use its connection again.
  const headers = () => ({ "X-App-Version": settings.version, ...(state.stopping ? { Connection: "close" } : {}) });
  const about = () => ({ version: settings.version, role: settings.role, pid: process.pid });

  const page = async (response, extraDelay) => {
    state.pages += 1;
    const count = state.pages;
    // Evenly spread rather than by chance: a test that counts is not flaky.
    const fails = Math.floor((count * settings.failPercent) / 100) > Math.floor(((count - 1) * settings.failPercent) / 100);
    if (settings.delayMs + extraDelay > 0) await wait(settings.delayMs + extraDelay);
    if (databaseLost()) send(response, 500, { ...about(), error: "the database does not answer" });
    else if (fails) send(response, 500, { ...about(), error: "something went wrong" });
    else send(response, 200, { ...about(), status: "ok" });
  };

  const stream = async (response, url) => {
    const until = performance.now() + bounded(url.searchParams.get("ms"), 5000);
    response.writeHead(200, { ...headers(), "Content-Type": "text/plain" });
    for (let line = 1; performance.now() < until && !response.destroyed; line += 1) {
      response.write(`${line} ${settings.version}\n`);
      await wait(bounded(url.searchParams.get("every"), 100));
    }
    response.end("end\n");
  };

  const health = settings.role === "frontend" ? "/api/health" : "/health";
  const route = (request, response) => {
    request.resume();
    const url = new URL(request.url ?? "/", "http://localhost");
    switch (url.pathname) {
      case health:
        return send(response, 200, { status: settings.role === "frontend" ? "ok" : "healthy" });
      case `${health}/database`:
        return databaseLost()
          ? send(response, 503, { status: "unavailable", database: "connection refused", version: settings.version })
          : send(response, 200, { status: "ok", database: "connected", version: settings.version });
      case "/work":
        return page(response, bounded(url.searchParams.get("ms"), 1000));
      case "/stream":
        return stream(response, url);
      default:
        return url.pathname === "/" || url.pathname.startsWith("/api/") ? page(response, 0) : send(response, 404, { error: "not found" });
    }
  };

  return {
    state,
    webSockets,
    answer: (request, response) => {
      state.inFlight += 1;
      state.lastRequestAt = performance.now();
      response.on("close", () => {
        state.inFlight -= 1;
      });
      Promise.resolve(route(request, response)).catch((error) => {
        console.error(`${request.url}: ${error.message}`);
        response.destroy();
      });
    },
    upgrade: (request, socket, head) => {
      if (new URL(request.url ?? "/", "http://localhost").pathname === "/ws") openWebSocket(request, socket, head, webSockets, headers());
      else socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    },
  };
}

function bounded(text, fallback) {
  const value = text === null ? fallback : Number(text);
  return value >= 0 && value <= longestWork ? value : fallback;
}
