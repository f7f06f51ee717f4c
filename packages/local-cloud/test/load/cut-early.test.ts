import { cutEarly } from "../../src/load/cut-early.ts";
import type { CallRecord } from "../../src/proxy/calls.ts";

const nothing = { opened: 1, messages: 0, ended: 0, cut: [] };

/** Connections that were cut so many of the cloud's seconds after ECS was told to end the tasks. */
function early(after: readonly number[], change: Partial<CallRecord> = {}): number {
  const now = Date.now() / 1000;
  const timeFactor = 10;
  // The cloud's clock shows 10,000 now; the scale-down came 1,000 of its seconds ago.
  const call = { operation: "UpdateService", params: { desiredCount: 0 }, applied: true, at: 9000, ...change } as CallRecord;
  const cut = after.map((seconds) => ({ at: now - (1000 - seconds) / timeFactor, after: 1, cause: "closed with 1006" }));
  const cloud = { calls: { all: () => [call] } as never, clock: { now: () => 10_000 } as never, timeFactor };
  return cutEarly({ webSockets: { ...nothing, cut }, streams: nothing }, cloud, 30).length;
}

test.each`
  after           | change                             | count | because
  ${[31]}         | ${{}}                              | ${0}  | ${"the deregistration delay was over"}
  ${[29]}         | ${{}}                              | ${1}  | ${"it was not over"}
  ${[-5]}         | ${{}}                              | ${1}  | ${"nobody had left yet"}
  ${[400]}        | ${{}}                              | ${1}  | ${"that delay was over long ago"}
  ${[31, 29, 28]} | ${{}}                              | ${2}  | ${"each one counts"}
  ${[31]}         | ${{ params: { desiredCount: 2 } }} | ${1}  | ${"tasks were not ended"}
  ${[31]}         | ${{ applied: false }}              | ${1}  | ${"ECS did not take the call"}
`("$count of $after are early: $because", ({ after, change, count }) => {
  expect(early(after, change)).toBe(count);
});
