// The benchmarks that can also be run by themselves, as parts of the one table.
import { promises, runAll } from "./judge.ts";
import type { Figure, Section } from "./report.ts";
import { sideBySide as samSideBySide } from "./sam.ts";
import { large, sideBySide as scanSideBySide } from "./scan.ts";

/** The comparing judge on simulated canaries, so many a case. */
export async function judge(canaries: number, seed = 1): Promise<Section> {
  const kept = promises(await runAll(canaries, seed));
  return {
    name: "judge",
    title: `The comparing judge on ${canaries} simulated canaries a case (seed ${seed})`,
    figures: kept.map(({ promise, kept: met, worst }): Figure => ({ what: worst, values: {}, target: promise, met })),
    notes: ["All cases beside fixed thresholds and Mann-Whitney: node bench/judge.ts"],
  };
}

const atMost = { ofBound: 1.3, megabytes: 300, ofSamCli: 1 };

/** All scanners of security-scan side by side, and a repository of many files. */
export function scan(repeat: number, files: number, megabytes: number): Section {
  const times = scanSideBySide(repeat);
  const size = large(files, megabytes);
  const memory = size.peakMemoryMB ?? Number.NaN;
  return {
    name: "scan",
    title: `Security scan, ${times.cores} cores, median of ${repeat}`,
    figures: [
      { what: "slowest scanner alone", values: { s: times.slowestAlone } },
      { what: "best possible: max(slowest alone, processor time / cores)", values: { s: times.bound } },
      {
        what: "all side by side",
        values: { s: times.wall, "× best possible": times.ratio },
        target: `at most ${atMost.ofBound} × the best possible`,
        met: times.ratio <= atMost.ofBound,
      },
      { what: "the action without a scanner", values: { s: times.withoutScanners } },
      {
        what: `${files.toLocaleString("en")} files and one of ${megabytes} MB`,
        values: { s: size.seconds, "MB of our own process": memory },
        target: `under ${atMost.megabytes} MB`,
        met: memory < atMost.megabytes,
      },
    ],
  };
}

/** sam-deploy beside the SAM CLI's three commands. */
export async function sam(repeat: number): Promise<Section> {
  const { samCli, action, ratio, unchanged } = await samSideBySide(repeat);
  return {
    name: "sam",
    title: `Serverless deployment on one emulator, in turns, median of ${repeat}`,
    figures: [
      { what: "sam validate, sam build, sam deploy", values: { s: samCli, "s, nothing to change": unchanged.samCli } },
      {
        what: "sam-deploy",
        values: { s: action, "s, nothing to change": unchanged.action, "× SAM CLI": ratio, "×, nothing to change": unchanged.ratio },
        target: `at most ${atMost.ofSamCli} × the SAM CLI`,
        met: ratio <= atMost.ofSamCli,
      },
    ],
  };
}
