import type { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cloudTrouble } from "@aws-deploy-actions/shared/problems";
import type { RawContent } from "@aws-deploy-actions/shared/secrets/content";
import { Hidden } from "@aws-deploy-actions/shared/secrets/hidden";
import type { Answer, SecretFacts, SecretsPort, ValueAnswer } from "@aws-deploy-actions/shared/secrets/types";
import * as sdk from "@aws-sdk/client-secrets-manager";
import { startLocalCloud } from "../../../packages/local-cloud/src/start.ts";
import { type Chance, chance } from "../../../packages/shared/test/secrets/placeholder/corpus.ts";
import { runAction } from "./harness.ts";

const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** A secret with canaries in it, in one of the shapes that break what handles them carelessly. */
interface Sample {
  readonly content: RawContent;
  readonly canaries: readonly string[];
}

function sample(random: Chance): Sample {
  const canaries: string[] = [];
  const canary = (): string => {
    const made = `${random.text(letters, 6)}7Q${random.text(letters, 6)}`;
    canaries.push(made);
    return made;
  };
  const nasty = random.pick<(value: string) => string>([
    (value) => value,
    (value) => `"${value}'\\${value}`,
    (value) => `first\n${value}\r\n::error::${value}\n::set-output name=x::${value}`,
    (value) => `%0A${value}%0D::add-mask::${value}`,
    (value) => `ünï–\u202e${value}\u200b漢字${value}`,
    (value) => `::add-mask::${value}`,
    (value) => `##[group]${value}`,
    (value) => `\u001b[31m${value}\u0000`,
    (value) => `your_${value}_here`,
    (value) => `changeme ${value}`,
    (value) => `postgresql://user:${encodeURIComponent(`${value}@/`)}@${value}.example.com/db`,
    (value) => `sk_live_${value}`,
    (value) => `<${value}>`,
    (value) => `\${${value}}`,
    (value) => `</script><img src=x onerror=${value}>|${value}`,
    (value) => value.repeat(random.pick([1, 3, 400])),
    (value) => `${value}\\n${value}`,
  ]);
  const shapes: readonly (() => string)[] = [
    () => JSON.stringify({ JWT_SECRET: nasty(canary()), API_KEY: nasty(canary()), "": nasty(canary()) }),
    () =>
      JSON.stringify({
        [canary()]: nasty(canary()),
        [`x_${canary()}`]: "",
        A: { [canary()]: [nasty(canary()), { deep: nasty(canary()) }] },
      }),
    () => nasty(canary()),
    () => JSON.stringify([nasty(canary()), [nasty(canary())]]),
    () => `{"A": "${canary()}", ${canary()}`,
    () => `{"A": ${canary()}}`,
    () => JSON.stringify(nasty(canary())),
    () => `${"[".repeat(2000)}"${canary()}"${"]".repeat(2000)}`,
    () => JSON.stringify({ DATABASE_URL: nasty(canary()), PEM: `-----BEGIN PRIVATE KEY-----\n${canary()}\n-----END PRIVATE KEY-----` }),
  ];
  const text = random.pick(shapes)();
  const binary = random.below(8) === 0;
  return {
    content: binary ? { kind: "binary", bytes: new Hidden(Buffer.from(text)) } : { kind: "text", text: new Hidden(text) },
    canaries,
  };
}

/** AWS with the given secrets; `fails` makes calls fail in ways that quote them. */
function fakeSecrets(contents: ReadonlyMap<string, Sample>, fails: "never" | "trouble" | "bug" = "never"): SecretsPort {
  const quote = (id: string): string => {
    const content = contents.get(id)?.content;
    return content?.kind === "text" ? content.text.reveal() : String(content?.bytes.reveal());
  };
  const value = (id: string): ValueAnswer => {
    const found = contents.get(id);
    return found === undefined ? { state: "missing" } : { state: "found", value: { versionId: "v1", content: found.content } };
  };
  const facts = (id: string): Answer<SecretFacts> => ({
    state: "found",
    value: {
      arn: `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${id}-AbCdEf`,
      name: id,
      rotation: { enabled: false },
      versions: new Map([["v1", ["AWSCURRENT"]]]),
    },
  });
  return {
    facts: async (ids) => new Map(ids.map((id) => [id, facts(id)])),
    values: async (ids) => {
      // As our own code would, had it a defect: a parser that quotes what it read.
      if (fails === "bug") JSON.parse(`${quote(ids[0] ?? "")} no JSON`);
      return new Map(ids.map((id) => [id, value(id)]));
    },
    value: async (id) => value(id.split(":")[6]?.slice(0, -7) ?? id),
    key: async () => ({ state: "missing" }),
    propose: async (_, text) => {
      if (fails === "trouble")
        throw cloudTrouble("secretsmanager:PutSecretValue failed: ValidationException.", "Run again.", new Error(text.reveal()));
      throw new TypeError(`cannot read properties of ${text.reveal()}`);
    },
    moveLabel: async () => undefined,
    rotate: async () => undefined,
  };
}

const schema = JSON.stringify({
  type: "object",
  required: ["JWT_SECRET", "MISSING"],
  properties: {
    JWT_SECRET: { type: "string", minLength: 40, pattern: "^[a-z]+$", "x-min-entropy-bits": 256, enum: ["never"] },
    API_KEY: { type: "number", const: 3 },
    DATABASE_URL: { type: "string", format: "uri", "x-url-schemes": ["postgresql"] },
    PEM: { type: "string", "x-pem": "private-key" },
  },
  additionalProperties: { type: "string", maxLength: 1 },
  propertyNames: { maxLength: 3 },
});

function leaked(visible: string, canaries: readonly string[]): readonly string[] {
  return canaries.filter((canary) => visible.includes(canary));
}

test("no part of 2,000 secrets is seen anywhere: not in the log, outputs, summary, log file, findings", async () => {
  const random = chance(2_000);
  let looked = 0;
  for (let run = 0; run < 40; run++) {
    const contents = new Map(Array.from({ length: 50 }, (_, at) => [`app/${run}/${at}`, sample(random)] as const));
    const inputs = {
      "secret-ids": [...contents.keys()].join("\n"),
      ...(run % 2 === 0 ? { schema: "{workspace}/schema.json" } : { "required-keys": "JWT_SECRET,MISSING" }),
      environment: run % 3 === 0 ? "production" : "staging",
    };
    const seen = await runAction({
      inputs,
      files: { "schema.json": schema },
      environment: run % 4 === 0 ? { RUNNER_DEBUG: "1" } : {},
      ports: { secrets: fakeSecrets(contents) },
    });
    expect(seen.outcome).toBe("invalid");
    expect(
      leaked(
        seen.visible,
        [...contents.values()].flatMap(({ canaries }) => canaries),
      ),
    ).toEqual([]);
    looked += contents.size;
  }
  expect(looked).toBe(2_000);
}, 60_000);

test("what is masked is a secret whole: each text leaf with chance in it, in commands that the runner takes away", async () => {
  const contents = new Map([
    [
      "one",
      {
        content: {
          kind: "text",
          text: new Hidden(JSON.stringify({ A: "Zk3vQ9xT7mWp2LrN", username: "postgres", port: 5432, MODE: "production" })),
        },
        canaries: [],
      } as Sample,
    ],
  ]);
  const { raw } = await runAction({ inputs: { "secret-ids": "one" }, ports: { secrets: fakeSecrets(contents) } });
  const masks = raw.split("\n").flatMap((line) => (line.startsWith("::add-mask::") ? [line.slice(12)] : []));
  expect(masks).toContain("Zk3vQ9xT7mWp2LrN");
  expect(masks).not.toEqual(expect.arrayContaining(["postgres"]));
  expect(masks.filter((mask) => /^(5432|production)$/.test(mask))).toEqual([]);
});

test.each(["trouble", "bug"] as const)("nothing is seen when our own code or AWS fails and quotes what it had: %s", async (fails) => {
  const random = chance(fails.length);
  for (let run = 0; run < 40; run++) {
    const one = sample(random);
    const contents = new Map([["one", one]]);
    const inputs: Record<string, string> = fails === "bug" ? { "secret-ids": "one" } : { mode: "set", "secret-ids": "one", key: "NEW_KEY" };
    const mine = `${random.text(letters, 6)}7Q${random.text(letters, 6)}`;
    const seen = await runAction({
      inputs,
      environment: { SECRET_VALUE: `a "${mine}"`, RUNNER_DEBUG: "1" },
      ports: { secrets: fakeSecrets(contents, fails) },
    });
    expect(leaked(seen.visible, [...one.canaries, mine])).toEqual([]);
    expect(seen.failed).toBe(true);
  }
});

describe("the real process", () => {
  const canary = "Wq8x7QnLpTz";
  const nasty = {
    PLAIN: `${canary}1-Zk3vQ9xT7mWp2LrN`,
    LINES: `a\n${canary}2\n%0A::error::${canary}`,
    "x y": canary,
    PLACE: `<${canary}>`,
  };

  async function start(preload: string): Promise<string> {
    const cloud = await startLocalCloud();
    const folder = mkdtempSync(join(tmpdir(), "no-leak-"));
    try {
      writeFileSync(join(folder, "preload.mjs"), preload);
      const secrets = new sdk.SecretsManagerClient({
        endpoint: cloud.endpoint,
        region: cloud.region,
        credentials: { accessKeyId: "local", secretAccessKey: "local" },
      });
      await secrets.send(new sdk.CreateSecretCommand({ Name: "shop", SecretString: JSON.stringify(nasty) }));
      secrets.destroy();
      const main = join(import.meta.dirname, "../src/main.ts");
      const { stdout, stderr, status } = await new Promise<ReturnType<typeof spawnSync>>((resolve) => {
        import("node:child_process").then(({ execFile }) =>
          execFile(
            process.execPath,
            ["--import", join(folder, "preload.mjs"), main],
            {
              cwd: folder,
              env: {
                PATH: process.env["PATH"] ?? "",
                ...cloud.environment,
                GITHUB_ACTIONS: "true",
                GITHUB_OUTPUT: join(folder, "output"),
                GITHUB_STEP_SUMMARY: join(folder, "summary"),
                RUNNER_DEBUG: "1",
                "INPUT_SECRET-IDS": "shop",
                INPUT_ENVIRONMENT: "staging",
              },
            },
            (error, stdout, stderr) => resolve({ stdout, stderr, status: error?.code ?? 0 } as never),
          ),
        );
      });
      expect(status).toBe(1);
      const visible = String(stdout)
        .split("\n")
        .filter((line) => !line.startsWith("::add-mask::"));
      return [...visible, stderr, readFileSync(join(folder, "output"), "utf8")].join("\n");
    } finally {
      await cloud.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }

  test("shows nothing of a secret that it finds invalid", async () => {
    const visible = await start("");
    expect(visible).toContain("PLACE holds a placeholder");
    expect(visible).not.toContain(canary);
  });

  test("shows nothing of it when it crashes with an error that quotes it", async () => {
    const visible = await start(`
      const parse = JSON.parse;
      JSON.parse = (text, ...more) => {
        if (String(text).includes("${canary}")) setImmediate(() => { throw new Error("quoted " + text); });
        return parse(text, ...more);
      };`);
    expect(visible).toMatch(/internal error: Error at preload.mjs:\d+:\d+ \(its text is left out/);
    expect(visible).not.toContain(canary);
  });
});
