// When health checks are too little for "good", to the second.
import { missingProbes } from "../../src/judge/probes.ts";
import { evidence, probes, t0 } from "./build.ts";

const at = (seconds: number, letters = ".", check = "backend") => probes(letters, { from: t0 + seconds, latency: 0, check });
const silent = "health check backend has no result since 12:00:10 UTC";
const never = "health check backend has no result since the new version got traffic";
const voids = (many: string, since: string) =>
  `the runner's own network is in trouble: the control probe failed with ${many} of health check backend since ${since} UTC, so these say nothing about the version`;

test.each([
  ["none was made", [], 0, "no-data", "no health check has been made yet"],
  ["the last was made two minutes ago", at(10), 130, undefined, undefined],
  ["and a second", at(10), 131, "no-data", silent],
  ["another check was made since", [...at(10), ...at(100, ".", "other")], 131, "no-data", silent],
  ["the runner's network was down since", [...at(10), ...at(50, "~")], 131, "inconclusive", voids("1 probe", "12:00:10")],
  ["it was down in the same second", [...at(10), ...at(10, "~")], 131, "inconclusive", voids("1 probe", "12:00:10")],
  ["it was down before, and then no more", [...at(9, "~"), ...at(10)], 131, "no-data", silent],
  ["it was down before, and again", [...at(0, "~"), ...at(10), ...at(50, "~~")], 131, "inconclusive", voids("2 probes", "12:00:10")],
  ["it was down for another check alone", [...at(10), ...at(50, "~", "other")], 131, "no-data", silent],
  [
    "a request that was refused says nothing about the network",
    [...at(10), ...at(50, "x").map((one) => ({ ...one, cause: "refused" as const }))],
    131,
    "no-data",
    silent,
  ],
  ["it was down from the first second, for less than two minutes", at(0, "~"), 119, "no-data", never],
  ["for two minutes", at(0, "~"), 120, "inconclusive", voids("1 probe", "12:00:00")],
  ["it was down before the new version got traffic", at(-1, "~"), 120, "no-data", never],
] as const)("%s", (_, seen, seconds, verdict, says) => {
  const missing = missingProbes(evidence({ probes: seen.toSorted((a, b) => a.time - b.time) }), t0 + seconds);
  expect(missing).toEqual(verdict === undefined ? undefined : { verdict, says });
});

test("none are given, none are missing", () => {
  expect(missingProbes(evidence({}), t0)).toBeUndefined();
});
