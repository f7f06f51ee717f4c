// What Terraform says with -json: one JSON object a line. https://developer.hashicorp.com/terraform/internals/machine-readable-ui

export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  readonly address: string | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/** One line of Terraform's output: what to show, and the diagnostic it carries. */
export interface Message {
  /** undefined for a line that says nothing to people, or too much. */
  readonly text: string | undefined;
  readonly diagnostic: Diagnostic | undefined;
}

type Json = Readonly<Record<string, unknown>>;
const recordOf = (value: unknown): Json => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {});

/** `outputs` holds values; the others are told by the plan's table or come with every start. */
const quiet = new Set(["version", "outputs", "planned_change", "log"]);

/** Reads one line. A line that is no JSON is shown as it is: older versions and provisioners speak plainly. */
export function readMessage(line: string): Message {
  if (!line.startsWith("{")) return { text: line.trim() === "" ? undefined : line, diagnostic: undefined };
  let parsed: Json;
  try {
    parsed = recordOf(JSON.parse(line));
  } catch {
    return { text: line, diagnostic: undefined };
  }
  const diagnostic = parsed["diagnostic"] === undefined ? undefined : readDiagnostic(parsed["diagnostic"]);
  const text = quiet.has(String(parsed["type"])) ? undefined : String(parsed["@message"] ?? "");
  return { text: text === "" ? undefined : text, diagnostic };
}

/** A diagnostic without its snippet: that may show values. */
export function readDiagnostic(value: unknown): Diagnostic {
  const { severity, summary, detail, address, range } = recordOf(value);
  const { filename, start } = recordOf(range);
  const line = recordOf(start)["line"];
  return {
    severity: severity === "warning" ? "warning" : "error",
    summary: String(summary ?? ""),
    detail: String(detail ?? ""),
    address: typeof address === "string" && address !== "" ? address : undefined,
    file: typeof filename === "string" && filename !== "" ? filename : undefined,
    line: typeof line === "number" ? line : undefined,
  };
}

/** The answer of `terraform validate -json`; undefined where it gave none. */
export function readValidation(text: string): { readonly valid: boolean; readonly diagnostics: readonly Diagnostic[] } | undefined {
  let answer: Json;
  try {
    answer = recordOf(JSON.parse(text));
  } catch {
    return undefined;
  }
  const { valid, diagnostics } = answer;
  return { valid: valid === true, diagnostics: (Array.isArray(diagnostics) ? diagnostics : []).map(readDiagnostic) };
}

/** The errors in the plain output of a command that knows no -json, such as `init`. */
export function plainErrors(output: string): readonly Diagnostic[] {
  const lines = output.split("\n").map((line) => line.replace(/^[╷│╵]\s?/, ""));
  const found: Diagnostic[] = [];
  lines.forEach((line, index) => {
    const match = /^Error: (.+)$/.exec(line.trim());
    if (match === null) return;
    const rest = lines.slice(index + 1);
    const end = rest.findIndex((one) => /^(Error|Warning): /.test(one.trim()));
    const detail = rest.slice(0, end < 0 ? 20 : end).map((one) => one.trim());
    found.push({
      severity: "error",
      summary: match[1] ?? "",
      detail: detail.filter((one) => one !== "").join(" "),
      address: undefined,
      file: undefined,
      line: undefined,
    });
  });
  return found;
}
