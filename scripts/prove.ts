// The fault matrix: whatever happens to the runner or to AWS's API, users stay on a healthy version, and the next run goes on from there.
import { parseArgs } from "node:util";
import { allNames, rowsOf, tableOf, windowOf } from "./prove/matrix.ts";
import { runAll } from "./prove/pool.ts";

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
const names = values.only.length > 0 ? values.only : await allNames(Number(values.share), Number(values.seed), values.part);
const step = Math.max(1, Math.floor(names.length / 20));
const judged = await runAll(names, (done, { name, verdict }) => {
  if (verdict.violations.length > 0) progress(`✖ ${name}: ${verdict.operation}, ${verdict.ending}: ${verdict.violations.join("; ")}`);
  if (done % step === 0 || done === names.length)
    progress(`${done} of ${names.length} trials, ${Math.round((Date.now() - began) / 1000)} s`);
});
if (process.stderr.isTTY) process.stderr.write("\n");

const rows = rowsOf(judged);
const broken = judged.filter(({ verdict }) => verdict.violations.length > 0);
say("Every call, every fault: a rollout meets one fault, and whoever comes next ends it. Cancelled at every call. Two runs at once.");
say();
say(tableOf(rows));
say();
const { runs, overlapping, longest } = windowOf(judged);
if (runs > 0)
  say(
    `Two deployments with tags: in ${overlapping} of ${runs} both moved users at once, for ${longest.toFixed(1)} s at most; with S3 in none.\n`,
  );
for (const { name, verdict } of broken.slice(0, 40)) {
  say(`✖ ${name} (${verdict.operation}; ${verdict.ending}): ${verdict.violations.join("; ")}`);
  say(`  npm run prove -- --only ${name}`);
}
say(
  broken.length === 0
    ? `✔ ${judged.length} trials in ${Math.round((Date.now() - began) / 1000)} s: no request lost, nobody sent to a target that was not healthy, nothing made twice, nothing left held.`
    : `✖ ${broken.length} of ${judged.length} trials broke a promise.`,
);
if (values.json) {
  const violations = broken.map(({ name, verdict }) => ({
    name,
    operation: verdict.operation,
    ending: verdict.ending,
    violations: verdict.violations,
  }));
  process.stdout.write(`${JSON.stringify({ trials: judged.length, violations, rows, tagWindow: windowOf(judged) })}\n`);
}
process.exitCode = broken.length === 0 ? 0 : 1;
