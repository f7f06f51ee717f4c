import { createServer as plainServer, type Server } from "node:net";
import { createServer, type Server as TlsServer } from "node:tls";
import { systemClock } from "../../src/clock.ts";
import { type CertificateOptions, checkCertificate, judgeCertificate } from "../../src/health/certificate/check.ts";
import { tlsFault } from "../../src/health/certificate/errors.ts";
import { type Authority, type Identity, makeAuthority } from "./servers/certificates.ts";
import { freePort } from "./servers/postgres.ts";

let authority: Authority;
const open: (Server | TlsServer)[] = [];

beforeAll(async () => {
  authority = await makeAuthority();
});
afterAll(() => {
  for (const server of open) server.close();
});

const listen = async (server: Server | TlsServer): Promise<number> => {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};
const serve = async ({ certificate, key }: Identity): Promise<number> => {
  const server = createServer({ cert: certificate, key });
  server.on("tlsClientError", () => undefined);
  return await listen(server);
};
const options = (more: Partial<CertificateOptions> = {}): CertificateOptions => ({
  clock: systemClock(),
  timeout: 5,
  warnDays: 30,
  allowLoopback: true,
  ca: [authority.certificate],
  ...more,
});

describe("a server's certificate", () => {
  test.each`
    names                    | days  | state          | detail                                        | because
    ${["localhost"]}         | ${90} | ${"healthy"}   | ${/is good until \d{4}-.*, for (89|90) days/} | ${"it is good for long"}
    ${["localhost"]}         | ${20} | ${"unhealthy"} | ${/in (19|20) days; 30 are asked for/}        | ${"it ends soon"}
    ${["localhost"]}         | ${-1} | ${"unhealthy"} | ${/has expired/}                              | ${"it has ended"}
    ${["other.example.org"]} | ${90} | ${"unhealthy"} | ${/is for another host/}                      | ${"it names another host"}
  `("for $names, $days days, is $state: $because", async ({ names, days, state, detail }) => {
    const port = await serve(await authority.sign(names, days));
    expect(await checkCertificate({ host: "localhost", port }, options())).toMatchObject({ state, detail: expect.stringMatching(detail) });
  });

  test("of an authority that nobody trusts is unhealthy", async () => {
    const port = await serve(await authority.sign(["localhost"]));
    const { ca: _, ...untrusting } = options();
    expect(await checkCertificate({ host: "localhost", port }, untrusting)).toMatchObject({
      state: "unhealthy",
      detail: expect.stringMatching(/signed by nobody/),
    });
  });

  test("is missed where the server speaks no TLS, hangs up, or says nothing", async () => {
    const talks = await listen(plainServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
    const hangs = await listen(plainServer((socket) => socket.destroy()));
    const silent = await listen(plainServer((socket) => socket.on("error", () => undefined)));
    expect((await checkCertificate({ host: "localhost", port: talks }, options())).detail).toMatch(/does not speak TLS/);
    expect((await checkCertificate({ host: "localhost", port: hangs }, options())).state).toBe("unhealthy");
    expect(await checkCertificate({ host: "localhost", port: silent }, options({ timeout: 0.2 }))).toMatchObject({ state: "unreachable" });
    expect(await checkCertificate({ host: "localhost", port: await freePort() }, options())).toMatchObject({ state: "unreachable" });
  });

  test.each(["localhost", "127.0.0.1", "169.254.169.254", "::1"])("is not asked for at %s, the runner's own address", async (host) => {
    const port = await serve(await authority.sign(["localhost"]));
    expect(await checkCertificate({ host, port }, options({ allowLoopback: false }))).toMatchObject({
      state: "unhealthy",
      detail: expect.stringMatching(/leads to an address of the runner/),
    });
  });
});

const at = (date: string): number => Date.parse(date) / 1000;
test.each`
  now                       | warnDays | state          | because
  ${"2026-11-01T00:00:00Z"} | ${30}    | ${"healthy"}   | ${"30 days are left, as asked"}
  ${"2026-11-01T00:00:01Z"} | ${30}    | ${"unhealthy"} | ${"a second less"}
  ${"2026-12-01T00:00:00Z"} | ${0}     | ${"healthy"}   | ${"it ends now, and nothing more is asked"}
  ${"2026-12-01T00:00:01Z"} | ${0}     | ${"unhealthy"} | ${"it has ended"}
`("a certificate until 2026-12-01, seen $now with $warnDays days asked, is $state: $because", ({ now, warnDays, state }) => {
  expect(judgeCertificate({ valid_to: "Dec  1 00:00:00 2026 GMT" }, at(now), warnDays).state).toBe(state);
});

test.each`
  code                                 | known
  ${"CERT_HAS_EXPIRED"}                | ${true}
  ${"UNABLE_TO_VERIFY_LEAF_SIGNATURE"} | ${true}
  ${"CERT_REVOKED"}                    | ${true}
  ${"ERR_SSL_WRONG_VERSION_NUMBER"}    | ${true}
  ${"ECONNRESET"}                      | ${false}
  ${""}                                | ${false}
`("$code is a matter of TLS: $known", ({ code, known }) => {
  expect(tlsFault(code) !== undefined).toBe(known);
});
