import type { Finding } from "@aws-deploy-actions/shared/findings/finding";
import { severityOf } from "@aws-deploy-actions/shared/findings/severity";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { ProgramSpec } from "../ports.ts";
import { expectExit, items, mostFindings, parseFields, textOf, texts, weaknessOf, wholeOf } from "./reading.ts";
import type { Job, Said, Scanner } from "./scanner.ts";

const release = "https://github.com/aquasecurity/trivy/releases/download/v0.69.3";

/** From the release page of the version; its tags were moved by strangers once, the bytes cannot be. */
const program: ProgramSpec = {
  command: "trivy",
  archive: {
    version: "0.69.3",
    byPlatform: {
      "linux-x64": {
        url: `${release}/trivy_0.69.3_Linux-64bit.tar.gz`,
        sha256: "1816b632dfe529869c740c0913e36bd1629cb7688bd5634f4a858c1d57c88b75",
      },
      "linux-arm64": {
        url: `${release}/trivy_0.69.3_Linux-ARM64.tar.gz`,
        sha256: "7e3924a974e912e57b4a99f65ece7931f8079584dae12eb7845024f97087bdfd",
      },
    },
  },
};

/** Where findings of an image stand when nothing was checked out: GitHub takes none without a file. */
const nominal = "Dockerfile";

const always = ["--format", "json", "--quiet", "--no-progress"];
// As a variable, since an older trivy on PATH would refuse the option.
const environment = { TRIVY_SKIP_VERSION_CHECK: "true" };

/** Lock files that no other scanner here reads: https://trivy.dev */
export const trivy: Scanner = {
  name: "trivy",
  program,
  network: true,
  weight: 4,
  largestFile: 50_000_000,
  detect: ({ otherLocks, npmLocks, pythonPins }, { named }) => {
    if (otherLocks.length > 0) return { applies: true, files: otherLocks, gaps: [] };
    const files = [...npmLocks, ...pythonPins];
    if (named?.has("trivy") === true && files.length > 0) return { applies: true, files, gaps: [] };
    return { applies: false, why: "there is no lock file that it alone reads" };
  },
  scan: async (job) => {
    const ignored = await job.write("trivyignore", "");
    const report = `${job.scratch}/trivy.json`;
    const ended = await job.run(
      [
        "filesystem",
        "--scanners",
        "vuln",
        "--offline-scan",
        ...always,
        "--ignorefile",
        ignored,
        "--cache-dir",
        `${job.scratch}/cache`,
        "--output",
        report,
        job.folder,
      ],
      { report, environment },
    );
    expectExit(ended, 0);
    return read(job, parseFields(ended, "SchemaVersion"), undefined);
  },
};

/** The image of the input `image`: packages with known vulnerabilities, and secrets in its layers. */
export const trivyImage: Scanner = {
  name: "trivy-image",
  program,
  network: true,
  weight: 6,
  detect: ({ dockerfiles, all }, { image }) => {
    if (image === undefined) return { applies: false, why: "no image was given" };
    // A finding needs a place in the repository: the Dockerfile, or where there is none the first file.
    return { applies: true, files: [dockerfiles[0] ?? all[0]].filter((file) => file !== undefined), gaps: [] };
  },
  scan: async (job) => {
    const ignored = await job.write("trivyignore", "");
    const report = `${job.scratch}/trivy.json`;
    const ended = await job.run(
      [
        "image",
        "--scanners",
        "vuln,secret",
        ...always,
        "--ignorefile",
        ignored,
        "--cache-dir",
        `${job.scratch}/cache`,
        "--output",
        report,
        "--",
        job.wishes.image ?? "",
      ],
      { report, environment, registries: true },
    );
    expectExit(ended, 0);
    return read(job, parseFields(ended, "SchemaVersion"), job.wishes.image);
  },
};

function read(job: Job, report: Readonly<Record<string, unknown>>, image: string | undefined): Said {
  const results = items(report["Results"]);
  const found = results.flatMap((result) => [
    ...items(result["Vulnerabilities"]).map((one) => ({ result, one, kind: "vulnerability" as const })),
    ...items(result["Secrets"]).map((one) => ({ result, one, kind: "secret" as const })),
  ]);
  const findings = found.slice(0, mostFindings).flatMap(({ result, one, kind }) => {
    const target = textOf(result["Target"]);
    const path = image === undefined ? job.pathOf(`${job.folder}/${target}`) : (job.files[0]?.path ?? nominal);
    if (path === undefined) return [];
    const subject = image === undefined ? "" : ` in ${image} (${oneLine(target, 120)})`;
    const line = image === undefined ? lineOf(result, textOf(one["PkgID"])) : 1;
    return [kind === "secret" ? secretFinding(one, path, subject) : vulnerability(one, { path, line }, subject, image !== undefined)];
  });
  return {
    findings,
    gaps: found.length > mostFindings ? [`only ${mostFindings} of ${found.length} findings were taken`] : [],
    secrets: found.filter(({ kind }) => kind === "secret").map(({ one }) => textOf(one["Match"])),
  };
}

/** Where a lock file has the package. */
function lineOf(result: Readonly<Record<string, unknown>>, id: string): number {
  const found = items(result["Packages"]).find((one) => id !== "" && textOf(one["ID"]) === id);
  return wholeOf(items(found?.["Locations"])[0]?.["StartLine"], 1);
}

function vulnerability(one: Readonly<Record<string, unknown>>, place: Finding["place"], subject: string, inImage: boolean): Finding {
  const [id, name, version] = [textOf(one["VulnerabilityID"]), textOf(one["PkgName"]), textOf(one["InstalledVersion"])];
  const fixed = textOf(one["FixedVersion"]);
  const uri = textOf(one["PrimaryURL"]);
  const at = textOf(one["PkgPath"]) === "" ? "" : `, at ${oneLine(textOf(one["PkgPath"]), 200)}`;
  return {
    source: inImage ? "trivy-image" : "trivy",
    rule: id,
    title: `Known vulnerability ${id} in ${name}`,
    severity: severityOf(textOf(one["Severity"]), "high"),
    category: "dependency",
    place,
    message: `${name} ${version}${subject}${at}: ${textOf(one["Title"]) || oneLine(textOf(one["Description"]), 300)}`,
    help:
      fixed === ""
        ? `No fixed version of ${name} is known: replace it, or ignore the finding with an end date.`
        : `Update ${name} to ${fixed}.`,
    ...(uri !== "" && { helpUri: uri }),
    cwe: texts(one["CweIDs"]).flatMap(weaknessOf),
    anchor: `${name} ${id}${subject}`,
    dependency: { name, version, advisories: [id, ...texts(one["VendorIDs"])], ...(fixed !== "" && { fixedIn: fixed }) },
  };
}

function secretFinding(one: Readonly<Record<string, unknown>>, path: string, subject: string): Finding {
  const rule = textOf(one["RuleID"]);
  return {
    source: "trivy-image",
    rule,
    title: `Secret in the image: ${rule}`,
    severity: severityOf(textOf(one["Severity"]), "high"),
    category: "secret",
    place: { path, line: 1 },
    message: `${textOf(one["Title"])}${subject}, line ${wholeOf(one["StartLine"], 1)}`,
    help: "Revoke it where it was issued, and build the image without it: a later layer does not remove it.",
    cwe: [798],
    anchor: `${rule}${subject}:${wholeOf(one["StartLine"], 1)}`,
  };
}
