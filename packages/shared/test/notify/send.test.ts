import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refusedReceiver } from "../../src/notify/address.ts";
import { networkSend, type SendSettings } from "../../src/notify/send.ts";

let folder = "";
let authority = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "notify-"));
  const openssl = (...args: readonly string[]): void => void execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...key, "-days", "2", "-subj", "/CN=Test CA", "-keyout", "ca.key", "-out", "ca.pem");
  openssl(
    "req",
    ...key,
    "-subj",
    "/CN=hooks.example.com",
    "-addext",
    "subjectAltName=DNS:hooks.example.com,DNS:localhost,IP:127.0.0.1",
    "-keyout",
    "server.key",
    "-out",
    "server.csr",
  );
  openssl(
    "x509",
    "-req",
    "-in",
    "server.csr",
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca.key",
    "-CAcreateserial",
    "-days",
    "2",
    "-copy_extensions",
    "copy",
    "-out",
    "server.pem",
  );
  authority = readFileSync(join(folder, "ca.pem"), "utf8");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const secure = (listener: RequestListener): Promise<number> =>
  listen(createServer({ key: readFileSync(join(folder, "server.key")), cert: readFileSync(join(folder, "server.pem")) }, listener));

const body = async (request: IncomingMessage): Promise<string> => {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
};

const send = (url: string, settings: Partial<SendSettings> = {}) =>
  networkSend({ loopback: true, environment: {}, ca: authority, ...settings })({
    url,
    headers: { "x-event": "rollback" },
    body: '{"größer":1}',
  });

describe("sending", () => {
  test("posts over https, checking the certificate", async () => {
    let seen = {};
    const port = await secure(async (request, response) => {
      seen = { method: request.method, event: request.headers["x-event"], path: request.url, text: await body(request) };
      response.end("thanks");
    });
    expect(await send(`https://localhost:${port}/hook?a=b`)).toEqual({ status: 200, text: "thanks" });
    expect(seen).toEqual({ method: "POST", event: "rollback", path: "/hook?a=b", text: '{"größer":1}' });
  });

  test("does not trust a certificate of nobody", async () => {
    const port = await secure((_, response) => response.end());
    await expect(
      networkSend({ loopback: true, environment: {} })({ url: `https://localhost:${port}/`, headers: {}, body: "" }),
    ).rejects.toThrow(/no connection \((UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET)/);
  });

  test("does not take one name's certificate for another", async () => {
    const port = await secure((_, response) => response.end());
    const resolve: SendSettings["resolve"] = (_, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]);
    await expect(send(`https://other.example.com:${port}/`, { resolve })).rejects.toThrow("no connection (ERR_TLS_CERT_ALTNAME_INVALID)");
    expect(await send(`https://hooks.example.com:${port}/`, { resolve })).toMatchObject({ status: 200 });
  });

  test("follows no redirect", async () => {
    let asked = 0;
    const port = await secure((_, response) => {
      asked++;
      response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end();
    });
    expect((await send(`https://localhost:${port}/`)).status).toBe(302);
    expect(asked).toBe(1);
  });

  test("reads no more of an endless answer than it needs", async () => {
    const port = await secure((_, response) => {
      const more = (): void => {
        if (!response.destroyed) response.write("x".repeat(10_000), () => setImmediate(more));
      };
      more();
    });
    const { text } = await send(`https://localhost:${port}/`);
    expect(text.length).toBeLessThanOrEqual(200);
  });

  test("an answer's text cannot fool the log", async () => {
    const port = await secure((_, response) => response.writeHead(500).end("\u001b[31mno\n::error::x"));
    expect(await send(`https://localhost:${port}/`)).toEqual({ status: 500, text: "no ::error::x" });
  });

  test("says so when nobody listens", async () => {
    const port = await listen(createHttpServer());
    for (const server of servers.splice(0)) server.close();
    await expect(send(`https://localhost:${port}/`)).rejects.toThrow("no connection (ECONNREFUSED)");
  });

  test("goes through a proxy where there is one, and around it where NO_PROXY says so", async () => {
    const port = await secure((_, response) => response.end("through"));
    const asked: string[] = [];
    const proxy = createHttpServer();
    proxy.on("connect", (request, client) => {
      asked.push(request.url ?? "");
      const upstream = connect(port, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        upstream.pipe(client).pipe(upstream);
      });
      upstream.on("error", () => client.destroy());
      client.on("error", () => upstream.destroy());
    });
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${await listen(proxy)}` };
    expect(await send("https://hooks.example.com/", { environment, loopback: false })).toEqual({ status: 200, text: "through" });
    expect(asked).toEqual(["hooks.example.com:443"]);
    await send(`https://localhost:${port}/`, { environment: { ...environment, NO_PROXY: "other.example, localhost" } });
    expect(asked).toHaveLength(1);
  });
});

describe("where nothing is sent", () => {
  test.each`
    url                                       | loopback | says
    ${"http://hooks.example.com/"}            | ${false} | ${"only https addresses are allowed"}
    ${"http://hooks.example.com/"}            | ${true}  | ${"only https addresses are allowed"}
    ${"http://127.0.0.1:1/"}                  | ${false} | ${"only https addresses are allowed"}
    ${"ftp://hooks.example.com/"}             | ${true}  | ${"only https addresses are allowed"}
    ${"https://user:pass@hooks.example.com/"} | ${true}  | ${"an address with a user name or password is not allowed"}
    ${"https://127.0.0.1:1/"}                 | ${false} | ${"an address of the runner itself"}
    ${"https://[::1]:1/"}                     | ${false} | ${"an address of the runner itself"}
    ${"https://2130706433/"}                  | ${false} | ${"an address of the runner itself"}
    ${"https://0x7f.1/"}                      | ${false} | ${"an address of the runner itself"}
    ${"https://169.254.169.254/latest/"}      | ${true}  | ${"a link-local or metadata address"}
    ${"https://[::ffff:169.254.169.254]/"}    | ${true}  | ${"a link-local or metadata address"}
    ${"https://[fd00:ec2::254]/"}             | ${true}  | ${"a link-local or metadata address"}
    ${"https://[fe80::1]/"}                   | ${true}  | ${"a link-local or metadata address"}
    ${"https://224.0.0.1/"}                   | ${true}  | ${"no address of a single public machine"}
    ${"no url"}                               | ${true}  | ${"the address is no URL"}
  `("$url, this machine allowed: $loopback", async ({ url, loopback, says }) => {
    await expect(send(url, { loopback })).rejects.toThrow(says);
  });

  test.each([
    "10.1.2.3",
    "172.31.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "127.0.0.1",
    "0.0.0.0",
    "::1",
    "fd12::1",
    "fe80::1",
    "::ffff:10.0.0.1",
    "::ffff:7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b::169.254.169.254",
    "2002:a00:1::",
  ])("a name that leads to %s", async (address) => {
    const resolve: SendSettings["resolve"] = (_, callback) =>
      callback(null, [
        { address: "198.51.100.7", family: 4 },
        { address, family: address.includes(":") ? 6 : 4 },
      ]);
    await expect(send("https://hooks.example.com:9/", { loopback: false, resolve })).rejects.toThrow("the address leads to");
  });

  test("a name is looked at when the connection is made, not before: what it said earlier does not count", async () => {
    const answers = [
      { address: "198.51.100.7", family: 4 },
      { address: "10.0.0.1", family: 4 },
    ];
    let asked = 0;
    const resolve: SendSettings["resolve"] = (_, callback) =>
      callback(null, [answers[Math.max(0, 1 - asked++)] ?? { address: "", family: 4 }]);
    await expect(send("https://hooks.example.com:9/", { loopback: false, resolve })).rejects.toThrow("a private network");
    expect(asked).toBe(1);
  });

  test.each`
    address               | named    | allowed
    ${"198.51.100.7"}     | ${true}  | ${true}
    ${"2001:db8::1"}      | ${true}  | ${true}
    ${"64:ff9b::808:808"} | ${true}  | ${true}
    ${"10.0.0.1"}         | ${false} | ${true}
    ${"10.0.0.1"}         | ${true}  | ${false}
    ${"fd12::1"}          | ${false} | ${true}
    ${"not an address"}   | ${true}  | ${false}
  `("$address, from a name: $named, is allowed: $allowed", ({ address, named, allowed }) => {
    expect(refusedReceiver(address, named, false) === undefined).toBe(allowed);
  });
});
