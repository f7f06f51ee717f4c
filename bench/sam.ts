// The whole action beside `sam validate`, `sam build` and `sam deploy`, on the same application and the same emulator, in turns:
//   node bench/sam.ts [--repeat 5] [--json]
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Ministack, startMinistack } from "../packages/local-cloud/src/ministack.ts";

const root = join(import.meta.dirname, "..");
const samFolder = join(root, ".tools", "sam", "bin");
const path = `${samFolder}:${join(process.execPath, "..")}:/usr/local/bin:/usr/bin:/bin`;

const parameters = [
  "StripeSecretKey=sk_test_51Hq7fK2vTzWm9",
  "StripePublishableKey=pk_test_51Hx4RbN8cYpLd",
  "StripeWebhookSecret=whsec_Zk3Wq8vT5mXc2L",
  "GoogleClientId=407408718192-k2vq9.apps.googleusercontent.com",
];

export interface SideBySide {
  readonly repeat: number;
  /** Seconds, median: three commands of the SAM CLI, and the action. */
  readonly samCli: number;
  readonly action: number;
  readonly ratio: number;
  /** The same without any change to deploy. */
  readonly unchanged: { readonly samCli: number; readonly action: number; readonly ratio: number };
}

interface Contender {
  readonly folder: string;
  readonly run: () => void;
}

/** @throws Error when one of the commands fails: a figure of a failed run is none */
export async function sideBySide(repeat: number): Promise<SideBySide> {
  if (!existsSync(join(samFolder, "sam"))) throw new Error("the SAM CLI is missing: node scripts/bootstrap.mjs sam");
  const bundle = mkdtempSync(join(tmpdir(), "sam-bench-dist-"));
  const cloud = await startMinistack();
  try {
    bundleAction(bundle);
    const [samCli, action] = [samCommands(cloud), ourAction(cloud, bundle)];
    const times = { samCli: [] as number[], action: [] as number[], samCliSame: [] as number[], actionSame: [] as number[] };
    // The first deployment of each makes the stack; it does not count.
    for (const one of [samCli, action]) one.run();
    for (let turn = 0; turn < repeat; turn++)
      for (const name of turn % 2 === 0 ? (["samCli", "action"] as const) : (["action", "samCli"] as const)) {
        const { folder, run } = name === "samCli" ? samCli : action;
        change(folder, turn);
        times[name].push(seconds(run));
        times[`${name}Same`].push(seconds(run));
      }
    const of = (values: readonly number[]): number => Number(median(values).toFixed(2));
    const ratio = (ours: readonly number[], theirs: readonly number[]): number => Number((median(ours) / median(theirs)).toFixed(2));
    return {
      repeat,
      samCli: of(times.samCli),
      action: of(times.action),
      ratio: ratio(times.action, times.samCli),
      unchanged: { samCli: of(times.samCliSame), action: of(times.actionSame), ratio: ratio(times.actionSame, times.samCliSame) },
    };
  } finally {
    await cloud.stop();
    rmSync(bundle, { recursive: true, force: true });
  }
}

function bundleAction(folder: string): void {
  const ncc = join(root, "node_modules/@vercel/ncc/dist/ncc/cli.js");
  const entry = join(root, "actions/sam-deploy/src/main.ts");
  execFileSync(process.execPath, [ncc, "build", entry, "--out", folder, "--transpile-only", "--no-cache", "--quiet"], { cwd: root });
}

function copyApp(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `sam-bench-${name}-`));
  cpSync(join(root, "examples", "sam-app"), folder, { recursive: true });
  return folder;
}

/** Other code each time, so that there is something to upload and to change. */
const change = (folder: string, turn: number): void =>
  writeFileSync(
    join(folder, "src", "health.js"),
    `export const handler = async () => ({ statusCode: 200, body: "${turn} ${Math.random()}" });\n`,
  );

const environment = (cloud: Ministack, home: string): Record<string, string> => ({
  PATH: path,
  HOME: home,
  SAM_CLI_TELEMETRY: "0",
  AWS_ENDPOINT_URL: cloud.namedEndpoint,
  AWS_ACCESS_KEY_ID: "111111111111",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_REGION: "us-east-1",
  AWS_DEFAULT_REGION: "us-east-1",
});

function must(file: string, args: readonly string[], cwd: string, env: Record<string, string>): void {
  const { status, stdout, stderr } = spawnSync(file, [...args], { cwd, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${status}:\n${stdout.slice(-3000)}\n${stderr.slice(-3000)}`);
}

function samCommands(cloud: Ministack): Contender {
  const folder = copyApp("cli");
  const sam = join(samFolder, "sam");
  const run = (...args: readonly string[]): void => must(sam, args, folder, environment(cloud, folder));
  return {
    folder,
    run: () => {
      run("validate");
      run("build");
      const overrides = ["--parameter-overrides", "Environment=dev", "GCPProjectId=themisguard-dev", ...parameters];
      run("deploy", "--config-env", "dev", "--stack-name", "bench-cli", "--no-fail-on-empty-changeset", "--no-progressbar", ...overrides);
    },
  };
}

function ourAction(cloud: Ministack, bundle: string): Contender {
  const folder = copyApp("action");
  mkdirSync(join(folder, "temp"));
  const inputs = {
    "CONFIG-ENV": "dev",
    // Names are global: another stack needs another secret, too.
    "PARAMETER-OVERRIDES": [...parameters, "ProjectName=bench"].join("\n"),
    "STACK-NAME": "bench-action-dev",
  };
  const given = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name}`, value]));
  const env = { ...environment(cloud, folder), RUNNER_TEMP: join(folder, "temp"), ...given };
  return { folder, run: () => must(process.execPath, [join(bundle, "index.js")], folder, env) };
}

function seconds(run: () => void): number {
  const begin = performance.now();
  run();
  return (performance.now() - begin) / 1000;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { repeat: { type: "string", default: "5" }, json: { type: "boolean", default: false } } });
  const result = await sideBySide(Number(values.repeat));
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else
    process.stdout.write(
      [
        `serverless deployment on the same emulator, in turns, median of ${result.repeat}`,
        `  sam validate + sam build + sam deploy   ${result.samCli} s`,
        `  the action                              ${result.action} s, ${result.ratio} × (target: at most 1.0)`,
        `  without a change: SAM CLI               ${result.unchanged.samCli} s`,
        `  without a change: the action            ${result.unchanged.action} s, ${result.unchanged.ratio} ×`,
        "",
      ].join("\n"),
    );
}
