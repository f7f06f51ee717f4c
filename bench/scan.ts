// How long the security scan takes beside its scanners alone, and what 100,000 files and one of 200 MB cost:
//   node bench/scan.ts [--repeat 5] [--files 100000] [--megabytes 200] [--json]
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { plant } from "../examples/planted-defects/plant.ts";
import { exponent, rounded, type Section } from "./report.ts";
import type { Taken } from "./scan-once.ts";

const root = join(import.meta.dirname, "..");
const scanners = join(root, ".tools", "scanners", "bin");

interface Measured extends Taken {
  /** Processor time of our process and all scanners, in seconds. */
  readonly cpu: number;
}

/** Runs one scan in a process of its own; bash's `time` counts the processor time of all that it starts. */
export function scanOnce(workspace: string, inputs: Readonly<Record<string, string>>): Measured {
  const runner = mkdtempSync(join(tmpdir(), "scan-bench-"));
  try {
    const command = `TIMEFORMAT='%U %S'; time "$NODE" "$SCRIPT"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", command], {
      encoding: "utf8",
      env: {
        PATH: [scanners, dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
        HOME: runner,
        NODE: process.execPath,
        SCRIPT: join(import.meta.dirname, "scan-once.ts"),
        NODE_NO_WARNINGS: "1",
        GITHUB_WORKSPACE: workspace,
        RUNNER_TEMP: join(runner, "temp"),
        "INPUT_LOG-DIRECTORY": join(runner, "logs"),
        "INPUT_FAIL-ON": "never",
        ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      },
    });
    const last = stdout.trim().split("\n").at(-1) ?? "";
    const times = stderr.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
    if (!last.startsWith("{")) throw new Error(`the scan did not end well:\n${stdout}\n${stderr}`);
    return { ...(JSON.parse(last) as Taken), cpu: (times[0] ?? 0) + (times[1] ?? 0) };
  } finally {
    rmSync(runner, { recursive: true, force: true });
  }
}

/** A repository of many small files and one large one; a key stands in the last line of the large one. */
export function manyFiles(folder: string, files: number, megabytes: number): string {
  const key = ["AK", "IA", "QYLPMN5HWXYZ23AB"].join("");
  for (let index = 0; index < files; index++) {
    const path = join(folder, `d${Math.floor(index / 1000)}`, `e${Math.floor(index / 100) % 10}`);
    if (index % 100 === 0) mkdirSync(path, { recursive: true });
    const python = index % 10 === 0;
    writeFileSync(
      join(path, `f${index}.${python ? "py" : "txt"}`),
      python ? `import os\n\n\ndef f${index}():\n    return os.getcwd()\n` : `line ${index}\n`,
    );
  }
  const large = openSync(join(folder, "large.sql"), "w");
  const block = Buffer.from("insert into t values (1, 'some text that is no secret at all');\n".repeat(16_384));
  for (let written = 0; written < megabytes * 1e6; written += block.length) writeSync(large, block);
  writeSync(large, `aws_access_key_id = ${key}\n`);
  closeSync(large);
  return key;
}

const median = (values: readonly number[]): number => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
const fixed = (value: number): number => Math.round(value * 100) / 100;

/** The wall time of all side by side against the best that can be: the slowest alone, or all processor time over the cores. */
export function sideBySide(repeat: number) {
  const workspace = mkdtempSync(join(tmpdir(), "scan-bench-planted-"));
  try {
    plant(workspace, "defects");
    const names = ["gitleaks", "bandit", "cfn-lint", "checkov", "zizmor"];
    const list = names.join("\n");
    const rounds = Array.from({ length: repeat }, () => {
      // In one round after another, so that a noisy moment of the machine meets both sides.
      const alone = names.map((name) => ({ name, seconds: scanOnce(workspace, { scanners: name }).scanners[0]?.seconds ?? 0 }));
      const none = scanOnce(workspace, { scanners: "safety" });
      const all = scanOnce(workspace, { scanners: list });
      const bound = Math.max(...alone.map(({ seconds }) => seconds), (all.cpu - none.cpu) / availableParallelism());
      return { alone, wall: all.seconds, bound, ratio: all.seconds / bound, overhead: none.seconds };
    });
    return {
      cores: availableParallelism(),
      repeat,
      slowestAlone: fixed(median(rounds.map(({ alone }) => Math.max(...alone.map(({ seconds }) => seconds))))),
      bound: fixed(median(rounds.map(({ bound }) => bound))),
      wall: fixed(median(rounds.map(({ wall }) => wall))),
      ratio: fixed(median(rounds.map(({ ratio }) => ratio))),
      withoutScanners: fixed(median(rounds.map(({ overhead }) => overhead))),
    };
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

export function large(files: number, megabytes: number) {
  const workspace = mkdtempSync(join(tmpdir(), "scan-bench-many-"));
  try {
    manyFiles(workspace, files, megabytes);
    const taken = scanOnce(workspace, { scanners: "gitleaks\nbandit\ncheckov", "scanner-timeout": "30m" });
    const states = Object.fromEntries(taken.scanners.map(({ name, state, seconds }) => [name, `${state}, ${seconds} s`]));
    return {
      files: taken.files,
      megabytes,
      seconds: fixed(taken.seconds),
      peakMemoryMB: taken.peakMemory,
      findings: taken.findings,
      outcome: taken.outcome,
      states,
    };
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** How our own process grows with the files of a repository. */
export function scanGrowth(sizes: readonly number[]): Section {
  const taken = sizes.map((files) => {
    const workspace = mkdtempSync(join(tmpdir(), "scan-bench-growth-"));
    try {
      manyFiles(workspace, files, 1);
      return { size: files, ...scanOnce(workspace, { scanners: "gitleaks\nbandit", "scanner-timeout": "30m" }) };
    } finally {
      rmSync(workspace, { recursive: true, force: true });
    }
  });
  const grown = (value: (one: (typeof taken)[number]) => number): number => rounded(exponent(taken.map((one) => [one.size, value(one)])));
  return {
    name: "scan-growth",
    title: "Security scan: growth with the files of a repository (gitleaks and bandit; own: our process alone)",
    figures: [
      ...taken.map((one) => ({
        what: `${one.size.toLocaleString("en")} files: ${one.scanners.map(({ name, state }) => `${name} ${state}`).join(", ")}`,
        values: { "own CPU s": rounded(one.ownCpu), "own MB": one.peakMemory, "wall s": rounded(one.seconds, 1), findings: one.findings },
        target: `under ${mostMemory} MB of our own, and the planted key found`,
        met: one.peakMemory < mostMemory && one.findings === 1 && one.scanners.every(({ state }) => state === "ran"),
      })),
      {
        what: "exponent of growth with files",
        values: { "own CPU s": grown((one) => one.ownCpu), "own MB": grown((one) => one.peakMemory) },
      },
    ],
  };
}

/** Megabytes of our own process that the largest repository may take. */
const mostMemory = 300;

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      repeat: { type: "string", default: "5" },
      files: { type: "string", default: "100000" },
      megabytes: { type: "string", default: "200" },
      json: { type: "boolean", default: false },
    },
  });
  const result = { sideBySide: sideBySide(Number(values.repeat)), large: large(Number(values.files), Number(values.megabytes)) };
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    const { sideBySide: times, large: size } = result;
    process.stdout.write(
      [
        `side by side, ${times.cores} cores, median of ${times.repeat}`,
        `  slowest scanner alone                 ${times.slowestAlone} s`,
        `  max(slowest, processor time / cores)  ${times.bound} s`,
        `  all of them                           ${times.wall} s, ${times.ratio} × (target: at most 1.3)`,
        `  the action without a scanner          ${times.withoutScanners} s`,
        `${size.files} files and one of ${size.megabytes} MB`,
        `  time                                  ${size.seconds} s`,
        `  peak memory of our own process        ${size.peakMemoryMB} MB (target: under 300)`,
        `  outcome                               ${size.outcome}, ${size.findings} findings; ${Object.entries(size.states)
          .map(([name, state]) => `${name}: ${state}`)
          .join("; ")}`,
        "",
      ].join("\n"),
    );
  }
}
