import type { Finding } from "@aws-deploy-actions/shared/findings/finding";
import type { Inventory } from "../inventory.ts";
import type { Ended, Program, ProgramSpec, RunOptions, TreeFile } from "../ports.ts";

/** Every scanner, in the order in which its finding speaks for a group. */
export const scannerNames = [
  "gitleaks",
  "bandit",
  "pip-audit",
  "safety",
  "npm-audit",
  "cfn-lint",
  "checkov",
  "zizmor",
  "trivy",
  "trivy-image",
] as const;
export type ScannerName = (typeof scannerNames)[number];

/** What the user said that a scanner needs to know. */
export interface ScanWishes {
  readonly image: string | undefined;
  readonly safetyKey: string | undefined;
  /** The scanners named in the workflow, or undefined for automatic choice. */
  readonly named: ReadonlySet<ScannerName> | undefined;
}

/** Whether a scanner has anything to do here. */
export type Detection =
  | { readonly applies: false; readonly why: string }
  | {
      readonly applies: true;
      /** What it gets to see. */
      readonly files: readonly TreeFile[];
      /** What it should look at and cannot: it then ran in part only. */
      readonly gaps: readonly string[];
    };

/** One run of one scanner: its files in a private folder, and a way to run its program. */
export interface Job {
  readonly files: readonly TreeFile[];
  readonly wishes: ScanWishes;
  readonly inventory: Inventory;
  /** Holds copies of the files, by their staged names. */
  readonly folder: string;
  /** For configuration and reports. */
  readonly scratch: string;
  readonly program: Program;
  run(args: readonly string[], options?: Partial<Pick<RunOptions, "environment" | "report" | "folder" | "registries">>): Promise<Ended>;
  /** The repository's path of a file that the scanner names; undefined for what is not in its folder. */
  pathOf(reported: string): string | undefined;
  /** The text of a staged file. */
  read(file: TreeFile): Promise<string>;
  /** Writes a file, in the scratch folder unless the path is absolute. Returns its path. */
  write(path: string, text: string): Promise<string>;
}

/** What a scanner said. */
export interface Said {
  readonly findings: readonly Finding[];
  /** What it did not look at, one sentence each. */
  readonly gaps: readonly string[];
  /** Secrets that it found, in clear: for redaction, never for a report. */
  readonly secrets?: readonly string[];
}

/** One of the field's scanners: when to use it, how to call it, and what its answer means. */
export interface Scanner {
  readonly name: ScannerName;
  readonly program: ProgramSpec;
  /** It waits for the network more than it computes. */
  readonly network: boolean;
  /** About how long it takes compared to the others: the longest starts first. */
  readonly weight: number;
  /** Larger files are not given to it, and that is reported; undefined for no limit. */
  readonly largestFile?: number;
  /** What in a file would silence it: made unreadable in the copies it gets, and reported with the finding. */
  readonly disarm?: RegExp;
  detect(inventory: Inventory, wishes: ScanWishes): Detection;
  /** @throws Unavailable when it gave no result */
  scan(job: Job): Promise<Said>;
}
