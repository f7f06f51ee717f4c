// A small application for the tests of the local cloud.
import { createServer } from "node:http";

const args = process.argv.slice(2);
const exit = args.find((arg) => arg.startsWith("--exit="));
if (exit !== undefined) {
  console.log(`${process.env.GREETING} ends`);
  process.exit(Number(exit.slice("--exit=".length)));
}
const page = { version: args[0], greeting: process.env.GREETING, secret: process.env.SESSION_SECRET };
const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  response.end(JSON.stringify(request.url === "/health" ? { status: "ok" } : page));
});
server.listen(Number(process.env.PORT ?? 8080), process.env.HOST, () => console.log(`${args[0]} listens`));
process.on("SIGTERM", () => {
  if (!args.includes("--ignore-sigterm")) process.exit(0);
});
