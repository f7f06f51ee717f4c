import { posix } from "node:path";
import type { Finding } from "@aws-deploy-actions/shared/findings/finding";
import { severityOf } from "@aws-deploy-actions/shared/findings/severity";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { Inventory } from "../inventory.ts";
import { type Ended, type TreeFile, Unavailable } from "../ports.ts";
import { expectExit, fields, items, lastWords, parseReport, someOf, textOf, texts, weaknessOf } from "./reading.ts";
import type { Job, Scanner } from "./scanner.ts";

/** Known vulnerabilities of npm packages, from their lock files: https://docs.npmjs.com/cli/commands/npm-audit. Nothing is installed. */
export const npmAudit: Scanner = {
  name: "npm-audit",
  program: { command: "npm" },
  network: true,
  weight: 2,
  largestFile: 50_000_000,
  detect: (inventory) => {
    const { npmLocks, nodeManifests } = inventory;
    if (npmLocks.length > 0) return { applies: true, files: [...npmLocks, ...nodeManifests], gaps: unlocked(inventory) };
    return nodeManifests.length === 0
      ? { applies: false, why: "there is no package.json" }
      : { applies: true, files: nodeManifests, gaps: unlocked(inventory) };
  },
  scan: async (job) => {
    const locks = job.files.filter(({ path }) => /(package-lock|npm-shrinkwrap)\.json$/.test(path));
    const gaps = await unlockedWithPackages(job, locks);
    if (locks.length === 0) {
      if (gaps.length > 0) throw new Unavailable(`there is no lock file that npm reads: ${gaps.join("; ")}`);
      return { findings: [], gaps: [] };
    }
    const findings: Finding[] = [];
    for (const lock of locks) {
      try {
        findings.push(...(await audit(job, lock)));
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        gaps.push(`${lock.path}: ${error.message}`);
      }
    }
    if (gaps.length >= locks.length && findings.length === 0 && gaps.some((gap) => locks.some(({ path }) => gap.startsWith(`${path}: `))))
      throw new Unavailable(gaps.join("; "));
    return { findings, gaps };
  },
};

const folderOf = (path: string): string => posix.dirname(path);

/** A lock file counts for its folder and, with workspaces, for those below; yarn's and pnpm's are trivy's to read. */
function isLocked(folder: string, locks: readonly TreeFile[]): boolean {
  return locks.some(({ path }) => {
    const home = folderOf(path);
    return home === "." || folder === home || folder.startsWith(`${home}/`);
  });
}

function unlocked({ nodeManifests, npmLocks, otherLocks }: Inventory): readonly string[] {
  const elsewhere = otherLocks.filter(({ path }) => /(yarn\.lock|pnpm-lock\.yaml|bun\.lock)$/.test(path));
  const covered = [...npmLocks, ...elsewhere];
  return nodeManifests.filter(({ path }) => !isLocked(folderOf(path), covered)).map(({ path }) => path);
}

async function unlockedWithPackages(job: Job, locks: readonly TreeFile[]): Promise<string[]> {
  const suspects = new Set(unlocked(job.inventory));
  const bare: string[] = [];
  for (const file of job.files.filter(({ path }) => suspects.has(path) && !locks.some((lock) => lock.path === path))) {
    try {
      const manifest = fields(JSON.parse(await job.read(file)) as unknown);
      const wanted = ["dependencies", "devDependencies", "optionalDependencies"].some(
        (kind) => Object.keys(fields(manifest[kind])).length > 0,
      );
      if (wanted) bare.push(file.path);
    } catch {
      bare.push(file.path);
    }
  }
  return bare.length === 0 ? [] : [`no lock file for ${someOf(bare)}`];
}

async function audit(job: Job, lock: TreeFile): Promise<readonly Finding[]> {
  const folder = posix.join(job.folder, folderOf(lock.staged));
  const userSettings = await job.write("npmrc", "");
  const ended = await job.run(
    ["audit", "--json", "--package-lock-only", "--ignore-scripts", "--userconfig", userSettings, "--globalconfig", `${userSettings}-none`],
    { folder },
  );
  expectExit(ended, 0, 1);
  const report = fields(parseReport(ended));
  if (!Object.hasOwn(report, "vulnerabilities")) throw new Unavailable(why(report, ended));
  return toFindings(lock.path, await job.read(lock), fields(report["vulnerabilities"]));
}

function why(report: Readonly<Record<string, unknown>>, ended: Ended): string {
  const error = fields(report["error"]);
  const said = [textOf(report["message"]), textOf(error["summary"]), textOf(error["code"])].find((text) => text !== "");
  return said === undefined ? `no result (${lastWords({ ...ended, stdout: "" })})` : oneLine(said, 300);
}

function toFindings(path: string, lockText: string, vulnerabilities: Readonly<Record<string, unknown>>): readonly Finding[] {
  const lines = lockText.split("\n");
  const seen = new Set<string>();
  return Object.values(vulnerabilities)
    .map(fields)
    .flatMap((vulnerable) => items(vulnerable["via"]).map((advisory) => ({ vulnerable, advisory })))
    .filter(({ advisory }) => textOf(advisory["title"]) !== "" || textOf(advisory["url"]) !== "")
    .flatMap(({ vulnerable, advisory }): Finding[] => {
      const name = textOf(advisory["dependency"]) || textOf(advisory["name"]);
      const url = textOf(advisory["url"]);
      const id = /(GHSA(?:-[a-z0-9]{4}){3})/i.exec(url)?.[1] ?? String(advisory["source"] ?? url);
      const key = JSON.stringify([name, id]);
      if (seen.has(key)) return [];
      seen.add(key);
      const { line, version } = lockEntry(lines, texts(vulnerable["nodes"])[0] ?? `node_modules/${name}`);
      const fix = fields(vulnerable["fixAvailable"]);
      return [
        {
          source: "npm-audit",
          rule: id,
          title: `Known vulnerability ${id} in ${name}`,
          severity: severityOf(textOf(advisory["severity"]), "high"),
          category: "dependency",
          place: { path, line },
          message: `${name} ${textOf(advisory["range"])}: ${textOf(advisory["title"])}`,
          help:
            textOf(fix["name"]) !== ""
              ? `Update ${textOf(fix["name"])} to ${textOf(fix["version"])}.`
              : vulnerable["fixAvailable"] === true
                ? `Run npm audit fix, or npm update ${name}.`
                : `No fixed version of ${name} is known: replace it, or ignore the finding with an end date.`,
          helpUri: url,
          cwe: texts(advisory["cwe"]).flatMap(weaknessOf),
          anchor: `${name} ${id}`,
          dependency: { name, version, advisories: [id] },
        },
      ];
    });
}

/** Where a lock file names a package, and its version there. */
function lockEntry(lines: readonly string[], node: string): { readonly line: number; readonly version: string } {
  const packageName = node.replace(/^.*node_modules\//, "");
  const at = lines.findIndex((line) => line.includes(`"${node}": {`) || line.includes(`"${packageName}": {`));
  const version = /"version": "([^"]+)"/.exec(lines.slice(Math.max(0, at), at + 4).join("\n"))?.[1];
  return { line: Math.max(1, at + 1), version: version ?? "" };
}
