// How long users stay on a bad version after the data that convicts it can be read, in virtual time, with the code of the bundle.
import { cases, latencies } from "../test/watch/sources.ts";
import { type Figure, median, rounded, type Section } from "./report.ts";

/** Seconds from the data to the first call that moves users back, by source. */
export async function latency(): Promise<Section> {
  const figures: Figure[] = [];
  for (const [what, one] of Object.entries(cases)) {
    const found = await latencies(one);
    const worst = Math.max(...found);
    figures.push({
      what,
      values: { median: rounded(median(found)), worst: rounded(worst) },
      target: "at most one poll interval, at most 2 s",
      met: worst <= 2,
    });
  }
  return { name: "latency", title: "Seconds from the data that fulfils a trigger to the first call that moves users back", figures };
}
