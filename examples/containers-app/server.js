// The example application: one program that is front end or back end.
// Usage: node server.js [--role frontend|backend] [--release FILE]
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { createApp } from "./src/app.js";
import { readSettings } from "./src/settings.js";
import { stopGracefully } from "./src/stop.js";

const { values } = parseArgs({ options: { role: { type: "string" }, release: { type: "string" } } });
// A release file is what an image carries: its version and defaults. The task definition's environment wins.
const release = values.release === undefined ? {} : JSON.parse(readFileSync(new URL(values.release, import.meta.url), "utf8"));
const { settings, problems } = readSettings({ ...release.environment, ...process.env }, { role: values.role, ...release });
if (problems.length > 0) {
  for (const problem of problems) console.error(problem);
  process.exit(1);
}

const app = createApp(settings);
const server = createServer({
  // Longer than the load balancer's idle time-out of 60 s: else it sends a request on a connection that is being closed, and answers 502.
  keepAliveTimeout: 75_000,
  headersTimeout: 80_000,
});
server.on("request", app.answer);
server.on("upgrade", app.upgrade);
server.on("error", (error) => {
  console.error(`cannot listen on ${settings.host}:${settings.port}: ${error.message}`);
  process.exit(1);
});
// A burst of new connections waits for its turn instead of being refused.
server.listen({ port: settings.port, host: settings.host, backlog: 4096 }, () => {
  console.log(`${settings.role} ${settings.version} listens on ${settings.host}:${server.address().port}`);
});
stopGracefully(server, app, settings);
