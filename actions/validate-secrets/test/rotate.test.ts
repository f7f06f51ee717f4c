import { cloudTrouble } from "@aws-deploy-actions/shared/problems";
import { Hidden } from "@aws-deploy-actions/shared/secrets/hidden";
import type { HoldersPort } from "@aws-deploy-actions/shared/secrets/holders";
import type { SecretFacts, SecretsPort, SecretValue, ValueAnswer } from "@aws-deploy-actions/shared/secrets/types";
import type { RotationRecord } from "../src/history.ts";
import { runAction } from "./harness.ts";

const now = Date.now() / 1000;
const day = 86_400;
const oldValue = JSON.stringify({ password: "Zk3vQ9xT7mWp2LrN-old" });
const newValue = JSON.stringify({ password: "Hq8ZkWv3nT9xLpR2-new" });

interface World {
  readonly rotation?: Partial<SecretFacts["rotation"]>;
  readonly facts?: Partial<SecretFacts>;
  /** A version that an earlier rotation left in AWSPENDING. */
  readonly stuck?: string;
  /** What the rotation function does. */
  readonly does?: "finishes" | "stays-pending" | "does-nothing" | "is-refused";
  readonly writes?: string;
  /** Which passwords the server takes; undefined: there is no server to ask. */
  readonly server?: readonly string[];
  readonly holders?: Partial<HoldersPort>;
}

/** Secrets Manager with one secret whose rotation takes three looks; it does what AWS documents and no emulator does. */
function world({ rotation = {}, facts = {}, stuck, does = "finishes", writes = newValue, server, holders = {} }: World) {
  const labels = new Map<string, string[]>([
    ["old", ["AWSCURRENT"]],
    ...(stuck === undefined ? [] : ([["half", ["AWSPENDING"]]] as const).map(([id, list]) => [id, [...list]] as [string, string[]])),
  ]);
  const texts = new Map([
    ["old", oldValue],
    ["half", stuck ?? ""],
  ]);
  const said: string[] = [];
  const kept: RotationRecord[] = [];
  let looks = 0;
  let started: string | undefined;
  const seen = (): SecretFacts => ({
    arn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf",
    name: "db",
    createdAt: now - 100 * day,
    changedAt: now - 40 * day,
    rotation: {
      enabled: true,
      functionArn: "arn:aws:lambda:eu-central-1:123456789012:function:rotate-db",
      everyDays: 30,
      last: now - 40 * day,
      next: now - 10 * day,
      ...rotation,
    },
    versions: new Map([...labels].map(([id, list]) => [id, [...list]])),
    ...facts,
  });
  const value = (id: string | undefined): ValueAnswer => {
    const wanted = id ?? [...labels].find(([, list]) => list.includes("AWSCURRENT"))?.[0] ?? "";
    const text = texts.get(wanted);
    return text === undefined
      ? { state: "missing" }
      : { state: "found", value: { versionId: wanted, createdAt: now - 40 * day, content: { kind: "text", text: new Hidden(text) } } };
  };
  const move = (label: string, from: string | undefined, to: string | undefined): void => {
    if (from !== undefined)
      labels.set(
        from,
        (labels.get(from) ?? []).filter((one) => one !== label),
      );
    if (to !== undefined) labels.set(to, [...(labels.get(to) ?? []), label]);
  };
  const secrets: SecretsPort = {
    facts: async (ids) => {
      if (started !== undefined && ++looks === 3 && does === "finishes") move("AWSCURRENT", "old", started);
      return new Map(ids.map((id) => [id, { state: "found", value: seen() }]));
    },
    values: async () => new Map(),
    value: async (_, version) => value(version?.id),
    key: async () => ({ state: "missing" }),
    propose: async () => undefined,
    moveLabel: async (_, label, from, to) => {
      said.push(`move ${label} ${from ?? "-"} → ${to ?? "-"}`);
      move(label, from, to);
    },
    rotate: async (_, id) => {
      said.push("rotate");
      if (does === "is-refused")
        throw cloudTrouble("secrets:RotateSecret failed: InvalidRequestException: A previous rotation isn't complete.", "mend");
      started = id;
      if (does !== "does-nothing") labels.set(id, ["AWSPENDING"]);
      texts.set(id, writes);
    },
  };
  const works = async (one: SecretValue) => {
    if (server === undefined || one.content.kind !== "text") return "unknown" as const;
    return server.includes(one.content.text.reveal()) ? ("yes" as const) : ("no" as const);
  };
  const none = async () => ({ state: "found", value: [] }) as const;
  const ports = {
    secrets,
    credentials: { works },
    holders: { tasks: none, functions: none, ...holders },
    history: { keep: async (record: RotationRecord) => void kept.push(record) },
  };
  return {
    said,
    kept,
    labels,
    run: (inputs = {}) =>
      runAction({
        inputs: { mode: "rotate", "secret-ids": "db", ...inputs },
        ports,
        environment: { AWS_ENDPOINT_URL: "http://127.0.0.1:9", DEPLOY_TIME_FACTOR: "1000" },
      }),
  };
}

describe("rotation", () => {
  test("is started, waited for, and the new version judged", async () => {
    const { run, said, kept } = world({});
    const seen = await run();
    expect(seen).toMatchObject({ outcome: "rotated", failed: false });
    expect(seen.reason).toMatch(/^db was rotated: version [0-9a-f-]{36} is current, valid\.$/);
    expect(seen.raw).toMatch(/waiting for the rotation of db, the new version is pending · 00:0\d of 15:00/);
    expect(said).toEqual(["rotate"]);
    expect(kept).toMatchObject([{ secret: "db", outcome: "rotated", from: "old" }]);
    expect(JSON.stringify(kept)).not.toMatch(/Zk3vQ9|Hq8Zk/);
  });

  test.each`
    world                                                                        | inputs                      | reason                        | because
    ${{ rotation: { next: now + day } }}                                         | ${{}}                       | ${/is not due before \d{4}-/} | ${"its date is to come"}
    ${{ rotation: { enabled: false, next: undefined, functionArn: undefined } }} | ${{}}                       | ${/no rotation schedule/}     | ${"nothing says when"}
    ${{ rotation: { next: now + day } }}                                         | ${{ "max-age-days": "90" }} | ${/is not due/}               | ${"40 days are allowed"}
  `("does not happen: $because", async ({ world: given, inputs, reason }) => {
    const { run, said } = world(given);
    const seen = await run(inputs);
    expect(seen).toMatchObject({ outcome: "unchanged", failed: false });
    expect(seen.reason).toMatch(reason);
    expect(said).toEqual([]);
  });

  test.each`
    world                                                                                 | inputs                      | because
    ${{ rotation: { next: now + day } }}                                                  | ${{ rotate: "now" }}        | ${"it is asked for"}
    ${{ rotation: { next: now + day } }}                                                  | ${{ "max-age-days": "30" }} | ${"40 days are too many"}
    ${{ rotation: { next: now + day, functionArn: undefined }, facts: { owner: "rds" } }} | ${{ rotate: "now" }}        | ${"AWS itself rotates a managed secret"}
  `("happens before its date: $because", async ({ world: given, inputs }) => {
    expect((await world(given).run(inputs)).outcome).toBe("rotated");
  });

  test.each`
    world                                                                        | rule                        | message                                                    | because
    ${{ rotation: { enabled: false, functionArn: undefined, next: undefined } }} | ${"rotation-off"}           | ${/has no function that rotates it/}                       | ${"nobody can"}
    ${{ facts: { primaryRegion: "us-east-1" } }}                                 | ${"replica"}                | ${/replica of the secret in us-east-1/}                    | ${"a replica follows"}
    ${{ facts: { deletedAt: now } }}                                             | ${"scheduled-for-deletion"} | ${/scheduled for deletion/}                                | ${"it is leaving"}
    ${{ does: "is-refused" }}                                                    | ${"rotation-failed"}        | ${/A previous rotation isn't complete/}                    | ${"AWS refuses"}
    ${{ does: "stays-pending" }}                                                 | ${"rotation-failed"}        | ${/did not end within 15 min: the new version is pending/} | ${"its function fails"}
    ${{ does: "does-nothing" }}                                                  | ${"rotation-failed"}        | ${/did not end within 15 min: no new version yet/}         | ${"its function never ran"}
  `("fails, and says what to do: $because", async ({ world: given, rule, message }) => {
    const seen = await world(given).run({ rotate: "now" });
    expect(seen).toMatchObject({ outcome: "failed", failed: true });
    expect(seen.findings[0]).toMatchObject({ rule, message: expect.stringMatching(message) });
    expect(seen.findings[0]?.mend).not.toBe("");
  });
});

describe("a new version that is not valid", () => {
  test.each`
    writes                              | server        | current  | reason                                                      | because
    ${JSON.stringify({ password: "" })} | ${[oldValue]} | ${"old"} | ${/the old one is current again, and its credential works/} | ${"the old credential works"}
    ${JSON.stringify({ password: "" })} | ${undefined}  | ${"new"} | ${/whether the old credential still works cannot be known/} | ${"nobody can tell"}
    ${JSON.stringify({ password: "" })} | ${[]}         | ${"new"} | ${/the old credential no longer works/}                     | ${"the server has forgotten the old one"}
    ${newValue}                         | ${[oldValue]} | ${"old"} | ${/the old one is current again/}                           | ${"the server refuses the new credential"}
  `("leaves $current current: $because", async ({ writes, server, current, reason }) => {
    const { run, labels } = world({ writes, ...(server === undefined ? {} : { server }) });
    const seen = await run({ "required-keys": "password" });
    expect(seen).toMatchObject({ outcome: "failed", failed: true });
    expect(seen.reason).toMatch(reason);
    expect(labels.get("old")?.includes("AWSCURRENT")).toBe(current === "old");
    if (current === "new") expect(seen.findings.some(({ mend }) => /update-secret-version-stage|aws logs tail/.test(mend))).toBe(true);
  });

  test("is rotated when both credentials work, as with alternating users", async () => {
    const seen = await world({ server: [oldValue, newValue] }).run();
    expect(seen.reason).toMatch(/valid and the new credential works\.$/);
  });
});

describe("a rotation that stopped half-way", () => {
  const half = JSON.stringify({ password: "Pn5TqX8wLz2CvB7k-half" });
  test.each`
    server                  | inputs               | outcome      | said                                      | because
    ${[oldValue, newValue]} | ${{}}                | ${"rotated"} | ${["move AWSPENDING half → -", "rotate"]} | ${"the server was never changed"}
    ${[half]}               | ${{}}                | ${"rotated"} | ${["move AWSCURRENT old → half"]}         | ${"the server has the pending credential already"}
    ${undefined}            | ${{}}                | ${"failed"}  | ${[]}                                     | ${"nobody can tell, and nobody insists"}
    ${undefined}            | ${{ rotate: "now" }} | ${"rotated"} | ${["move AWSPENDING half → -", "rotate"]} | ${"somebody insists"}
    ${[]}                   | ${{ rotate: "now" }} | ${"failed"}  | ${[]}                                     | ${"no credential works: a person must look"}
  `("is $outcome: $because", async ({ server, inputs, outcome, said: wanted }) => {
    const { run, said } = world({ stuck: half, ...(server === undefined ? {} : { server }) });
    const seen = await run(inputs);
    expect(seen.outcome).toBe(outcome);
    expect(said).toEqual(wanted);
    if (outcome === "failed")
      expect(seen.findings[0]).toMatchObject({ rule: "rotation-stuck", mend: expect.stringMatching(/--remove-from-version-id half/) });
  });
});

test("who still runs with the old value is named, with the command that renews it", async () => {
  const { run } = world({
    holders: {
      tasks: async () => ({
        state: "found",
        value: [
          { cluster: "shop", service: "api", taskDefinition: "api:7", started: [now - 3 * day, now + day] },
          { cluster: "shop", service: "fresh", taskDefinition: "fresh:1", started: [now + day] },
        ],
      }),
      functions: async (_, __, isOld) => ({
        state: "found",
        value: [
          { name: "mailer", modified: now - day, names: [], holds: isOld("Zk3vQ9xT7mWp2LrN-old") ? ["DB_PASSWORD"] : [] },
          { name: "reader", modified: now - day, names: ["SECRET_ARN"], holds: [] },
        ],
      }),
    },
  });
  const seen = await run();
  expect(seen.outcome).toBe("rotated");
  expect(seen.findings.map(({ message, mend }) => [message.split(": ")[0], mend.split("--")[0]])).toEqual([
    ["is still used with its old value in cluster shop by service api", "aws ecs update-service "],
    ["is still used with its old value by function mailer", expect.stringContaining("Deploy the function anew")],
    [
      expect.stringContaining("may still be used with its old value by function reader"),
      expect.stringContaining("aws lambda update-function-configuration"),
    ],
  ]);
});
