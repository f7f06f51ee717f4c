import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import type { Defect } from "@aws-deploy-actions/shared/findings/finding";
import { identify } from "@aws-deploy-actions/shared/findings/fingerprint";
import { worstFirst } from "@aws-deploy-actions/shared/findings/group";
import { type Redact, redactDeep, redactor } from "@aws-deploy-actions/shared/findings/redact";
import { type RunNote, toSarif } from "@aws-deploy-actions/shared/findings/sarif";
import { inputTrouble } from "@aws-deploy-actions/shared/problems";
import { assemble } from "./assemble.ts";
import { isKnown, readBaseline } from "./decide/baseline.ts";
import { nothingThere } from "./decide/below.ts";
import { changedPart } from "./decide/changed.ts";
import { applyIgnores, type IgnoreList, readIgnores, type Sorted } from "./decide/ignores.ts";
import { isIncomplete, judgeScan, type ScannerResult } from "./decide/verdict.ts";
import type { Config } from "./inputs.ts";
import { type Inventory, takeInventory } from "./inventory.ts";
import { oddityFinding } from "./oddities.ts";
import type { History, Programs, Reports, Repository, Tree, TrustedVersion } from "./ports.ts";
import { annotations } from "./report/annotations.ts";
import { jsonReport } from "./report/json.ts";
import { countingOf, type Reported, type ScanReport } from "./report/model.ts";
import { summary } from "./report/summary.ts";
import { findingsOf, type Scan, type ScanSetting, scanAll, secretsOf } from "./scan.ts";
import { allScanners } from "./scanners/all.ts";
import { someOf } from "./scanners/reading.ts";

/** The outside world, as the scan needs it. */
export interface Ports {
  readonly repository: Repository;
  readonly history: History;
  readonly programs: Programs;
  readonly reports: Reports;
  readonly files: ScanSetting["files"];
  readonly cores: number;
  /** Of this action, for the report. */
  readonly version: string;
}

/** Scans the repository and reports: from the look at the tree to the reports and the verdict. */
export async function run(config: Config, base: Base, ports: Ports): Promise<ActionResult> {
  const start = base.clock.now();
  try {
    const prepared = await base.journal.group("Look at the repository", () => prepare(config, base, ports));
    const scans = await base.journal.group("Scan", () => scan(config, base, ports, prepared.inventory));
    return await base.journal.group("Report", () => conclude({ config, base, ports, prepared, scans, start }));
  } finally {
    await ports.programs.close();
  }
}

interface Prepared {
  readonly tree: Tree;
  readonly inventory: Inventory;
  readonly ignores: IgnoreList;
  readonly baseline: ReadonlySet<string>;
  readonly notes: readonly string[];
  /** Only a part of the repository was scanned. */
  readonly partial: boolean;
}

async function prepare(config: Config, base: Base, { history, repository }: Ports): Promise<Prepared> {
  const notes = [...config.notes];
  const trusted = await history.trusted();
  const ignores = await readIgnoreFile(config, trusted, notes);
  const baseline = await readBaselineFile(config, trusted, notes);
  const changed = config.changedOnly ? await history.changedFiles() : undefined;
  if (changed !== undefined && "unknown" in changed) notes.push(`changed-only: everything is scanned, since ${changed.unknown}`);
  const only = changed !== undefined && "paths" in changed ? changed.paths : undefined;
  const all = await repository.list(config.paths);
  const nothing = nothingThere(all, config.paths);
  if (nothing !== undefined && (config.image === undefined || config.paths.length > 0))
    throw inputTrouble(nothing, "Run actions/checkout before this step, and name paths as they stand in the repository.");
  const tree = only === undefined ? all : changedPart(all, only);
  const inventory = await takeInventory(tree, repository);
  if (inventory.scannerFiles.length > 0)
    notes.push(
      `settings that scanners would read are not honoured, only the ignore file is: ${someOf(inventory.scannerFiles.map(({ path }) => path))}`,
    );
  base.journal.say(
    `${tree.files.length} files${only === undefined ? "" : " that changed, with what belongs to them"}; configuration from ${trusted.name}`,
  );
  for (const note of notes) base.journal.say(`• ${note}`);
  return { tree, inventory, ignores, baseline, notes, partial: only !== undefined || config.paths.length > 0 };
}

async function readIgnoreFile(config: Config, trusted: TrustedVersion, notes: string[]): Promise<IgnoreList> {
  const file = await trusted.read(config.ignoreFile);
  if (typeof file === "object") return readIgnores(file.text, config.ignoreFile);
  if (file === "unreadable")
    notes.push(`${config.ignoreFile} cannot be read from ${trusted.name}, so nothing is ignored: give the checkout step fetch-depth: 0`);
  else if (config.ignoreFileGiven) notes.push(`${config.ignoreFile} is not in ${trusted.name}, so nothing is ignored`);
  return { entries: [], broken: [] };
}

async function readBaselineFile({ baseline }: Config, trusted: TrustedVersion, notes: string[]): Promise<ReadonlySet<string>> {
  if (baseline === undefined) return new Set();
  const file = await trusted.read(baseline);
  if (typeof file === "object") return readBaseline(file.text, baseline);
  const pullRequest = trusted.name.startsWith("the base branch");
  if (file === "missing" && !pullRequest) throw inputTrouble(`baseline: there is no file ${baseline}.`);
  notes.push(`the baseline ${baseline} cannot be read from ${trusted.name}, so every finding counts`);
  return new Set();
}

async function scan(config: Config, base: Base, ports: Ports, inventory: Inventory): Promise<readonly Scan[]> {
  const { scanners, safetyKey, image, scannerTimeout } = config;
  const chosen = allScanners.filter(
    ({ name }) => scanners === undefined || scanners.has(name) || (name === "trivy-image" && image !== undefined),
  );
  return scanAll(chosen, {
    inventory,
    wishes: { image, safetyKey, named: scanners },
    repository: ports.repository,
    programs: ports.programs,
    clock: base.clock,
    cancelled: base.cancelled,
    limit: scannerTimeout,
    cores: ports.cores,
    files: ports.files,
    // A reason may quote what a scanner said: until all secrets are known it is not printed.
    ended: ({ name, state, seconds }) =>
      base.journal.say(`${marks[state]} ${name} ${words[state]}${seconds >= 0.1 ? ` (${seconds} s)` : ""}`),
  });
}

const marks = { ran: "✔", partly: "⚠", failed: "✖", "not-applicable": "–" } as const;
const words = { ran: "has run", partly: "ran in part only", failed: "did not run", "not-applicable": "has nothing to do here" } as const;

interface Conclusion {
  readonly config: Config;
  readonly base: Base;
  readonly ports: Ports;
  readonly prepared: Prepared;
  readonly scans: readonly Scan[];
  readonly start: number;
}

async function conclude(conclusion: Conclusion): Promise<ActionResult> {
  const { config, base, ports } = conclusion;
  const redact = redactor([...secretsOf(conclusion.scans), ...(config.safetyKey === undefined ? [] : [config.safetyKey])]);
  const report = await compose(conclusion, redact);
  const { journal } = base;
  for (const { name, reason } of report.scanners.filter(isIncomplete)) journal.say(`✖ ${name}: ${reason}`);
  await ports.reports.write(config.sarifPath, `${JSON.stringify(sarifOf(report, config, ports.version))}\n`);
  await ports.reports.write(config.reportPath, jsonReport(report));
  for (const { level, message, place } of annotations(report)) journal.annotate(level, message, place);
  const { verdict } = report;
  journal.say(`${verdict.ok ? (verdict.outcome === "incomplete" ? "⚠" : "✔") : "✖"} ${verdict.reason}`);
  return {
    outcome: verdict.outcome,
    ok: verdict.ok,
    reason: verdict.reason,
    reportPath: config.reportPath,
    summary: summary(report, { sarif: config.sarifPath, json: config.reportPath }),
    outputs: {
      "findings-count": String(countingOf(report).length),
      "highest-severity": verdict.highest ?? "none",
      "sarif-path": config.sarifPath,
    },
    ...(verdict.mend !== undefined && { mend: verdict.mend }),
    ...(!verdict.ok && {
      news: {
        event: "failure" as const,
        title: `security scan of ${base.context.repository || "the repository"}: ${verdict.outcome}`,
        facts: [["result", verdict.reason] as const],
      },
    }),
  };
}

async function compose({ config, base, ports, prepared, scans, start }: Conclusion, redact: Redact): Promise<ScanReport> {
  const scanners = redactDeep(
    scans.map(({ result }) => result),
    redact,
  );
  const raw = [...findingsOf(scans), ...prepared.tree.oddities.map(oddityFinding)];
  const defects = await assemble(raw, ports.repository, redact);
  const sorted = setAside(defects, prepared, config, base, scanners);
  const counting = [
    ...sorted.counting,
    ...identify(redactDeep(sorted.about, redact), () => undefined).map((one): Defect => ({ ...one, also: [] })),
  ].sort(worstFirst);
  const findings = await compare(counting, prepared.baseline, ports.history);
  return {
    verdict: judgeScan(
      findings.filter(({ known }) => !known),
      scanners,
      config.failOn,
      config.required,
    ),
    scanners,
    findings,
    ignored: sorted.ignored,
    notes: redactDeep(prepared.notes, redact),
    commit: base.context.commit,
    files: prepared.tree.files.length,
    seconds: Math.round((base.clock.now() - start) * 10) / 10,
  };
}

/** An entry of the ignore file met nothing only if its scanner saw everything. */
function setAside(
  defects: readonly Defect[],
  { ignores, partial }: Prepared,
  config: Config,
  base: Base,
  scanners: readonly ScannerResult[],
): Sorted {
  const today = new Date(base.clock.now() * 1000).toISOString().slice(0, 10);
  const complete = new Set<string>(["security-scan", ...scanners.filter((result) => !isIncomplete(result)).map(({ name }) => name)]);
  return applyIgnores(defects, ignores, config.ignoreFile, today, ({ rule }) => !partial && complete.has(rule.split("/")[0] ?? ""));
}

async function compare(defects: readonly Defect[], baseline: ReadonlySet<string>, history: History): Promise<readonly Reported[]> {
  const added = await history.addedLines([...new Set(defects.map(({ place }) => place.path))]);
  return defects.map((defect) => {
    const known = isKnown(defect, baseline);
    const { path, line, endLine = line } = defect.place;
    const fresh = known ? false : (added?.(path, line, endLine) ?? (baseline.size > 0 ? true : undefined));
    return { ...defect, known, fresh };
  });
}

function sarifOf(report: ScanReport, config: Config, version: string): unknown {
  const missing = report.scanners
    .filter(isIncomplete)
    .map(({ name, state, reason }): RunNote => ({ about: name, text: reason, level: state === "failed" ? "error" : "warning" }));
  return toSarif({
    tool: { name: "security-scan", version, informationUri: "https://docs.github.com/code-security/code-scanning" },
    category: config.category,
    defects: report.findings,
    notes: [...missing, ...report.notes.map((text): RunNote => ({ about: "security-scan", text, level: "note" }))],
    complete: !report.scanners.some(isIncomplete),
  });
}
