/** One output as `terraform output -json` gives it. */
export interface TerraformOutput {
  readonly sensitive: boolean;
  readonly type: unknown;
  readonly value: unknown;
}

export interface SavedOutputs {
  /** The file's content: the same form as `terraform output -json`, without the sensitive ones. */
  readonly text: string;
  readonly names: readonly string[];
  /** Left out because they are sensitive, or hold something that is. */
  readonly leftOut: readonly string[];
}

/**
 * Sorts out what may be written to a file.
 *
 * @param sensitive texts that the plan marked: an output that contains one is left out, whatever its own mark says
 */
export function savedOutputs(json: string, sensitive: readonly string[]): SavedOutputs {
  const all = JSON.parse(json) as Readonly<Record<string, TerraformOutput>>;
  const holdsSensitive = (value: unknown): boolean => {
    // The texts as JSON shows them: a quote or a newline in one is escaped there.
    const shown = JSON.stringify(value) ?? "";
    return sensitive.some((text) => shown.includes(JSON.stringify(text).slice(1, -1)));
  };
  const kept = Object.entries(all).filter(([, output]) => output.sensitive !== true && !holdsSensitive(output.value));
  const names = kept.map(([name]) => name);
  return {
    text: `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`,
    names,
    leftOut: Object.keys(all).filter((name) => !names.includes(name)),
  };
}
