import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, LookupFunction } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/clock.ts";
import { checkHttp, type HttpOptions, type HttpResult, refusedCheck } from "../../src/health/http.ts";
import { refusedAddress } from "../../src/health/http-address.ts";
import { parseHealthCheck } from "../../src/health/http-syntax.ts";

const open: { close(callback: () => void): unknown; closeAllConnections?(): void }[] = [];
afterAll(async () => {
  for (const server of open) {
    server.closeAllConnections?.();
    await new Promise<void>((done) => server.close(() => done()));
  }
});

async function listen(
  server: { listen(port: number, host: string, ready: () => void): unknown; address(): unknown } & (typeof open)[number],
): Promise<number> {
  open.push(server);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return (server.address() as AddressInfo).port;
}

const answers: Record<string, RequestListener> = {
  "/ok": (_, response) => response.end('{"status":"ok","version":7,"nested":{"list":[true]}}'),
  "/teapot": (_, response) => response.writeHead(418).end("\u001b[31m::error::no tea"),
  "/text": (_, response) => response.end("::error::pwned\u001b[0m\u202e"),
  "/moved": (_, response) => response.writeHead(302, { location: "/ok" }).end(),
  "/huge": (_, response) => response.end(`{"status":"ok","pad":"${"x".repeat(400_000)}"}`),
  "/endless": (_, response) => {
    const more = (): void => void (response.writable && response.write("x".repeat(65_536), more));
    more();
  },
  "/never": () => undefined,
  "/dribble": (_, response) => void response.write("{"),
  "/broken": (request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("{");
    setTimeout(() => request.socket.destroy(), 20);
  },
  "/header": (request, response) => response.end(JSON.stringify({ got: request.headers["x-key"], host: request.headers.host })),
};

let server: Server;
let base: string;
beforeAll(async () => {
  server = createServer((request, response) => (answers[request.url ?? ""] ?? answers["/ok"])?.(request, response));
  base = `http://127.0.0.1:${await listen(server)}`;
});

const run = (line: string, options: Partial<HttpOptions> = {}): Promise<HttpResult> =>
  checkHttp(parseHealthCheck(line), { clock: systemClock(), timeout: 5, allowLoopback: true, ...options });

describe("a check over HTTP", () => {
  test.each`
    line                                                      | result
    ${"/ok"}                                                  | ${{ ok: true, status: 200 }}
    ${"/ok $.status=ok $.version=7 $.nested.list[0]=true"}    | ${{ ok: true }}
    ${"/ok $.status=up"}                                      | ${{ ok: false, cause: "body", detail: "$.status is ok instead of up" }}
    ${"/ok $.missing=up"}                                     | ${{ ok: false, cause: "body", detail: "$.missing is nothing instead of up" }}
    ${"/teapot"}                                              | ${{ ok: false, cause: "status", status: 418, detail: "status 418 instead of 200" }}
    ${"/teapot status=2xx,418"}                               | ${{ ok: true, status: 418 }}
    ${"/text $.a=b"}                                          | ${{ ok: false, cause: "body", detail: "the answer is not JSON: ::error::pwned" }}
    ${"/moved"}                                               | ${{ ok: false, cause: "status", status: 302, detail: "status 302 (redirected to /ok, which is not followed) instead of 200" }}
    ${"/moved status=3xx"}                                    | ${{ ok: true }}
    ${"/huge"}                                                | ${{ ok: true }}
    ${"/huge $.status=ok"}                                    | ${{ ok: false, cause: "body", detail: "the answer is too large to be read as JSON" }}
    ${"/endless"}                                             | ${{ ok: true }}
    ${"/broken"}                                              | ${{ ok: false, cause: "connection" }}
    ${"/header header:X-Key=v $.got=v"}                       | ${{ ok: true }}
    ${"/header header:Host=shop.example $.host=shop.example"} | ${{ ok: true }}
  `("$line", async ({ line, result }) => {
    const [path, ...rest] = (line as string).split(" ");
    expect(await run(`c ${base}${path} ${rest.join(" ")}`)).toMatchObject(result);
  });

  test.each(["/never", "/dribble"])("%s ends with the time limit", async (path) => {
    const result = await run(`c ${base}${path}`, { clock: systemClock(20), timeout: 2 });
    expect(result).toMatchObject({ ok: false, cause: "timeout", detail: "no complete answer within 2 s" });
    expect(result.latency).toBeGreaterThanOrEqual(1.9);
  });

  test("a header's value is in no result", async () => {
    expect(JSON.stringify(await run(`c ${base}/teapot header:Authorization="Bearer s3cret"`))).not.toContain("s3cret");
  });

  test("it stops when told to", async () => {
    const stop = new AbortController();
    const result = run(`c ${base}/never`, { signal: stop.signal });
    stop.abort();
    expect(await result).toMatchObject({ ok: false, detail: "stopped" });
  });

  test("nobody listens", async () => {
    const closed = createTcpServer();
    const port = await listen(closed);
    await new Promise<void>((done) => closed.close(() => done()));
    open.pop();
    expect(await run(`c http://127.0.0.1:${port}/`)).toMatchObject({ ok: false, cause: "connection" });
  });

  test("no such name", async () => {
    const lookup: LookupFunction = (_, __, callback) => callback(Object.assign(new Error("no"), { code: "ENOTFOUND" }), []);
    expect(await run("c http://shop.example/", { lookup })).toMatchObject({
      ok: false,
      cause: "name",
      detail: "the name does not resolve (ENOTFOUND)",
    });
  });

  test("through a proxy, when the environment names one", async () => {
    const seen: string[] = [];
    const proxy = createServer((request, response) => {
      seen.push(request.url ?? "");
      response.end('{"via":"proxy"}');
    });
    const port = await listen(proxy);
    const lookup: LookupFunction = (_, __, callback) => callback(Object.assign(new Error("no"), { code: "ENOTFOUND" }), []);
    const result = await run("c http://inside.example/health $.via=proxy", {
      lookup,
      proxy: { HTTP_PROXY: `http://127.0.0.1:${port}` },
      allowLoopback: false,
    });
    expect(result).toMatchObject({ ok: true });
    expect(seen).toEqual(["http://inside.example/health"]);
  });

  test("a certificate that nobody vouches for", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tls-"));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const options = [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=localhost",
    ];
    execFileSync("openssl", [...options, "-keyout", key, "-out", cert], { stdio: "ignore" });
    const port = await listen(
      createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => response.end("ok")),
    );
    expect(await run(`c https://127.0.0.1:${port}/`)).toMatchObject({ ok: false, cause: "tls" });
  });
});

describe("addresses that are never asked", () => {
  test.each`
    address                     | refused
    ${"169.254.169.254"}        | ${true}
    ${"169.254.170.2"}          | ${true}
    ${"fe80::1%eth0"}           | ${true}
    ${"fd00:ec2::254"}          | ${true}
    ${"::ffff:169.254.169.254"} | ${true}
    ${"::ffff:a9fe:a9fe"}       | ${true}
    ${"64:ff9b::a9fe:a9fe"}     | ${true}
    ${"168.63.129.16"}          | ${true}
    ${"10.0.0.7"}               | ${false}
    ${"fd12::1"}                | ${false}
    ${"93.184.216.34"}          | ${false}
  `("$address: $refused", ({ address, refused }) => {
    expect(refusedAddress(address, true) !== undefined).toBe(refused);
  });

  test.each(["127.0.0.1", "127.8.8.8", "::1", "0.0.0.0", "::", "::ffff:127.0.0.1"])("%s only where AWS is on this machine", (address) => {
    expect(refusedAddress(address, false)).toBe("an address of the runner itself");
    expect(refusedAddress(address, true)).toBeUndefined();
  });

  test.each([
    "http://169.254.169.254/",
    "http://2852039166/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://0xa9fea9fe/",
    "http://[fd00:ec2::254]/",
  ])("%s", async (url) => {
    expect(await run(`c ${url}`)).toMatchObject({ ok: false, cause: "refused", detail: expect.stringContaining("no request was sent") });
    expect(await refusedCheck(parseHealthCheck(`c ${url}`), { allowLoopback: true })).toContain("metadata");
  });

  test("a name that resolves there, alone or among others", async () => {
    const lookup =
      (...addresses: string[]): LookupFunction =>
      (_, __, callback) =>
        callback(
          null,
          addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
        );
    expect(await run("c http://harmless.example/", { lookup: lookup("10.0.0.1", "169.254.169.254") })).toMatchObject({ cause: "refused" });
    expect(await run("c http://harmless.example/", { lookup: lookup("127.0.0.1"), allowLoopback: false })).toMatchObject({
      cause: "refused",
    });
    expect(
      await refusedCheck(parseHealthCheck("c http://harmless.example/"), { lookup: lookup("fe80::1"), allowLoopback: true }),
    ).toContain("harmless.example (fe80::1)");
    const port = new URL(base).port;
    expect(await run(`c http://harmless.example:${port}/ok`, { lookup: lookup("127.0.0.1") })).toMatchObject({ ok: true });
  });

  test("a redirect there is not followed", async () => {
    const port = await listen(
      createServer((_, response) => response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data" }).end()),
    );
    expect(await run(`c http://127.0.0.1:${port}/ status=200`)).toMatchObject({ cause: "status", status: 302 });
  });
});
