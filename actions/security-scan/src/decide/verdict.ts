import type { Defect } from "@aws-deploy-actions/shared/findings/finding";
import { atLeast, countsInWords, type Severity, worst } from "@aws-deploy-actions/shared/findings/severity";
import { cut } from "@aws-deploy-actions/shared/text/sanitise";
import type { ScannerName } from "../scanners/scanner.ts";

/** How a scanner fared. `partly`: it ran and did not see everything; `failed`: it gave no result. */
export interface ScannerResult {
  readonly name: ScannerName;
  readonly state: "ran" | "partly" | "failed" | "not-applicable";
  /** Why, in a sentence; empty for `ran`. */
  readonly reason: string;
  readonly findings: number;
  readonly seconds: number;
  /** Where its program comes from. */
  readonly origin: string;
}

export interface Verdict {
  readonly outcome: "clean" | "findings" | "incomplete";
  readonly ok: boolean;
  readonly reason: string;
  readonly highest: Severity | undefined;
  readonly mend?: string;
}

export const isIncomplete = ({ state }: ScannerResult): boolean => state === "partly" || state === "failed";

/**
 * What the scan says as a whole. A scanner without a result makes it incomplete, whatever the others found.
 *
 * @param counting defects that are neither accepted nor in the baseline
 */
export function judgeScan(
  counting: readonly Defect[],
  scanners: readonly ScannerResult[],
  failOn: Severity | "never",
  required: ReadonlySet<ScannerName>,
): Verdict {
  const highest = worst(counting.map(({ severity }) => severity));
  const reaching = failOn === "never" ? [] : counting.filter(({ severity }) => atLeast(severity, failOn));
  const incomplete = scanners.filter(isIncomplete);
  const missing = incomplete.filter(({ name }) => required.has(name));
  const sentences = [
    counting.length === 0
      ? "No findings that count."
      : `${counted(counting.length)}: ${countsInWords(counting.map(({ severity }) => severity))}.`,
    ...(reaching.length > 0 ? [`${reaching.length} of them reach fail-on: ${failOn}.`] : []),
    ...incomplete.map(
      ({ name, state, reason }) => `${name} ${state === "failed" ? "did not run" : "ran in part only"}: ${cut(reason, inSentence)}.`,
    ),
  ];
  return {
    outcome: incomplete.length > 0 ? "incomplete" : counting.length > 0 ? "findings" : "clean",
    ok: reaching.length === 0 && missing.length === 0,
    reason: sentences.join(" "),
    highest,
    ...mend(reaching.length > 0, missing, incomplete),
  };
}

/** Characters of a scanner's reason in a sentence with others; the table of scanners has all of it. */
const inSentence = 160;

const counted = (count: number): string => `${count} finding${count === 1 ? "" : "s"}`;

function mend(reaching: boolean, missing: readonly ScannerResult[], incomplete: readonly ScannerResult[]): { readonly mend?: string } {
  const names = (scanners: readonly ScannerResult[]): string => scanners.map(({ name }) => name).join(", ");
  const sentences = [
    ...(reaching ? ["Mend the findings, or accept a risk in the ignore file with an owner, a reason and an end date."] : []),
    ...(missing.length > 0
      ? [
          `${names(missing)} must give a result here: it was asked for by name. Mend its reason in the table of scanners and run the job again.`,
        ]
      : incomplete.length > 0
        ? [`What ${names(incomplete)} would find is not known: mend its reason in the table of scanners and run the job again.`]
        : []),
  ];
  return sentences.length === 0 ? {} : { mend: sentences.join(" ") };
}
