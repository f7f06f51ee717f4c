// Runs jest with what ESM needs, and ends with one plain line: N passed, N failed.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const results = join(mkdtempSync(join(tmpdir(), "jest-")), "results.json");
const jest = join(root, "node_modules/jest/bin/jest.js");
const args = [
  "--experimental-vm-modules",
  "--disable-warning=ExperimentalWarning",
  jest,
  "--json",
  `--outputFile=${results}`,
  ...process.argv.slice(2),
];
// jest's own report goes to stderr, and with --json the report again to stdout, where nobody reads it.
const run = spawnSync(process.execPath, args, { cwd: root, stdio: ["inherit", "ignore", "inherit"] });

let passed = 0;
let failed = 1;
try {
  const report = JSON.parse(readFileSync(results, "utf8")) as Record<string, number>;
  passed = report["numPassedTests"] ?? 0;
  // A suite that does not even load has no tests to count: it counts as one failure.
  failed = (report["numFailedTests"] ?? 0) + (report["numRuntimeErrorTestSuites"] ?? 0);
} catch {
  process.stderr.write("✖ jest wrote no report: it did not run to its end.\n");
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = run.status === 0 && failed === 0 ? 0 : 1;
