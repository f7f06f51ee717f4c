// Starts programs as a runner does, and measures when they first exit or first call AWS.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A program and how it is started. */
export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Environment that makes it end at once, because something is missing. */
  readonly toExit?: Readonly<Record<string, string>>;
  /** Environment and arguments that make it call AWS. */
  readonly toCall?: Readonly<Record<string, string>>;
  readonly callArgs?: readonly string[];
}

export interface Measured {
  readonly milliseconds: number;
  /** Peak resident memory in MB, where the system tells it. */
  readonly memory: number | undefined;
  /** Processor time in milliseconds, where the system tells it: what a busy machine disturbs least. */
  readonly processor?: number | undefined;
}

const base = (home: string): Record<string, string> => ({
  PATH: [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
  HOME: home,
  RUNNER_TEMP: home,
  GITHUB_WORKSPACE: home,
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "example",
  AWS_REGION: "eu-central-1",
  AWS_DEFAULT_REGION: "eu-central-1",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_MAX_ATTEMPTS: "1",
});

/** How often a program's peak memory is read while it runs: Linux tells it only until the process is gone. */
const memoryEvery = 5;

/** Processor time that a process has used, in ms; Linux counts it in hundredths of a second (proc_pid_stat(5): utime and stime). */
function processorTime(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}

function watchMemory(pid: number | undefined): { readonly stop: () => number | undefined } {
  let peak: number | undefined;
  const look = (): void => {
    try {
      const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      if (found !== undefined) peak = Number(found) / 1024;
    } catch {
      // Gone, or not Linux.
    }
  };
  const timer = setInterval(look, memoryEvery);
  return {
    stop: () => {
      look();
      clearInterval(timer);
      return peak;
    },
  };
}

/** From start to exit. @throws Error when it succeeds, though it should miss something (unless `mustFail` is false) */
export async function untilExit(
  program: Program,
  { mustFail = true, memory = false } = {},
): Promise<Measured & { readonly output: string }> {
  const home = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const begin = performance.now();
    const child = spawn(program.command, program.args, { cwd: home, env: { ...base(home), ...program.toExit } });
    const watch = memory ? watchMemory(child.pid) : undefined;
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", resolve);
    });
    const milliseconds = performance.now() - begin;
    if (mustFail && (code === 0 || code === null))
      throw new Error(`${program.name} was to fail for a missing input and ended with ${code}:\n${output}`);
    return { milliseconds, memory: watch?.stop(), output };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** From start to the first request that reaches AWS; the program is then killed. @throws Error when it ends without a call */
export async function untilFirstCall(program: Program): Promise<Measured & { readonly call: string }> {
  const home = mkdtempSync(join(tmpdir(), "bench-"));
  let called: (call: string) => void = () => undefined;
  const server = createServer((request, response) => {
    called(String(request.headers["x-amz-target"] ?? `${request.method} ${request.url}`));
    response.writeHead(503).end();
  });
  try {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = { ...base(home), AWS_ENDPOINT_URL: endpoint, ...program.toCall };
    const begin = performance.now();
    const child = spawn(program.command, [...program.args, ...(program.callArgs ?? [])], { cwd: home, env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const call = await new Promise<string>((resolve, reject) => {
      called = resolve;
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`${program.name} ended with ${code} before it called AWS:\n${output}`)));
    });
    const milliseconds = performance.now() - begin;
    const processor = processorTime(child.pid);
    const memory = watchMemory(child.pid).stop();
    child.kill("SIGKILL");
    await gone;
    return { milliseconds, memory, processor, call };
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(home, { recursive: true, force: true });
  }
}
