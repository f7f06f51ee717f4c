// The fault matrix: whatever happens to the runner or to AWS's API, users stay on a healthy version, and the next run goes on from there.
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { allNames } from "./prove/matrix.ts";
import { runAll } from "./prove/pool.ts";
import { type Part, parsePart, partOf, tableOf, together, windowLines } from "./prove/table.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    /** One trial by its name, as it was printed. */
    only: { type: "string", multiple: true, default: [] },
    /** Part of the matrix that is tried, 0 to 1. */
    share: { type: "string", default: "1" },
    /** Real processes on the local cloud instead, in each phase. */
    real: { type: "boolean", default: false },
    /** Many requests through a deployment and a rollback instead; with --rate and --time-factor. */
    load: { type: "boolean", default: false },
    rate: { type: "string", default: "1000" },
    "time-factor": { type: "string", default: "1" },
    /** Breaks a promise on purpose, so that the proof can be seen to fail: `cancel` with --real, `drain` with --load. */
    break: { type: "string", default: "" },
    /** faults, cancel or two; all where none is named. */
    part: { type: "string", multiple: true, default: [] },
    /** `2/12`: the second of twelve equal parts that together are everything; their JSON is put together with --merge. */
    shard: { type: "string", default: "1/1" },
    /** Files that --json wrote: one table of all of them, and nothing is run. */
    merge: { type: "string", multiple: true, default: [] },
    /** Another part of the matrix, where a share is given. */
    seed: { type: "string", default: "1" },
  },
});
const say = (text = ""): void => {
  (values.json ? process.stderr : process.stdout).write(`${text}\n`);
};
const progress = (text: string): void => {
  process.stderr.write(process.stderr.isTTY ? `\r${text}\u001b[K` : `${text}\n`);
};

const breakable = values.real ? "cancel" : values.load ? "drain" : "";
if (values.break !== "" && values.break !== breakable) {
  process.stderr.write(`✖ --break: "${values.break}" cannot be broken here; accepted: cancel with --real, drain with --load\n`);
  process.exit(2);
}
if (values.real) {
  const { proveReal } = await import("./prove/real.ts");
  const kept = await proveReal({ only: values.only, json: values.json, breakCancel: values.break !== "" }, { say, progress });
  process.exit(kept ? 0 : 1);
}
if (values.load) {
  const { proveLoad } = await import("./prove/load.ts");
  const options = { rate: Number(values.rate), timeFactor: Number(values["time-factor"]), json: values.json };
  const kept = await proveLoad({ ...options, breakDrain: values.break !== "" }, { say, progress });
  process.exit(kept ? 0 : 1);
}

const began = Date.now();
const { only, part, share, seed, shard, merge } = values;
const parts = merge.length > 0 ? await Promise.all(merge.map(async (path) => parsePart(await readFile(path, "utf8")))) : [await run()];
const { trials, violations, rows, windows } = together(parts);
say("Every call, every fault: a rollout meets one fault, and whoever comes next ends it. Cancelled at every call. Two runs at once.");
say();
say(tableOf(rows));
say();
for (const line of windowLines(windows)) say(line);
if (windows.length > 0) say();
for (const { name, operation, ending, violations: promises } of violations.slice(0, 40)) {
  say(`✖ ${name} (${operation}; ${ending}): ${promises.join("; ")}`);
  say(`  npm run prove -- --only ${name}`);
}
say(
  violations.length === 0
    ? `✔ ${trials} trials in ${Math.round((Date.now() - began) / 1000)} s: no request lost, nobody sent to a target that was not healthy, nothing made twice, nothing left held.`
    : `✖ ${violations.length} of ${trials} trials broke a promise.`,
);
if (values.json) process.stdout.write(`${JSON.stringify({ trials, violations, rows, windows })}\n`);
process.exitCode = violations.length === 0 ? 0 : 1;

/** Tries what was asked for. */
async function run(): Promise<Part> {
  const names = only.length > 0 ? only : await allNames({ share: Number(share), seed: Number(seed), parts: part, shard });
  const step = Math.max(1, Math.floor(names.length / 20));
  const judged = await runAll(names, (done, { name, verdict }) => {
    if (verdict.violations.length > 0) progress(`✖ ${name}: ${verdict.operation}, ${verdict.ending}: ${verdict.violations.join("; ")}`);
    if (done % step === 0 || done === names.length)
      progress(`${done} of ${names.length} trials, ${Math.round((Date.now() - began) / 1000)} s`);
  });
  if (process.stderr.isTTY) process.stderr.write("\n");
  return partOf(judged);
}
