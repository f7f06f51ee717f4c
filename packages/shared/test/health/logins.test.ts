import { systemClock } from "../../src/clock.ts";
import { checkPostgres } from "../../src/health/database/adapter-postgres.ts";
import { loginOf, type ServerLogin } from "../../src/health/database/credentials.ts";
import { checkRedis } from "../../src/health/redis/adapter-redis.ts";
import { understand } from "../../src/secrets/content.ts";
import { Hidden } from "../../src/secrets/hidden.ts";
import { type Authority, type Identity, makeAuthority } from "./servers/certificates.ts";
import { freePort, type Postgres, startPostgres } from "./servers/postgres.ts";
import { startRelay } from "./servers/relay.ts";
import { startValkey, type Valkey } from "./servers/valkey.ts";

let authority: Authority;
let stranger: Authority;
let good: Identity;
let postgres: Postgres;
let valkey: Valkey;
const clock = systemClock();

beforeAll(async () => {
  [authority, stranger] = await Promise.all([makeAuthority(), makeAuthority("CN=Stranger")]);
  good = await authority.sign(["localhost", "127.0.0.1"]);
  [postgres, valkey] = await Promise.all([startPostgres(good), startValkey(good)]);
}, 60_000);
afterAll(async () => {
  await Promise.all([postgres?.stop(), valkey?.stop()]);
});

const login = (kind: ServerLogin["kind"], url: string): ServerLogin => {
  const found = loginOf(kind, understand({ kind: "text", text: new Hidden(url) }));
  if (found === undefined) throw new Error("no login in it");
  return found;
};
const options = (more = {}) => ({ clock, timeout: 5, ca: [authority.certificate], ...more });
const pg = ({ password = postgres.password, host = "localhost", database = "postgres", user = postgres.user, port = postgres.port } = {}) =>
  login("postgres", `postgresql://${user}:${password}@${host}:${port}/${database}`);
const redis = ({ password = valkey.password, host = "localhost", user = "", port = valkey.port } = {}) =>
  login("redis", `rediss://${user}:${password}@${host}:${port}`);

const certificates: readonly (readonly [string, RegExp, () => Promise<Identity>])[] = [
  ["expired", /its certificate has expired/, () => authority.sign(["localhost"], -1)],
  ["for another host", /its certificate is for another host/, () => authority.sign(["db.elsewhere.internal"])],
  ["signed by a stranger", /signed by nobody that is trusted here/, () => stranger.sign(["localhost"])],
];

describe("a PostgreSQL", () => {
  test("that lets us in over TLS is healthy, and says that it is the primary", async () => {
    const result = await checkPostgres(pg(), options());
    expect(result).toMatchObject({ state: "healthy", detail: "login over TLS and select 1 worked; it is the primary." });
    expect(await checkPostgres(pg({ host: "127.0.0.1" }), options())).toMatchObject({ state: "healthy" });
  });

  test.each(certificates)("with a certificate %s is unhealthy", async (_, detail, identity) => {
    await postgres.use(await identity());
    try {
      expect(await checkPostgres(pg(), options())).toMatchObject({ state: "unhealthy", detail: expect.stringMatching(detail) });
    } finally {
      await postgres.use(good);
    }
  });

  test.each`
    what                               | change                              | state            | detail
    ${"refuses a wrong password"}      | ${{ password: "wrong-wrong" }}      | ${"unhealthy"}   | ${/refuses the password \(SQLSTATE 28P01\)/}
    ${"refuses an unknown user"}       | ${{ user: "nobody" }}               | ${"unhealthy"}   | ${/refuses the password/}
    ${"has no such database"}          | ${{ database: "none" }}             | ${"unhealthy"}   | ${/has no such database \(SQLSTATE 3D000\)/}
    ${"has a name that leads nowhere"} | ${{ host: "no-such-host.invalid" }} | ${"unreachable"} | ${/cannot be reached from here/}
  `("that $what is $state", async ({ change, state, detail }) => {
    const result = await checkPostgres(pg(change), options());
    expect(result).toMatchObject({ state, detail: expect.stringMatching(detail) });
    expect(JSON.stringify(result)).not.toMatch(/wrong-wrong|nobody"|no-such-host|Zk3vQ9xT7/);
  });

  test("where nothing listens is unreachable, and so is one that never answers", async () => {
    expect(await checkPostgres(pg({ port: await freePort() }), options())).toMatchObject({ state: "unreachable" });
    // An address of the documentation, which nobody routes: https://www.rfc-editor.org/rfc/rfc5737
    expect(await checkPostgres(pg({ host: "192.0.2.1" }), options({ timeout: 0.2 }))).toMatchObject({ state: "unreachable" });
  });

  test.each([1, 9, 60, 600, 1200, 1600])(
    "that is gone after %d bytes of the conversation is unhealthy, and the process lives on",
    async (bytes) => {
      const relay = await startRelay(postgres.port, bytes);
      try {
        expect(await checkPostgres(pg({ port: relay.port }), options())).toMatchObject({ state: "unhealthy" });
      } finally {
        relay.stop();
      }
    },
  );

  test("that is stopped while we log in is not healthy", async () => {
    const own = await startPostgres(good);
    const check = checkPostgres(pg({ port: own.port, password: own.password }), options());
    await own.stop();
    expect(["unhealthy", "unreachable"]).toContain((await check).state);
  }, 30_000);
});

describe("a Valkey", () => {
  test("that lets us in over TLS is healthy, and says that it is the primary", async () => {
    expect(await checkRedis(redis(), options())).toMatchObject({
      state: "healthy",
      detail: "login over TLS and PING worked; it is the primary.",
    });
    expect(await checkRedis(redis({ user: "default" }), options())).toMatchObject({ state: "healthy" });
  });

  test.each(certificates)("with a certificate %s is unhealthy", async (_, detail, identity) => {
    valkey.use(await identity());
    try {
      expect(await checkRedis(redis(), options())).toMatchObject({ state: "unhealthy", detail: expect.stringMatching(detail) });
    } finally {
      valkey.use(good);
    }
  });

  test.each`
    what                               | change                              | state            | detail
    ${"refuses a wrong password"}      | ${{ password: "wrong-wrong" }}      | ${"unhealthy"}   | ${/refuses the password/}
    ${"asks for a password"}           | ${{ password: "" }}                 | ${"unhealthy"}   | ${/asks for a password, and the secret has none/}
    ${"has a name that leads nowhere"} | ${{ host: "no-such-host.invalid" }} | ${"unreachable"} | ${/cannot be reached/}
  `("that $what is $state", async ({ change, state, detail }) => {
    const result = await checkRedis(redis(change), options());
    expect(result).toMatchObject({ state, detail: expect.stringMatching(detail) });
    expect(JSON.stringify(result)).not.toMatch(/wrong-wrong|no-such-host|Hq8ZkWv/);
  });

  test("that follows another one says so", async () => {
    const replica = await startValkey(good, "--replicaof", "127.0.0.1 1", "--replica-serve-stale-data", "yes");
    try {
      expect(await checkRedis(redis({ port: replica.port }), options())).toMatchObject({
        state: "healthy",
        detail: expect.stringMatching(/a replica/),
      });
    } finally {
      await replica.stop();
    }
  });

  test.each([1, 40, 60])("that is cut after %d bytes of the conversation is unhealthy", async (bytes) => {
    valkey.cutAfter(bytes);
    try {
      expect(await checkRedis(redis(), options())).toMatchObject({ state: "unhealthy", detail: "the connection broke during the check." });
    } finally {
      valkey.cutAfter(Number.POSITIVE_INFINITY);
    }
  });

  test("that has stopped is unreachable", async () => {
    const own = await startValkey(good);
    await own.stop();
    expect(await checkRedis(redis({ port: own.port }), options())).toMatchObject({ state: "unreachable" });
  });
});

describe("a server that is another one than the secret says", () => {
  test("PostgreSQL asked as Redis, and Redis asked as PostgreSQL, are unhealthy", async () => {
    expect((await checkRedis(redis({ port: postgres.port }), options())).state).toBe("unhealthy");
    expect((await checkPostgres(pg({ port: valkey.port }), options())).state).toBe("unhealthy");
  });
});

describe("a login", () => {
  test.each`
    kind          | secret                                                                           | host         | key               | because
    ${"postgres"} | ${{ DATABASE_URL: "postgresql://a:p%40ss@db/x" }}                                | ${"db"}      | ${"DATABASE_URL"} | ${"the usual key"}
    ${"postgres"} | ${{ OTHER: "postgres://a:b@db2/x" }}                                             | ${"db2"}     | ${"OTHER"}        | ${"any key with such a URL"}
    ${"redis"}    | ${{ DATABASE_URL: "postgresql://a:b@db/x", REDIS_URL: "rediss://:t@cache" }}     | ${"cache"}   | ${"REDIS_URL"}    | ${"the URL of the kind"}
    ${"postgres"} | ${{ engine: "postgres", host: "h", port: "5433", username: "u", password: "p" }} | ${"h"}       | ${undefined}      | ${"the fields of AWS's rotation"}
    ${"redis"}    | ${{ engine: "postgres", host: "h", username: "u", password: "p" }}               | ${undefined} | ${undefined}      | ${"another engine"}
    ${"postgres"} | ${"postgres://a:b@plain/x"}                                                      | ${"plain"}   | ${undefined}      | ${"the whole secret is a URL"}
    ${"postgres"} | ${{ A: "mysql://a:b@h/x" }}                                                      | ${undefined} | ${undefined}      | ${"another kind of database"}
    ${"postgres"} | ${"[1]"}                                                                         | ${undefined} | ${undefined}      | ${"there is none"}
  `("for $kind is found: $because", ({ kind, secret, host, key }) => {
    const text = typeof secret === "string" ? secret : JSON.stringify(secret);
    const found = loginOf(kind, understand({ kind: "text", text: new Hidden(text) }));
    expect(found?.host.reveal()).toBe(host);
    expect(found?.key).toBe(key);
    expect(JSON.stringify(found ?? {})).not.toMatch(/db|cache|plain|"h"|p@ss/);
  });
});
