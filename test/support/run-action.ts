// An action as the runner starts it: a process of its own, with the runner's files.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const node = process.execPath;

export interface RunResult {
  readonly code: number;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly state: Readonly<Record<string, string>>;
  /** The folder with everything that the run wrote. */
  readonly folder: string;
  readonly seconds: number;
}

/** A started action. */
export interface RunningAction {
  readonly kill: (signal: NodeJS.Signals) => void;
  /** When it has ended. */
  readonly result: Promise<RunResult>;
}

/** `src`: the sources as they are; `dist`: the bundle that users run. */
export type Entry = "src" | "dist";

const entries: Readonly<Record<Entry, string>> = { src: "src/main.ts", dist: "dist/index.js" };

/** Starts the action with these inputs. @param directory its working directory */
export function startAction(
  action: string,
  directory: string,
  environment: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>>,
  onLine: (line: string, kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
  entry: Entry = "src",
): RunningAction {
  const folder = mkdtempSync(join(tmpdir(), `${action}-`));
  mkdirSync(join(folder, "temp"));
  const files = { GITHUB_OUTPUT: "output", GITHUB_STATE: "state", GITHUB_STEP_SUMMARY: "summary" };
  const begin = performance.now();
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", join(root, "actions", action, entries[entry])], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      GITHUB_SHA: "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
      GITHUB_RUN_ID: String(Math.floor(Math.random() * 1e9)),
      GITHUB_ACTOR: "octocat",
      ...environment,
      RUNNER_TEMP: join(folder, "temp"),
      ...Object.fromEntries(Object.entries(files).map(([name, file]) => [name, join(folder, file)])),
      "INPUT_LOG-DIRECTORY": join(folder, "logs"),
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    },
  });
  const kill = (signal: NodeJS.Signals): void => void child.kill(signal);
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      for (const line of text.split("\n")) onLine(line, kill);
    });
  const read = (file: string): string => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : "");
  const result = new Promise<number>((resolve) =>
    child.once("close", (exit, signal) => resolve(exit ?? (signal === null ? -1 : 128))),
  ).then(
    (code): RunResult => ({
      code,
      log,
      outputs: pairs(read("output")),
      summary: read("summary"),
      state: pairs(read("state")),
      folder,
      seconds: (performance.now() - begin) / 1000,
    }),
  );
  return { kill, result };
}

/** Starts the action with these inputs, and waits for its end. */
export const runAction = async (...given: Parameters<typeof startAction>): Promise<RunResult> => await startAction(...given).result;

/** Reads `name<<delimiter` pairs, as the runner does. */
function pairs(text: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const match of text.matchAll(/^([^\n<]+)<<(\S+)\n([\s\S]*?)\n\2$/gm)) found[match[1] ?? ""] = match[3] ?? "";
  return found;
}

/** How a run ended, with enough of its log to see why, for messages of failed expectations. */
export const shown = ({ outputs, log }: RunResult): string => `${outputs["outcome"]}: ${outputs["reason"]}\n${log.slice(-2000)}`;

/** Everything that runs wrote and printed, mask commands apart: where no secret may stand. */
export function everythingWritten(results: readonly RunResult[]): string {
  return results
    .map(({ log, outputs, summary, state, folder }) =>
      [log.replace(/^::add-mask::.*$/gm, ""), JSON.stringify(outputs), summary, JSON.stringify(state), ...filesBelow(folder)].join("\n"),
    )
    .join("\n");
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [readFileSync(path, "utf8")];
  });
}
