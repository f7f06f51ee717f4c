import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";

// Only so that a busy machine does not fail it.

const folder = join(import.meta.dirname, "../../../../examples/containers-app");
const started: ChildProcess[] = [];

async function start(release: string, environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ["server.js", "--release", `releases/${release}.json`], {
    cwd: folder,
    env: { PORT: "0", ...environment },
  });
  started.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data));
  const exited = once(child, "exit").then(([code]) => code as number | null);
  await Promise.race([once(child.stdout, "data"), exited]);
  const port = /listens on 127\.0\.0\.1:(\d+)/.exec(output)?.[1];
  return { child, exited, output: () => output, url: `http://127.0.0.1:${port}`, port: Number(port) };
}

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

describe("the example application", () => {
  test("answers a slow request that began before SIGTERM, and new ones meanwhile, then exits with 0", async () => {
    const app = await start("v1");
    const slow = fetch(`${app.url}/work?ms=700`);
    // Its own answer tells that the slow one has arrived before it.
    await fetch(`${app.url}/api/health`);
    app.child.kill("SIGTERM");
    await once(app.child.stdout as NodeJS.ReadableStream, "data");
    const during = await fetch(`${app.url}/`);
    expect([during.status, during.headers.get("connection")]).toEqual([200, "close"]);
    expect((await slow).status).toBe(200);
    expect(await app.exited).toBe(0);
    await expect(fetch(`${app.url}/`)).rejects.toThrow();
  });

  test("keeps an unused connection longer than the load balancer's 60 s", async () => {
    const app = await start("v1");
    const socket = connect(app.port, "127.0.0.1");
    socket.write("GET /api/health HTTP/1.1\r\nHost: a\r\n\r\n");
    const [answer] = await once(socket, "data");
    socket.destroy();
    expect(Number(/Keep-Alive: timeout=(\d+)/.exec(String(answer))?.[1])).toBeGreaterThan(60);
  });

  test("without what a release requires it says so and exits with 1", async () => {
    const app = await start("v4");
    expect(await app.exited).toBe(1);
    expect(app.output()).toBe("DATABASE_URL is not set\n");
  });

  test.each`
    release | environment                                 | path                      | statuses
    ${"v1"} | ${{}}                                       | ${"/api/health"}          | ${[200, 200, 200, 200, 200, 200, 200, 200, 200, 200]}
    ${"v3"} | ${{}}                                       | ${"/"}                    | ${[200, 200, 200, 500, 200, 200, 500, 200, 200, 500]}
    ${"v3"} | ${{}}                                       | ${"/api/health"}          | ${[200, 200, 200, 200, 200, 200, 200, 200, 200, 200]}
    ${"v6"} | ${{}}                                       | ${"/api/health/database"} | ${[200, 200, 200, 200, 200, 200, 200, 200, 200, 200]}
    ${"v6"} | ${{ LOSE_DATABASE_AFTER_SECONDS: "0.001" }} | ${"/api/health/database"} | ${[503, 503, 503, 503, 503, 503, 503, 503, 503, 503]}
    ${"v6"} | ${{ LOSE_DATABASE_AFTER_SECONDS: "0.001" }} | ${"/api/health"}          | ${[200, 200, 200, 200, 200, 200, 200, 200, 200, 200]}
    ${"v6"} | ${{ LOSE_DATABASE_AFTER_SECONDS: "0.001" }} | ${"/api/cart"}            | ${[500, 500, 500, 500, 500, 500, 500, 500, 500, 500]}
  `("$release with $environment answers ten times $path with $statuses", async ({ release, environment, path, statuses }) => {
    const app = await start(release, environment);
    const seen: number[] = [];
    for (let count = 0; count < 10; count += 1) {
      const answer = await fetch(app.url + path);
      expect(answer.headers.get("x-app-version")).toBe(release);
      seen.push(answer.status);
      await answer.arrayBuffer();
    }
    expect(seen).toEqual(statuses);
  });

  test("images are named by the digest of their release", () => {
    const { images } = JSON.parse(readFileSync(join(folder, "images.json"), "utf8")) as { images: { digest: string; command: string[] }[] };
    expect(images).toHaveLength(6);
    for (const image of images) {
      const content = readFileSync(join(folder, image.command.at(-1) ?? ""));
      expect(image.digest).toBe(`sha256:${createHash("sha256").update(content).digest("hex")}`);
    }
  });
});
