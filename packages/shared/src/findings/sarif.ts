import { plain } from "../text/sanitise.ts";
import { type Defect, type Finding, ruleId } from "./finding.ts";
import { bySeverity, type Severity, securitySeverity, worst } from "./severity.ts";

/** What GitHub takes of one run: https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support */
export const sarifLimits = { results: 5000, tags: 20, related: 100, text: 1000, help: 2000, notifications: 100 } as const;

/** Something about the run itself: a scanner that did not run, a file that was skipped. */
export interface RunNote {
  /** What it is about, for example the scanner. */
  readonly about: string;
  readonly text: string;
  readonly level: "error" | "warning" | "note";
}

export interface SarifInput {
  readonly tool: { readonly name: string; readonly version: string; readonly informationUri: string };
  /** Tells reports of one commit apart: GitHub rejects a second one with the same tool and category. */
  readonly category: string;
  readonly defects: readonly Defect[];
  readonly notes: readonly RunNote[];
  /** False when something that was asked for was not looked at. */
  readonly complete: boolean;
  /**
   * GitHub tells alerts apart by a hash of the line, which its upload action computes. Where several findings share one line that says nothing
   * (findings of the account, anchored to a file) our own fingerprint takes its place.
   */
  readonly ownLineHash?: boolean;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * A SARIF 2.1.0 report that GitHub accepts: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * The worst findings come first; what is over GitHub's limit of results is left out, and a notification says so.
 */
export function toSarif({ tool, category, defects, notes, complete, ownLineHash = false }: SarifInput): Json {
  const shown = [...defects].sort((one, other) => bySeverity(one.severity, other.severity)).slice(0, sarifLimits.results);
  const rules = rulesOf(shown);
  const index = new Map(rules.map(({ id }, position) => [id, position]));
  const leftOut = defects.length - shown.length;
  const allNotes: readonly RunNote[] =
    leftOut === 0
      ? notes
      : [
          { about: "report", text: `${leftOut} findings over GitHub's limit of ${sarifLimits.results} are left out`, level: "warning" },
          ...notes,
        ];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: tool.name, semanticVersion: tool.version, informationUri: tool.informationUri, rules } },
        automationDetails: { id: `${category}/` },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { "%SRCROOT%": { description: { text: "The repository's root." } } },
        invocations: [
          {
            executionSuccessful: complete,
            toolExecutionNotifications: allNotes.slice(0, sarifLimits.notifications).map(({ about, text, level }) => ({
              level,
              descriptor: { id: `incomplete/${about.replace(/[^\w-]/g, "-")}` },
              message: { text: messageText(`${about}: ${text}`, sarifLimits.text) },
            })),
          },
        ],
        results: shown.map((defect) => toResult(defect, index.get(ruleId(defect)) ?? 0, ownLineHash)),
      },
    ],
  };
}

interface Rule extends Json {
  readonly id: string;
}

/** GitHub takes a rule's severity for all its results: the worst one speaks. */
function rulesOf(defects: readonly Defect[]): readonly Rule[] {
  const byId = new Map<string, Defect[]>();
  for (const defect of defects) {
    const list = byId.get(ruleId(defect));
    if (list === undefined) byId.set(ruleId(defect), [defect]);
    else list.push(defect);
  }
  return [...byId].map(([id, list]) => toRule(id, list));
}

function toRule(id: string, defects: readonly Defect[]): Rule {
  const first = defects[0] as Defect;
  const severity = worst(defects.map((defect) => defect.severity)) ?? "low";
  const weaknesses = [...new Set(defects.flatMap(({ cwe }) => cwe))].slice(0, 10);
  const title = messageText(first.title, 250);
  const help = messageText(first.help ?? first.title, sarifLimits.help);
  return {
    id,
    name: camelCase(first.rule),
    shortDescription: { text: sentence(title) },
    fullDescription: { text: sentence(title) },
    help: { text: first.helpUri === undefined ? sentence(help) : `${sentence(help)} See ${first.helpUri}` },
    ...(first.helpUri !== undefined && URL.canParse(first.helpUri) && { helpUri: new URL(first.helpUri).href }),
    defaultConfiguration: { level: level(severity) },
    properties: {
      tags: ["security", first.category, ...weaknesses.map((weakness) => `external/cwe/cwe-${String(weakness).padStart(3, "0")}`)].slice(
        0,
        sarifLimits.tags,
      ),
      precision: first.category === "dependency" ? "very-high" : "high",
      "security-severity": securitySeverity[severity],
    },
  };
}

const level = (severity: Severity): "error" | "warning" | "note" =>
  severity === "critical" || severity === "high" ? "error" : severity === "medium" ? "warning" : "note";

function toResult(defect: Defect, ruleIndex: number, ownLineHash: boolean): Json {
  const others = defect.also.map((other) => `${ruleId(other)} (${messageText(other.message, 200)})`);
  const also = others.length === 0 ? "" : ` Also reported as ${others.join("; ")}.`;
  const suppressed =
    defect.inlineSuppression === undefined ? "" : ` The comment "${defect.inlineSuppression}" asks for silence and is not honoured.`;
  return {
    ruleId: ruleId(defect),
    ruleIndex,
    level: level(defect.severity),
    message: { text: messageText(`${sentence(defect.message)}${also}${suppressed}`, sarifLimits.text) },
    locations: [{ physicalLocation: location(defect) }],
    ...(defect.also.length > 0 && {
      relatedLocations: defect.also.slice(0, sarifLimits.related).map((other, id) => ({
        id,
        physicalLocation: location(other),
        message: { text: messageText(`${ruleId(other)}: ${other.message}`, sarifLimits.text) },
      })),
    }),
    partialFingerprints: {
      "awsDeployActions/v1": defect.fingerprint,
      ...(ownLineHash && { primaryLocationLineHash: `${defect.fingerprint}:1` }),
    },
    properties: { tools: [...new Set([defect, ...defect.also].map(({ source }) => source))] },
  };
}

/** GitHub wants start and end, line and column. */
function location({ place }: Finding): Json {
  const startLine = Math.max(1, place.line);
  const startColumn = Math.max(1, place.column ?? 1);
  const endLine = Math.max(startLine, place.endLine ?? startLine);
  const smallest = endLine === startLine ? startColumn + 1 : 1;
  return {
    artifactLocation: { uri: place.path.split("/").map(encodeSegment).join("/"), uriBaseId: "%SRCROOT%" },
    region: { startLine, startColumn, endLine, endColumn: Math.max(smallest, place.endColumn ?? smallest) },
  };
}

/** A path of a hostile name may hold half a surrogate pair, which has no encoding. */
const encodeSegment = (segment: string): string => encodeURIComponent(segment.toWellFormed());

/** SARIF takes `[text](1)` in a message for a link to a location, and `{0}` for a placeholder. */
function messageText(text: string, limit: number): string {
  const safe = plain(text)
    .replace(/\]\(/g, "] (")
    .replace(/\{(\d+)\}/g, "{ $1 }")
    .trim();
  return safe.length > limit ? `${safe.slice(0, limit - 1)}…` : safe === "" ? "(no text)" : safe;
}

const sentence = (text: string): string => (/[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

const camelCase = (rule: string): string =>
  rule
    .split(/[^A-Za-z0-9]+/)
    .filter((part) => part !== "")
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join("") || "Rule";
