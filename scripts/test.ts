// Runs jest with what ESM needs, and ends with one plain line: N passed, N failed.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "jest-"));
const counts = join(scratch, "counts.json");
const args = [
  "--experimental-vm-modules",
  "--disable-warning=ExperimentalWarning",
  join(root, "node_modules/jest/bin/jest.js"),
  ...process.argv.slice(2),
  // Last: jest would take a path behind them for one more reporter.
  "--reporters=default",
  `--reporters=${join(import.meta.dirname, "test-counts.mjs")}`,
];
const run = spawnSync(process.execPath, args, {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, TEST_COUNTS_FILE: counts },
});

let passed = 0;
let failed = 1;
try {
  const report = JSON.parse(readFileSync(counts, "utf8")) as Record<string, number>;
  passed = report["numPassedTests"] ?? 0;
  // A suite that does not even load has no tests to count: it counts as one failure.
  failed = (report["numFailedTests"] ?? 0) + (report["numRuntimeErrorTestSuites"] ?? 0);
} catch {
  process.stderr.write("✖ jest wrote no report: it did not run to its end.\n");
}
rmSync(scratch, { recursive: true, force: true });
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = run.status === 0 && failed === 0 ? 0 : 1;
