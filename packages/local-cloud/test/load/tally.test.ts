import { lostBecause, type Outcome, percentiles, type Sent, Tally } from "../../src/load/tally.ts";

const sent: Sent = { address: "127.0.0.1:80", path: "/", connection: "kept", slow: false };
const answered = (status: number, version?: string, balancerCause?: string): Outcome => ({
  kind: "answered",
  status,
  version,
  balancerCause,
});
const nothing = { opened: 0, messages: 0, ended: 0, cut: [] };
const rest = { webSockets: nothing, streams: nothing, notSent: 0, utilisation: 0 };

test.each`
  outcome                                      | lost                                                  | because
  ${answered(200, "v1")}                       | ${undefined}                                          | ${"it was answered"}
  ${answered(404, "v1")}                       | ${undefined}                                          | ${"the application said so"}
  ${answered(500, "v1")}                       | ${undefined}                                          | ${"the application said so itself"}
  ${answered(503, "v1")}                       | ${undefined}                                          | ${"also where the status is one that balancers use"}
  ${answered(404)}                             | ${undefined}                                          | ${"4xx is not lost, whoever said it"}
  ${answered(502, undefined, "ECONNRESET")}    | ${"502 not answered by the application (ECONNRESET)"} | ${"the balancer answered"}
  ${answered(500)}                             | ${"500 not answered by the application"}              | ${"nobody says that it was the application"}
  ${{ kind: "broken", cause: "ECONNREFUSED" }} | ${"ECONNREFUSED"}                                     | ${"there was no answer"}
`("$outcome is lost because of $lost: $because", ({ outcome, lost }) => {
  expect(lostBecause(outcome)).toBe(lost);
});

test("requests, lost ones and the application's errors are counted apart, in all, by kind and per second", () => {
  const tally = new Tally();
  tally.add(sent, answered(200, "v1"), 10.2, 0.01);
  tally.add(sent, answered(500, "v2"), 10.9, 0.03);
  tally.add({ ...sent, slow: true, connection: "new" }, answered(200, "v2"), 12, 5);
  tally.add(sent, answered(503), 12.5, 0.02);
  tally.add(sent, { kind: "broken", cause: "ECONNRESET" }, 12.6, 0.5);
  const report = tally.report(rest);
  expect(report).toMatchObject({
    requests: 5,
    failedRequests: 2,
    appErrors: 1,
    byVersion: { v1: 1, v2: 2, none: 1 },
    byKind: { kept: { requests: 4, lost: 2 }, new: { requests: 0, lost: 0 }, slow: { requests: 1, lost: 0 } },
  });
  expect(report.seconds).toEqual([
    { at: 10, requests: 2, failed: 0, appErrors: 1, byVersion: { v1: 1, v2: 1 }, worst: 0.03 },
    { at: 12, requests: 3, failed: 2, appErrors: 0, byVersion: { v2: 1, none: 1 }, worst: 0 },
  ]);
  expect(report.failures).toEqual([
    { at: 12.5, after: 0.02, address: "127.0.0.1:80", path: "/", connection: "kept", cause: "503 not answered by the application" },
    { at: 12.6, after: 0.5, address: "127.0.0.1:80", path: "/", connection: "kept", cause: "ECONNRESET" },
  ]);
  expect(report.latenciesByVersion["v2"]).toEqual({ p50: 0.03, p95: 0.03, p99: 0.03 });
});

test("only the first 50 failures are kept, all are counted", () => {
  const tally = new Tally();
  for (let count = 0; count < 60; count += 1) tally.add(sent, { kind: "broken", cause: "x" }, count, 0);
  const { failedRequests, failures } = tally.report(rest);
  expect([failedRequests, failures.length, failures.at(-1)?.at]).toEqual([60, 50, 49]);
});

test("percentiles are by nearest rank", () => {
  expect(percentiles(Array.from({ length: 100 }, (_, index) => (100 - index) / 1000))).toEqual({ p50: 0.05, p95: 0.095, p99: 0.099 });
  expect(percentiles([])).toEqual({ p50: 0, p95: 0, p99: 0 });
});
