import { posix } from "node:path";
import type { Finding } from "@aws-deploy-actions/shared/findings/finding";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { type TreeFile, Unavailable } from "../ports.ts";
import { namesDependencies, type Pin, readPins } from "./python-pins.ts";
import { counted, expectExit, items, lastWords, parseFields, someOf, textOf, texts } from "./reading.ts";
import type { Job, Said, Scanner } from "./scanner.ts";

interface Placed extends Pin {
  readonly path: string;
}

const always = ["--disable-pip", "--no-deps", "--format", "json", "--progress-spinner", "off", "--aliases", "on", "--desc", "on"];

/** Known vulnerabilities of Python packages: https://github.com/pypa/pip-audit. Only exact versions: resolving would run strangers' build scripts. */
export const pipAudit: Scanner = {
  name: "pip-audit",
  program: { command: "pip-audit", requirements: "pip-audit.txt" },
  network: true,
  weight: 3,
  largestFile: 10_000_000,
  detect: ({ pythonPins, pythonProjects }) => {
    const files = [...new Set([...pythonPins, ...pythonProjects])];
    return files.length === 0 ? { applies: false, why: "there is no file of Python requirements" } : { applies: true, files, gaps: [] };
  },
  scan: async (job) => {
    const { pins, gaps } = await collect(job);
    if (pins.length === 0) {
      if (gaps.length > 0) throw new Unavailable(`there is no exact version to look up: ${gaps.join("; ")}`);
      return { findings: [], gaps };
    }
    const dependencies: Readonly<Record<string, unknown>>[] = [];
    let words = "";
    for (const [index, list] of withoutDoubles(pins).entries()) {
      const file = await job.write(`requirements-${index}.txt`, list);
      const ended = await job.run(["--requirement", file, ...always]);
      expectExit(ended, 0, 1);
      dependencies.push(...items(parseFields(ended, "dependencies")["dependencies"]));
      words = lastWords(ended);
    }
    return judge(pins, dependencies, gaps, words);
  },
};

async function collect(job: Job): Promise<{ pins: readonly Placed[]; gaps: readonly string[] }> {
  const pins: Placed[] = [];
  const gaps: string[] = [];
  const projects = new Set(job.inventory.pythonProjects);
  for (const file of job.files) {
    const text = await job.read(file);
    if (projects.has(file)) {
      if (namesDependencies(text) && !isPinned(file, job)) gaps.push(`${file.path} names packages and has no lock file beside it`);
      continue;
    }
    try {
      const found = readPins(file.path, text);
      pins.push(...found.pins.map((pin) => ({ ...pin, path: file.path })));
      if (found.loose.length > 0)
        gaps.push(`${counted(found.loose.length, "requirement")} of ${file.path} without an exact version: ${someOf(found.loose)}`);
    } catch (error) {
      gaps.push(`${file.path} cannot be read (${oneLine((error as Error).message, 120)})`);
    }
  }
  return { pins, gaps };
}

/** A list of exact versions counts for its folder and those below. */
const isPinned = ({ path }: TreeFile, { inventory }: Job): boolean =>
  inventory.pythonPins.some((pins) => {
    const home = posix.dirname(pins.path);
    return home === "." || path.startsWith(`${home}/`);
  });

/** pip-audit refuses a package with two versions, as different places of a repository have: each further version goes into a further run. */
function withoutDoubles(pins: readonly Pin[]): readonly string[] {
  const lists: Map<string, string>[] = [];
  for (const { name, version } of pins) {
    const key = name.toLowerCase().replace(/[-_.]+/g, "-");
    const home = lists.find((list) => !list.has(key) || list.get(key) === version);
    if (home === undefined) lists.push(new Map([[key, version]]));
    else home.set(key, version);
  }
  return lists.map((list) => [...list].map(([key, version]) => `${key}==${version}\n`).join(""));
}

function judge(
  pins: readonly Placed[],
  dependencies: readonly Readonly<Record<string, unknown>>[],
  gaps: readonly string[],
  words: string,
): Said {
  const skipped = dependencies.filter((one) => textOf(one["skip_reason"]) !== "");
  const reasons = [...new Set(skipped.map((one) => oneLine(textOf(one["skip_reason"]), 200)))];
  const audited = dependencies.length - skipped.length;
  // Without a network it ends with 0 and "No known vulnerabilities found", every package skipped.
  if (audited === 0)
    throw new Unavailable(reasons[0] === undefined ? `it audited nothing (${words})` : `no package could be looked up: ${reasons[0]}`);
  const names = skipped.map((one) => textOf(one["name"]));
  const asked = new Set(pins.map(keyOf)).size;
  return {
    findings: dependencies.flatMap((dependency) => toFindings(pins, dependency)),
    gaps: [
      ...gaps,
      ...(skipped.length > 0 ? [`${counted(skipped.length, "package")} could not be looked up: ${someOf(names)} (${reasons[0]})`] : []),
      ...(dependencies.length < asked ? [`${asked - dependencies.length} of ${asked} packages are not in its report`] : []),
    ],
  };
}

const keyOf = ({ name, version }: { name: string; version: string }): string => `${name.toLowerCase().replace(/[-_.]+/g, "-")}==${version}`;

function toFindings(pins: readonly Placed[], dependency: Readonly<Record<string, unknown>>): readonly Finding[] {
  const [name, version] = [textOf(dependency["name"]), textOf(dependency["version"])];
  const places = pins.filter((pin) => keyOf(pin) === keyOf({ name, version }));
  return items(dependency["vulns"]).flatMap((vulnerability) => {
    const id = textOf(vulnerability["id"]);
    const advisories = [id, ...texts(vulnerability["aliases"])];
    const fixed = texts(vulnerability["fix_versions"]);
    return places.map(
      ({ path, line }): Finding => ({
        source: "pip-audit",
        rule: id,
        title: `Known vulnerability ${advisories.join(", ")} in ${name}`,
        // It gives no severity, and an unknown one is not small.
        severity: "high",
        category: "dependency",
        place: { path, line },
        message: `${name} ${version}: ${oneLine(textOf(vulnerability["description"]), 400) || id}`,
        help:
          fixed.length > 0
            ? `Update ${name} to ${fixed.join(" or ")}.`
            : `No fixed version of ${name} is known: replace it, or ignore the finding with an end date.`,
        helpUri: `https://osv.dev/vulnerability/${encodeURIComponent(id)}`,
        cwe: [1395],
        anchor: `${name} ${id}`,
        dependency: { name, version, advisories, ...(fixed[0] !== undefined && { fixedIn: fixed[0] }) },
      }),
    );
  });
}
