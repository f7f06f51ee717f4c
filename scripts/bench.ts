// Prints the figures: one table for people, one JSON object for programs. Everything is measured in this run, peers included.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Section, table } from "../bench/report.ts";
import { actionNames } from "./build.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    only: { type: "string" },
    all: { type: "boolean", default: false },
    deployments: { type: "string", default: "500" },
    "time-factor": { type: "string", default: "60" },
    rate: { type: "string", default: "80" },
    rounds: { type: "string", default: "25" },
    "peer-action": { type: "string", multiple: true, default: [] },
    "peer-input": { type: "string", multiple: true, default: [] },
    "peer-command": { type: "string", multiple: true, default: [] },
    help: { type: "boolean", default: false },
  },
});

const newest = (folders: readonly string[]): number =>
  Math.max(
    ...folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((one) => one.isFile() && one.name.endsWith(".ts"))
        .map((one) => statSync(join(one.parentPath, one.name)).mtimeMs),
    ),
  );

/** Bundles are measured as this tree builds them: built anew where a source is younger than the bundle. */
async function built(names: readonly string[] = actionNames()): Promise<readonly string[]> {
  const { distOf } = await import("../bench/programs.ts");
  const shared = newest(["packages/shared/src", "packages/rollout/src"]);
  const isStale = (name: string): boolean =>
    !existsSync(distOf(name)) || statSync(distOf(name)).mtimeMs < Math.max(shared, newest([`actions/${name}/src`]));
  const missing = names.filter(isStale);
  const { build } = await import("./build.ts");
  for (const name of missing) process.stderr.write(`${name}: ${((await build(name)) / 1e6).toFixed(2)} MB\n`);
  return names;
}

interface Part {
  readonly name: string;
  /** Taken only with --all or by its name: it needs minutes. By its name alone: it needs an hour. */
  readonly isLong: boolean | "alone";
  /** Tools that scripts/bootstrap.mjs sets up before. */
  readonly needs?: readonly string[];
  readonly run: () => Promise<Section>;
}

const parts: readonly Part[] = [
  {
    name: "start-up",
    isLong: false,
    run: async () => {
      const { startUp } = await import("../bench/start-up.ts");
      return await startUp({
        rounds: Number(values.rounds),
        actions: await built(),
        peerActions: values["peer-action"],
        peerInputs: values["peer-input"],
        peerCommands: values["peer-command"],
      });
    },
  },
  { name: "calls", isLong: false, run: async () => await (await import("../bench/rollouts.ts")).calls() },
  { name: "noticed", isLong: false, run: async () => await (await import("../bench/rollouts.ts")).noticed() },
  { name: "latency", isLong: false, run: async () => await (await import("../bench/latency.ts")).latency() },
  { name: "inputs", isLong: true, run: async () => await (await import("../bench/inputs.ts")).inputs(10_000) },
  { name: "secrets", isLong: false, run: async () => await (await import("../bench/secrets.ts")).secrets() },
  {
    name: "emergency",
    isLong: false,
    run: async () => {
      await built();
      return await (await import("../bench/emergency.ts")).emergency(Math.min(15, Number(values.rounds)));
    },
  },
  { name: "growth", isLong: true, run: async () => await (await import("../bench/growth.ts")).growth([10, 100, 1000], [1, 10, 100]) },
  { name: "fleet", isLong: true, run: async () => await (await import("../bench/fleet.ts")).fleet([1, 10, 100], 10) },
  { name: "growth-secrets", isLong: true, run: async () => await (await import("../bench/secrets.ts")).secrets([1, 20, 100, 500, 5000]) },
  { name: "judge", isLong: true, run: async () => await (await import("../bench/sections.ts")).judge(10_000) },
  {
    name: "scan",
    isLong: true,
    needs: ["scanners"],
    run: async () => (await import("../bench/sections.ts")).scan(5, 100_000, 200),
  },
  {
    name: "scan-growth",
    isLong: true,
    needs: ["scanners"],
    run: async () => (await import("../bench/scan.ts")).scanGrowth([1000, 10_000, 100_000]),
  },
  {
    name: "sam",
    isLong: true,
    needs: ["sam", "ministack"],
    run: async () => await (await import("../bench/sections.ts")).sam(5),
  },
  {
    name: "long-run",
    isLong: true,
    run: async () => await (await import("../bench/long-run.ts")).longRunSection(Number(values.deployments)),
  },
  {
    name: "long-run-real",
    isLong: "alone",
    run: async () => {
      await built(["blue-green-deploy"]);
      const { longRunReal } = await import("../bench/long-run-real.ts");
      return await longRunReal({
        deployments: Number(values.deployments),
        timeFactor: Number(values["time-factor"]),
        requestsPerSecond: Number(values.rate),
      });
    },
  },
  { name: "ways", isLong: false, run: async () => await (await import("../bench/rollouts.ts")).ways() },
];

if (values.help) {
  const named = (isLong: Part["isLong"]): string =>
    parts
      .filter((part) => part.isLong === isLong)
      .map((part) => part.name)
      .join(", ");
  process.stdout.write(
    [
      "npm run bench [-- --all] [-- --only NAME,NAME] [-- --json]",
      `  always:                  ${named(false)}`,
      `  with --all, minutes:     ${named(true)}`,
      `  by its name, an hour:    ${named("alone")}`,
      "  --rounds N               of start-up",
      "  --deployments N          of long-run and long-run-real",
      "  --time-factor N --rate N of long-run-real: how much faster time runs, requests a second",
      "  --peer-action DIR --peer-input NAME=VALUE --peer-command COMMAND: measured beside ours",
      "",
    ].join("\n"),
  );
  process.exit(0);
}
const wanted = values.only?.split(",").map((name) => name.trim());
const unknown = wanted?.filter((name) => !parts.some((part) => part.name === name)) ?? [];
if (unknown.length > 0) {
  process.stderr.write(`✖ --only: ${unknown.join(", ")} is not known; there are ${parts.map((part) => part.name).join(", ")}.\n`);
  process.exit(2);
}
const chosen = parts.filter((part) =>
  wanted === undefined ? part.isLong === false || (values.all && part.isLong === true) : wanted.includes(part.name),
);
const needed = [...new Set(chosen.flatMap((part) => part.needs ?? []))];
if (needed.length > 0) execFileSync(process.execPath, [join(import.meta.dirname, "bootstrap.mjs"), ...needed], { stdio: "inherit" });
const sections: Section[] = [];
for (const part of chosen) {
  const section = await part.run();
  sections.push(section);
  // With --json standard output belongs to the object.
  (values.json ? process.stderr : process.stdout).write(`${table(section)}\n`);
}
const targets = sections.flatMap((section) => section.figures.flatMap((one) => (one.met === undefined ? [] : [one.met])));
const missed = sections.flatMap(({ name, figures }) => figures.filter((one) => one.met === false).map((one) => `${name}: ${one.what}`));
(values.json ? process.stderr : process.stdout).write(
  `${targets.length - missed.length} of ${targets.length} targets met${missed.length === 0 ? "" : `; missed: ${missed.join(", ")}`}\n`,
);
if (values.json) {
  const figures = Object.fromEntries(sections.map(({ name, title, figures: lines, notes }) => [name, { title, figures: lines, notes }]));
  process.stdout.write(
    `${JSON.stringify({ node: process.version, targetsMet: targets.filter(Boolean).length, targets: targets.length, ...figures })}\n`,
  );
}
process.exitCode = targets.every(Boolean) ? 0 : 1;
