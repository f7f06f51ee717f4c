import type { Finding } from "@aws-deploy-actions/shared/findings/finding";
import type { Severity } from "@aws-deploy-actions/shared/findings/severity";
import { severityOf } from "@aws-deploy-actions/shared/findings/severity";
import type { Inventory } from "../inventory.ts";
import { Unavailable } from "../ports.ts";
import { counted, expectExit, fields, items, lastWords, mostFindings, parseReport, textOf, wholeOf } from "./reading.ts";
import type { Job, Said, Scanner } from "./scanner.ts";

/** Infrastructure as code: https://www.checkov.io. Offline, without external checks or modules. */
export const checkov: Scanner = {
  name: "checkov",
  program: { command: "checkov", requirements: "checkov.txt" },
  network: false,
  weight: 10,
  largestFile: 5_000_000,
  // Its comments and metadata that skip a check are made unreadable in the copies it gets: same length, so places stay right.
  disarm: /\b(?:checkov|bridgecrew|cortex)(?=["']?\s*:|\.io\/skip)/gi,
  detect: (inventory) => {
    const files = [...new Set(parts(inventory).flatMap(([, list]) => list))];
    return files.length === 0
      ? { applies: false, why: "there is no CloudFormation, Terraform, Kubernetes or Docker file" }
      : { applies: true, files, gaps: [] };
  },
  scan: async (job) => {
    const frameworks = parts(job.inventory)
      .filter(([, list]) => list.length > 0)
      .map(([framework]) => framework);
    const ended = await job.run(
      [
        ...["--directory", job.folder],
        ...["--framework", ...frameworks],
        ...["--output", "json", "--compact", "--quiet"],
        ...["--skip-download", "--download-external-modules", "false"],
      ],
      {
        environment: {
          CKV_IGNORE_HIDDEN_DIRECTORIES: "False",
          CKV_IGNORED_DIRECTORIES: "no-folder-is-ignored",
          LOG_LEVEL: "ERROR",
        },
      },
    );
    expectExit(ended, 0, 1);
    const report = parseReport(ended);
    return read(job, Array.isArray(report) ? items(report) : [fields(report)], lastWords(ended));
  },
};

const parts = ({ cloudFormation, terraform, dockerfiles, kubernetes }: Inventory): readonly (readonly [string, Inventory["all"]])[] => [
  ["cloudformation", cloudFormation],
  ["terraform", terraform],
  ["dockerfile", dockerfiles],
  ["kubernetes", kubernetes],
];

function read(job: Job, reports: readonly Readonly<Record<string, unknown>>[], words: string): Said {
  const strange = reports.find((report) => !isReport(report));
  if (strange !== undefined || reports.length === 0) throw new Unavailable(`its report is of another form (${words})`);
  const failed = reports.flatMap((report) => items(fields(report["results"])["failed_checks"]));
  // A report about nothing is the bare summary; all others have it inside.
  const summaries = reports.map((report) => fields(report["summary"] ?? report));
  const unread = summaries.reduce((sum, summary) => sum + wholeOf(summary["parsing_errors"], 0), 0);
  return {
    findings: failed.slice(0, mostFindings).flatMap((check) => toFinding(job, check)),
    gaps: [
      ...(unread > 0 ? [`${counted(unread, "file")} could not be read (${words})`] : []),
      ...(failed.length > mostFindings ? [`only ${mostFindings} of ${failed.length} findings were taken`] : []),
    ],
  };
}

/** One framework's report, or the bare summary that stands for "nothing of that kind". */
const isReport = (report: Readonly<Record<string, unknown>>): boolean =>
  Array.isArray(fields(report["results"])["failed_checks"]) ||
  (typeof report["failed"] === "number" && typeof report["passed"] === "number");

function toFinding(job: Job, check: Readonly<Record<string, unknown>>): readonly Finding[] {
  const path = job.pathOf(`${job.folder}/${textOf(check["file_path"])}`);
  const rule = textOf(check["check_id"]);
  if (path === undefined || rule === "") return [];
  const range = Array.isArray(check["file_line_range"]) ? check["file_line_range"] : [];
  const line = Math.max(1, wholeOf(range[0], 1));
  const resource = textOf(check["resource"]);
  const name = textOf(check["check_name"]);
  return [
    {
      source: "checkov",
      rule,
      title: name === "" ? rule : name,
      severity: severityOf(textOf(check["severity"]), severityOfCheck(rule)),
      category: weaknesses[rule]?.includes(798) === true ? "secret" : "configuration",
      place: { path, line, endLine: Math.max(line, wholeOf(range[1], line)) },
      message: resource === "" ? name : `${name} (${resource})`,
      helpUri: textOf(check["guideline"]) || `https://www.checkov.io/5.Policy%20Index/all.html`,
      cwe: weaknesses[rule] ?? [],
      ...(resource !== "" && { anchor: resource }),
    },
  ];
}

/** The open edition gives no severities. What exposes data or hands out everything is named here; the rest is medium or a matter of form. */
const high = new Set(
  [
    "AWS_16 AWS_17 AWS_20 AWS_24 AWS_25 AWS_57 AWS_62 AWS_63 AWS_70 AWS_88 AWS_107 AWS_108 AWS_109 AWS_110 AWS_130 AWS_277",
    "AWS_286 AWS_287 AWS_288 AWS_289 AWS_290 AWS_355 AWS_364 AWS_375 AWS_376 AWS_379",
    "K8S_16 K8S_17 K8S_18 K8S_19 K8S_27 K8S_49",
  ].flatMap((line) => line.split(" ").map((id) => `CKV_${id}`)),
);
const critical = new Set(["CKV_AWS_41", "CKV_AWS_45", "CKV_AWS_46", "CKV_AWS_1"]);
const low = new Set(
  [
    "AWS_18 AWS_21 AWS_23 AWS_26 AWS_27 AWS_50 AWS_51 AWS_66 AWS_76 AWS_84 AWS_91 AWS_92 AWS_115 AWS_116 AWS_117 AWS_118 AWS_119 AWS_120 AWS_129",
    "AWS_136 AWS_144 AWS_145 AWS_149 AWS_158 AWS_161 AWS_162 AWS_163 AWS_173 AWS_226 AWS_260 AWS_272 AWS_300 AWS_338 AWS_353 AWS_354",
    "DOCKER_2 DOCKER_4 DOCKER_5 DOCKER_6 DOCKER_7 DOCKER_9 DOCKER_10",
    "K8S_8 K8S_9 K8S_10 K8S_11 K8S_12 K8S_13 K8S_14 K8S_15 K8S_21 K8S_22 K8S_31 K8S_35 K8S_38 K8S_40 K8S_43",
  ].flatMap((line) => line.split(" ").map((id) => `CKV_${id}`)),
);

const severityOfCheck = (rule: string): Severity =>
  critical.has(rule) ? "critical" : high.has(rule) ? "high" : low.has(rule) || rule.startsWith("CKV2_") ? "low" : "medium";

const weaknesses: Readonly<Record<string, readonly number[]>> = {
  CKV_AWS_16: [311],
  CKV_AWS_17: [284],
  CKV_AWS_20: [732],
  CKV_AWS_24: [284],
  CKV_AWS_25: [284],
  CKV_AWS_41: [798],
  CKV_AWS_45: [798],
  CKV_AWS_46: [798],
  CKV_AWS_57: [732],
  CKV_AWS_62: [269],
  CKV_AWS_63: [269],
  CKV_DOCKER_3: [250],
  CKV_DOCKER_8: [250],
  CKV_K8S_16: [250],
};
