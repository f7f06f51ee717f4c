import { inputTrouble } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { Tags } from "./stack.ts";
import { recordOf } from "./template.ts";

/** What samconfig says about one environment's deployment, in our words. */
export interface SamConfig {
  readonly stackName?: string;
  readonly region?: string;
  readonly bucket?: string;
  readonly prefix?: string;
  readonly kmsKey?: string;
  readonly resolveBucket: boolean;
  readonly parameters: ReadonlyMap<string, string>;
  readonly tags: Tags;
  readonly capabilities: readonly string[];
  readonly role?: string;
  readonly notificationTopics: readonly string[];
  readonly template?: string;
  readonly imageRepository?: string;
  readonly imageRepositories: readonly string[];
  readonly signingProfiles: readonly string[];
}

type Settings = Readonly<Record<string, unknown>>;

/**
 * One command's settings in one environment: the table `[env.command.parameters]` over `[env.global.parameters]`.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
 *
 * @param document the file's content, parsed
 * @throws Trouble of kind `input` where the environment is not in the file but others are
 */
export function settingsOf(document: unknown, environment: string, command: string, file: string): Settings {
  const all = recordOf(document);
  // The SAM CLI ends with a stack trace without it, and takes no whole number.
  if (typeof all["version"] !== "number" || Number.isInteger(all["version"]))
    throw inputTrouble(`config-file: ${file} needs a version, or the SAM CLI does not read it.`, "version = 0.1");
  const environments = Object.entries(all)
    .filter(([, value]) => Object.keys(recordOf(value)).length > 0)
    .map(([name]) => name);
  if (!environments.includes(environment) && environment !== "default")
    throw inputTrouble(
      `config-env: ${file} has no environment "${oneLine(environment, 80)}"; it has ${environments.join(", ") || "none"}.`,
    );
  const tables = recordOf(all[environment]);
  const parametersOf = (name: string): Settings => recordOf(recordOf(tables[name])["parameters"]);
  return { ...parametersOf("global"), ...parametersOf(command) };
}

/** Reads the settings of `deploy` (and, for what `package` alone has, of `package`). */
export function readSamConfig(deploy: Settings, pack: Settings): SamConfig {
  const both = { ...pack, ...deploy };
  const optional = <K extends string>(key: K, setting: string): { readonly [P in K]?: string } => {
    const value = both[setting];
    return (value === undefined || value === "" ? {} : { [key]: String(value) }) as { readonly [P in K]?: string };
  };
  return {
    ...optional("stackName", "stack_name"),
    ...optional("region", "region"),
    ...optional("bucket", "s3_bucket"),
    ...optional("prefix", "s3_prefix"),
    ...optional("kmsKey", "kms_key_id"),
    ...optional("role", "role_arn"),
    ...optional("template", "template_file"),
    ...optional("imageRepository", "image_repository"),
    resolveBucket: String(both["resolve_s3"] ?? "false").toLowerCase() === "true",
    parameters: parseSamOverrides(both["parameter_overrides"]),
    tags: parseSamTags(both["tags"]),
    capabilities: words(both["capabilities"]),
    notificationTopics: words(both["notification_arns"]),
    imageRepositories: lines(both["image_repositories"]),
    signingProfiles: lines(both["signing_profiles"]),
  };
}

const words = (value: unknown): readonly string[] =>
  lines(value)
    .flatMap((one) => one.split(/[\s,]+/))
    .filter((one) => one !== "");

const lines = (value: unknown): readonly string[] =>
  value === undefined || value === null || value === "" ? [] : Array.isArray(value) ? value.flat(9).map(String) : [String(value)];

const quoted = `"(?:\\\\.|[^"\\\\]+)*"|'(?:\\\\.|[^'\\\\]+)*'`;
const overridePattern = `(${quoted}|(?:\\\\.|[^ "\\\\]+)+)`;
const longForm = new RegExp(`ParameterKey=([A-Za-z0-9"']+),ParameterValue=${overridePattern}`, "g");
const shortForm = new RegExp(` ([A-Za-z0-9"']+)=${overridePattern}`, "g");

/**
 * Reads `parameter_overrides` as the SAM CLI does, so that a samconfig that works there works here: texts `A=b C="d e"` or
 * `ParameterKey=A,ParameterValue=b`, lists of them, and tables. (Its rule for unquoted blanks loses words; that is why
 * the input parameter-overrides takes values literally instead.)
 *
 * @throws Trouble of kind `input` for a text in neither form, and for file references, which only the SAM CLI itself reads
 */
export function parseSamOverrides(value: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const entries = Array.isArray(value) ? value.flat(9) : [value];
  for (const entry of entries) {
    if (entry === undefined || entry === null || entry === "") continue;
    if (typeof entry === "object") for (const [name, one] of Object.entries(entry)) found.set(name, asText(one));
    else for (const [name, one] of overridePairs(String(entry))) found.set(unquote(name), unquote(one));
  }
  return found;
}

function overridePairs(text: string): readonly (readonly [string, string])[] {
  if (text.startsWith("file://"))
    throw inputTrouble(
      "samconfig: parameter_overrides refers to a file, which is not supported here; give the values in parameter-overrides.",
    );
  const padded = ` ${text.trim()}`;
  for (const form of [longForm, shortForm]) {
    const matches = [...padded.matchAll(form)].map((match) => [match[1] ?? "", match[2] ?? ""] as const);
    if (matches.length > 0) return matches;
  }
  throw inputTrouble(
    'samconfig: parameter_overrides has an entry in neither form "Name=value" nor "ParameterKey=Name,ParameterValue=value".',
  );
}

const asText = (value: unknown): string =>
  value === null || value === undefined
    ? ""
    : Array.isArray(value)
      ? value
          .filter((one) => one !== null && one !== "")
          .map((one) => String(one).trim())
          .join(",")
      : String(value);

function unquote(text: string): string {
  const first = text[0];
  const inner = text.length > 1 && (first === '"' || first === "'") && text.endsWith(first) ? text.slice(1, -1) : text;
  return inner.replaceAll("\\ ", " ").replaceAll('\\"', '"').replaceAll("\\'", "'");
}

/** Reads `tags`: texts `A=b C=d` with quotes where a value has blanks, lists of them, or a table. */
export function parseSamTags(value: unknown): Tags {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asText(one)]));
  const found: Record<string, string> = {};
  for (const entry of lines(value)) {
    // One pair with exactly one "=" may hold blanks in its value, as in the SAM CLI.
    if (entry.split("=").length === 2) {
      const [key = "", one = ""] = entry.split("=");
      found[unquote(key.trim())] = unquote(one.trim());
      continue;
    }
    const pair = /("(?:[^"\\]|\\.)*"|[^\s="]+)=("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"']*)/g;
    for (const match of entry.matchAll(pair)) found[unquote(match[1] ?? "")] = unquote(match[2] ?? "");
  }
  return found;
}
