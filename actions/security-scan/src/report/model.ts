import type { Defect } from "@aws-deploy-actions/shared/findings/finding";
import type { Ignored } from "../decide/ignores.ts";
import type { ScannerResult, Verdict } from "../decide/verdict.ts";

/** A defect that counts, or stood in the baseline. */
export interface Reported extends Defect {
  /** It stood in the baseline: shown, never a reason to fail. */
  readonly known: boolean;
  /** It came with the change at hand; undefined where there is nothing to compare with. */
  readonly fresh: boolean | undefined;
}

/** Everything that the reports show. Nothing in it holds a secret: it has passed the redactor. */
export interface ScanReport {
  readonly verdict: Verdict;
  readonly scanners: readonly ScannerResult[];
  /** Worst first; those of the baseline too. */
  readonly findings: readonly Reported[];
  readonly ignored: readonly Ignored[];
  /** About the run: what was not looked at, what was not honoured. */
  readonly notes: readonly string[];
  readonly commit: string;
  readonly files: number;
  readonly seconds: number;
}

export const countingOf = (report: ScanReport): readonly Reported[] => report.findings.filter(({ known }) => !known);
