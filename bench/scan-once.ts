// Runs the security scan in this process, as the runner would, and says on the last line what it took: for bench/scan.ts and its test.
// The environment names workspace, PATH and inputs, as on GitHub.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { securityScan } from "../actions/security-scan/src/wiring.ts";
import { launch } from "../packages/shared/src/action/launch.ts";
import { thisProcess } from "../packages/shared/src/action/process.ts";

/** What one run took. */
export interface Taken {
  readonly outcome: string;
  readonly files: number;
  readonly findings: number;
  /** From start to end, in seconds. */
  readonly seconds: number;
  /** Of our own process, without the scanners; in MB. */
  readonly peakMemory: number;
  /** Processor time of our own process, without the scanners; in seconds. */
  readonly ownCpu: number;
  readonly scanners: readonly { readonly name: string; readonly state: string; readonly reason: string; readonly seconds: number }[];
}

const start = performance.now();
const requirements = join(import.meta.dirname, "..", "actions", "security-scan", "requirements");
await launch(securityScan({ requirements, killGroup: (leader) => process.kill(-leader, "SIGKILL") }), {
  ...thisProcess(),
  write: () => undefined,
  fail: () => undefined,
});
const report = JSON.parse(readFileSync(join(process.env["GITHUB_WORKSPACE"] ?? ".", "security-scan.json"), "utf8"));
const { user, system } = process.cpuUsage();
const taken: Taken = {
  outcome: report.outcome,
  files: report.files,
  findings: report.findings.length,
  seconds: (performance.now() - start) / 1000,
  peakMemory: Math.round(process.resourceUsage().maxRSS / 1024),
  ownCpu: (user + system) / 1e6,
  scanners: report.scanners,
};
process.stdout.write(`${JSON.stringify(taken)}\n`);
