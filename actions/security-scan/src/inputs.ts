import { duration, flag, list, oneOf, optional, Refusal, secret, text, withDefault } from "@aws-deploy-actions/shared/action/fields";
import { type InputSpec, type RawInputs, readInputs } from "@aws-deploy-actions/shared/action/inputs";
import { type CommonValues, reportingFields } from "@aws-deploy-actions/shared/aws/settings";
import type { Severity } from "@aws-deploy-actions/shared/findings/severity";
import { inputTrouble } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { Seconds } from "@aws-deploy-actions/shared/units";
import { type ScannerName, scannerNames } from "./scanners/scanner.ts";

const accepted = "a path inside of the repository, such as src or .github/ignores.yml, without .. and without a leading /";

/** A path relative to the workspace that cannot leave it. */
const inside = {
  ...text(),
  parse: (raw: string): string => {
    const path = raw.replace(/^\.\/(?=.)/, "").replace(/(?<=.)\/+$/, "");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the purpose
    if (path.length > 1000 || /^[/~]|[\u0000-\u001f\\]/.test(path) || path.split("/").some((part) => part === ".." || part === ""))
      throw new Refusal(accepted);
    return path;
  },
};

export const defaultIgnoreFile = ".github/security-scan-ignores.yml";

export const spec = {
  paths: list(inside),
  scanners: withDefault(list(oneOf("auto", ...scannerNames)), "auto"),
  "required-scanners": list(oneOf(...scannerNames)),
  "fail-on": oneOf("high", "critical", "medium", "low", "never"),
  "changed-only": flag(false),
  baseline: optional(inside),
  "ignore-file": withDefault(inside, defaultIgnoreFile),
  image: optional(
    text(/^[a-zA-Z0-9][\w.:/@-]{0,510}$/, "the name of an image, such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:…"),
  ),
  "safety-api-key": optional(secret(text())),
  "scanner-timeout": withDefault(duration("m", 1, 6 * 3600), "10m"),
  "sarif-path": withDefault(inside, "security-scan.sarif"),
  "report-json-path": withDefault(inside, "security-scan.json"),
  "sarif-category": withDefault(text(/^[\w.:@-][\w.:@/ -]{0,100}$/, "a name of letters, digits and ._:@/-"), "security-scan"),
  ...reportingFields,
} as const satisfies InputSpec;

export interface Config {
  readonly paths: readonly string[];
  /** undefined for the automatic choice. */
  readonly scanners: ReadonlySet<ScannerName> | undefined;
  /** Those without which the step fails: asked for by `required-scanners`, by name in `scanners`, or by `image`. */
  readonly required: ReadonlySet<ScannerName>;
  readonly failOn: Severity | "never";
  readonly changedOnly: boolean;
  readonly baseline: string | undefined;
  readonly ignoreFile: string;
  readonly ignoreFileGiven: boolean;
  readonly image: string | undefined;
  readonly safetyKey: string | undefined;
  readonly scannerTimeout: Seconds;
  readonly sarifPath: string;
  readonly reportPath: string;
  readonly category: string;
  readonly logDirectory: string;
  /** Whom to tell, with the AWS inputs that this action does not have left empty. */
  readonly common: CommonValues;
  /** What is to be said about where the configuration comes from. */
  readonly notes: readonly string[];
}

/** Says how `config-file` fared in a pull request: set by main, which takes it from the base branch. */
export const configFileState = "SECURITY_SCAN_CONFIG_FILE";

/** Reads the inputs. @throws Trouble of kind `input` naming every wrong one */
export function readConfig(raw: RawInputs, environment: Readonly<Record<string, string | undefined>>): Config {
  const state = environment[configFileState] ?? "";
  if (state.startsWith("unreadable"))
    throw inputTrouble(
      `config-file: a pull request may not bring its own, and the base branch is not in this clone (${oneLine(state.slice(11), 100)}).`,
      "Give the step that checks out the code `with: { fetch-depth: 0 }`.",
    );
  const values = readInputs(spec, raw, (given) => {
    const wrong: string[] = [];
    if (given.scanners.length > 1 && given.scanners.includes("auto"))
      wrong.push('scanners: "auto" stands alone; name scanners, or leave it out.');
    if (given["sarif-path"] === given["report-json-path"]) wrong.push("sarif-path and report-json-path must be two different files.");
    const named = given.scanners.includes("auto") ? undefined : given.scanners;
    const left = named === undefined ? [] : given["required-scanners"].filter((name) => !named.includes(name));
    if (left.length > 0) wrong.push(`required-scanners: ${left.join(", ")} would not run, since scanners does not name it.`);
    return wrong;
  });
  const named = values.scanners.filter((name) => name !== "auto");
  return {
    paths: values.paths,
    scanners: named.length === 0 ? undefined : new Set(named),
    required: new Set([...values["required-scanners"], ...named, ...(values.image === undefined ? [] : (["trivy-image"] as const))]),
    failOn: values["fail-on"],
    changedOnly: values["changed-only"],
    baseline: values.baseline,
    ignoreFile: values["ignore-file"],
    ignoreFileGiven: (raw["ignore-file"] ?? "").trim() !== "",
    image: values.image,
    safetyKey: values["safety-api-key"],
    scannerTimeout: values["scanner-timeout"],
    sarifPath: values["sarif-path"],
    reportPath: values["report-json-path"],
    category: values["sarif-category"],
    logDirectory: values["log-directory"],
    common: {
      ...values,
      // A topic names its region; the scan itself asks AWS for nothing.
      "aws-region": values["notify-sns-topic-arn"]?.split(":")[3],
      "oidc-role-to-assume": undefined,
      "role-to-assume": undefined,
      "role-external-id": undefined,
      "role-session-name": undefined,
      "expected-account-id": undefined,
      "allow-custom-endpoint": false,
    },
    notes: state === "missing" ? ["config-file: the base branch of this pull request has none yet; the defaults count"] : [],
  };
}
