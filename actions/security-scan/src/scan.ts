// Runs the chosen scanners side by side and brings what each one says into one form.
import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Finding } from "@aws-deploy-actions/shared/findings/finding";
import { problemsOf } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { Seconds } from "@aws-deploy-actions/shared/units";
import type { ScannerResult } from "./decide/verdict.ts";
import type { Inventory } from "./inventory.ts";
import { type Programs, type Repository, type TreeFile, Unavailable } from "./ports.ts";
import { counted, someOf, unreachable } from "./scanners/reading.ts";
import type { Job, Said, Scanner, ScanWishes } from "./scanners/scanner.ts";
import { sideBySide } from "./side-by-side.ts";

export interface Scan {
  readonly scanner: Scanner;
  readonly result: ScannerResult;
  readonly said: Said;
}

export interface ScanSetting {
  readonly inventory: Inventory;
  readonly wishes: ScanWishes;
  readonly repository: Repository;
  readonly programs: Programs;
  readonly clock: Clock;
  readonly cancelled: AbortSignal;
  /** For one scanner. */
  readonly limit: Seconds;
  /** How many compute at a time. */
  readonly cores: number;
  /** Files on the disk. */
  readonly files: { readonly read: (path: string) => Promise<string>; readonly write: (path: string, text: string) => Promise<void> };
  /** Called when a scanner has ended. */
  readonly ended: (result: ScannerResult) => void;
}

const nothing: Said = { findings: [], gaps: [] };

/** Runs all scanners that have something to do; the result has one entry for each of them, in their order. */
export async function scanAll(scanners: readonly Scanner[], setting: ScanSetting): Promise<readonly Scan[]> {
  const tasks = scanners.map((scanner) => ({ weight: scanner.weight, waits: scanner.network, run: () => scanOne(scanner, setting) }));
  return sideBySide(tasks, setting.cores);
}

async function scanOne(scanner: Scanner, setting: ScanSetting): Promise<Scan> {
  const { name } = scanner;
  const detection = scanner.detect(setting.inventory, setting.wishes);
  const end = (state: ScannerResult["state"], reason: string, said: Said, start: number, origin: string): Scan => {
    const seconds = Math.round((setting.clock.now() - start) * 10) / 10;
    const result: ScannerResult = { name, state, reason, findings: said.findings.length, seconds, origin };
    setting.ended(result);
    return { scanner, result, said };
  };
  const start = setting.clock.now();
  if (!detection.applies) return end("not-applicable", detection.why, nothing, start, "");
  let origin = "";
  try {
    const program = await setting.programs.find(scanner.program);
    origin = program.origin;
    const { fitting, gaps } = fit(detection.files, scanner.largestFile);
    if (fitting.length === 0 && gaps.length > 0) throw new Unavailable(gaps.join("; "));
    const said = await scanner.scan(await prepare(scanner, fitting, program, setting));
    const allGaps = [...gaps, ...said.gaps];
    return end(allGaps.length > 0 ? "partly" : "ran", allGaps.map(plainReason).join("; "), said, start, origin);
  } catch (error) {
    // Our own defect in one scanner's adapter must not hide what the others found.
    const reason =
      error instanceof Unavailable
        ? error.message
        : problemsOf(error)
            .map(({ what }) => what)
            .join(" ");
    return end("failed", plainReason(reason), nothing, start, origin);
  }
}

/** What an engineer can act on comes first; what the program said, as it said it, after that. */
function plainReason(reason: string): string {
  const host = unreachable(reason);
  const said = oneLine(reason, 600).replace(/\.+$/, "");
  return host === undefined ? said : `${host} cannot be reached from this runner: ${said}`;
}

function fit(
  files: readonly TreeFile[],
  largest: number | undefined,
): { readonly fitting: readonly TreeFile[]; readonly gaps: readonly string[] } {
  if (largest === undefined) return { fitting: files, gaps: [] };
  const large = files.filter(({ size }) => size > largest);
  if (large.length === 0) return { fitting: files, gaps: [] };
  const names = someOf(large.map(({ path, size }) => `${path} (${megabytes(size)} MB)`));
  return {
    fitting: files.filter(({ size }) => size <= largest),
    gaps: [`${counted(large.length, "file")} larger than ${megabytes(largest)} MB: ${names}`],
  };
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);

async function prepare(scanner: Scanner, files: readonly TreeFile[], program: Job["program"], setting: ScanSetting): Promise<Job> {
  const { programs, repository, wishes, inventory } = setting;
  const scratch = await programs.folder();
  const folder = `${await programs.folder()}/tree`;
  await repository.stage(files, folder, scanner.disarm);
  const paths = new Map(files.map(({ staged, path }) => [staged, path]));
  return {
    files,
    wishes,
    inventory,
    folder,
    scratch,
    program,
    run: (args, options = {}) =>
      programs.run(program, args, {
        folder: scratch,
        limit: setting.limit,
        network: scanner.network,
        cancelled: setting.cancelled,
        ...options,
      }),
    pathOf: (reported) => paths.get(relativeTo(folder, reported)),
    read: (file) => setting.files.read(`${folder}/${file.staged}`),
    write: async (path, text) => {
      const full = path.startsWith("/") ? path : `${scratch}/${path}`;
      await setting.files.write(full, text);
      return full;
    },
  };
}

/** Scanners name a file by its full path or from their folder, with or without dots and double slashes. */
function relativeTo(folder: string, reported: string): string {
  const clean = reported
    .replace(/\/{2,}/g, "/")
    .replace(/\/\.\//g, "/")
    .replace(/^\.\//, "");
  return clean.startsWith(`${folder}/`) ? clean.slice(folder.length + 1) : clean.replace(/^\//, "");
}

/** All findings of all scanners, and all secrets that any of them saw. */
export const findingsOf = (scans: readonly Scan[]): readonly Finding[] => scans.flatMap(({ said }) => said.findings);
export const secretsOf = (scans: readonly Scan[]): readonly string[] => scans.flatMap(({ said }) => said.secrets ?? []);
