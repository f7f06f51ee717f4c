import type { Finding } from "@aws-deploy-actions/shared/findings/finding";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { Unavailable } from "../ports.ts";
import { readPins } from "./python-pins.ts";
import { expectExit, fields, items, parseFields, textOf } from "./reading.ts";
import type { Job, Scanner } from "./scanner.ts";

/** Known vulnerabilities of Python packages from Safety's own database, where there is a key: https://docs.safetycli.com */
export const safety: Scanner = {
  name: "safety",
  program: { command: "safety", requirements: "safety.txt" },
  network: true,
  weight: 3,
  largestFile: 10_000_000,
  detect: ({ pythonPins }, { safetyKey }) => {
    if (safetyKey === undefined) return { applies: false, why: "no safety-api-key was given" };
    return pythonPins.length === 0
      ? { applies: false, why: "there is no file of Python requirements" }
      : { applies: true, files: pythonPins, gaps: [] };
  },
  scan: async (job) => {
    const key = job.wishes.safetyKey;
    if (key === undefined) throw new Unavailable("no safety-api-key was given");
    const ended = await job.run(["scan", "--target", job.folder, "--output", "json"], {
      environment: { SAFETY_API_KEY: key, SAFETY_STAGE: "cicd" },
      folder: job.folder,
    });
    // 64: vulnerabilities found; 65 and above: the key, the network, the database.
    expectExit(ended, 0, 64);
    const projects = items(fields(parseFields(ended, "scan_results")["scan_results"])["projects"]);
    const files = projects.flatMap((project) => items(project["files"]));
    const findings = (await Promise.all(files.map((file) => ofFile(job, file)))).flat();
    return { findings, gaps: files.length === 0 ? ["its report names no file"] : [] };
  },
};

async function ofFile(job: Job, file: Readonly<Record<string, unknown>>): Promise<readonly Finding[]> {
  const path = job.pathOf(textOf(file["location"]));
  const staged = job.files.find((one) => one.path === path);
  if (path === undefined || staged === undefined) return [];
  const { pins } = readPins(path, await job.read(staged));
  return items(fields(file["results"])["dependencies"]).flatMap((dependency) => {
    const name = textOf(dependency["name"]);
    return items(dependency["specifications"]).flatMap((specification) =>
      items(fields(specification["vulnerabilities"])["known_vulnerabilities"]).map((known): Finding => {
        const id = textOf(known["id"]);
        const version = /===?\s*([^\s;]+)/.exec(textOf(specification["raw"]))?.[1] ?? "";
        const pin = pins.find((one) => one.name.toLowerCase() === name.toLowerCase() && (version === "" || one.version === version));
        return {
          source: "safety",
          rule: id,
          title: `Known vulnerability ${id} in ${name}`,
          severity: "high",
          category: "dependency",
          place: { path, line: pin?.line ?? 1 },
          message: `${name} ${version} is in the vulnerable range ${textOf(known["vulnerable_spec"])}`,
          help: `Update ${name} to a version outside of ${textOf(known["vulnerable_spec"])}.`,
          helpUri: `https://data.safetycli.com/v/${encodeURIComponent(id)}/`,
          cwe: [1395],
          anchor: `${name} ${id}`,
          dependency: { name, version, advisories: [id] },
          // A policy of the account may excuse it: told, not obeyed. Only the ignore file excuses.
          ...(typeof known["ignored"] === "object" &&
            known["ignored"] !== null && {
              inlineSuppression: `Safety policy: ${oneLine(textOf(fields(known["ignored"])["reason"]), 200) || "no reason"}`,
            }),
        };
      }),
    );
  });
}
