// Workflow commands, https://docs.github.com/actions/reference/workflow-commands-for-github-actions. @actions/core has them too, but
// loads an HTTP client with them, half of an action's start-up (docs/adr/0001); core does what needs files or the network.

export type AnnotationLevel = "notice" | "warning" | "error";

export interface AnnotationPlace {
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
  readonly endLine?: number;
}

const escapeData = (text: string): string => text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
const escapeProperty = (text: string): string => escapeData(text).replace(/:/g, "%3A").replace(/,/g, "%2C");

/** One workflow command as a line for stdout. */
export function workflowCommand(name: string, properties: Readonly<Record<string, string | number | undefined>>, data: string): string {
  const given = Object.entries(properties).filter(([, value]) => value !== undefined && value !== "");
  const list = given.map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(",");
  return `::${name}${list === "" ? "" : ` ${list}`}::${escapeData(data)}`;
}
