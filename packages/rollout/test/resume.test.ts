import type { Environment } from "../src/aws/locate.ts";
import type { Outcome, Phase, Progress } from "../src/model.ts";
import type { Saved } from "../src/record/codec.ts";
import { leftToDo, reopened, resumedPlan, resumption } from "../src/resume.ts";
import { plan, progress, revision, route } from "./decide/build.ts";

const saved = (over: Partial<Saved>, at: Partial<Progress> = {}): Saved => ({
  deployment: "d-1",
  goal: "deploy",
  from: "blue",
  to: "green",
  revision,
  previousRevision: "shop:1",
  image: "",
  commit: "",
  progress: progress(at),
  outcome: undefined,
  endedAt: undefined,
  keepUntil: undefined,
  watch: 600,
  reason: undefined,
  ...over,
});
const on = (blue: number, green: number) => ({ routes: [route(blue, green)] }) as unknown as Environment;

describe("what is left of a rollout that ended", () => {
  test.each`
    outcome              | phase             | keepUntil    | left          | because
    ${undefined}         | ${"shift"}        | ${undefined} | ${"rollout"}  | ${"its run was lost"}
    ${"succeeded"}       | ${"finalize"}     | ${undefined} | ${"nothing"}  | ${"all was done"}
    ${"succeeded"}       | ${"finalize"}     | ${1001}      | ${"nothing"}  | ${"the old colour is still kept"}
    ${"succeeded"}       | ${"finalize"}     | ${1000}      | ${"clean-up"} | ${"the old colour was kept until now"}
    ${"inconclusive"}    | ${"watch"}        | ${undefined} | ${"clean-up"} | ${"both colours were held for somebody to decide"}
    ${"inconclusive"}    | ${"rolling-back"} | ${undefined} | ${"nothing"}  | ${"users are back"}
    ${"rolled-back"}     | ${"rolling-back"} | ${undefined} | ${"nothing"}  | ${"users are back"}
    ${"cancelled"}       | ${"rolling-back"} | ${undefined} | ${"nothing"}  | ${"users are back"}
    ${"cancelled"}       | ${"finalize"}     | ${undefined} | ${"rollout"}  | ${"the clean-up was not made"}
    ${"failed"}          | ${"finalize"}     | ${undefined} | ${"rollout"}  | ${"the clean-up was not made"}
    ${"failed"}          | ${"scale"}        | ${undefined} | ${"nothing"}  | ${"users never saw it"}
    ${"rollback-failed"} | ${"rolling-back"} | ${undefined} | ${"rollout"}  | ${"users may be on a bad version"}
  `("$outcome in $phase (kept until $keepUntil): $left, for $because", ({ outcome, phase, keepUntil, left }) => {
    const one = saved({ outcome: outcome as Outcome | undefined, keepUntil }, { phase: phase as Phase });
    expect(leftToDo(one, 1000)).toBe(left);
    expect(reopened(one, 1000)?.outcome).toBeUndefined();
  });
});

describe("who goes on with a lost rollout", () => {
  test.each`
    phase             | where       | how            | because
    ${"scale"}        | ${[100, 0]} | ${"roll-back"} | ${/before users saw/}
    ${"migrate"}      | ${[100, 0]} | ${"roll-back"} | ${/before users saw/}
    ${"shift"}        | ${[80, 20]} | ${"roll-back"} | ${/while traffic was being moved/}
    ${"watch"}        | ${[0, 100]} | ${"go-on"}     | ${/watched to the end/}
    ${"watch"}        | ${[50, 50]} | ${"roll-back"} | ${/not on the new version alone/}
    ${"finalize"}     | ${[0, 100]} | ${"go-on"}     | ${/clean-up is carried on/}
    ${"finalize"}     | ${[100, 0]} | ${"roll-back"} | ${/not on the new version alone/}
    ${"rolling-back"} | ${[0, 100]} | ${"roll-back"} | ${/was not finished/}
  `("in $phase, with users at $where: $how", ({ phase, where, how, because }) => {
    const found = resumption(saved({}, { phase }), on(where[0], where[1]), 1000);
    expect(found.how).toBe(how);
    expect(found.because).toMatch(because);
  });

  test("ends an inconclusive rollback as inconclusive, not as a failure of its own", () => {
    const lost = saved({}, { phase: "rolling-back", rollbackAs: "inconclusive", rollbackReason: "no data" });
    expect(resumption(lost, on(0, 100), 1000).progress).toMatchObject({ rollbackAs: "inconclusive", rollbackReason: "no data" });
  });

  test("begins a way back that had failed anew, instead of failing by what is written down", () => {
    const failed = saved(
      { goal: "return", outcome: "rollback-failed" },
      { phase: "rolling-back", rollbackAs: "rollback-failed", switchedAt: 90 },
    );
    expect(resumption(failed, on(0, 100), 1000).progress).toMatchObject({
      phase: "shift",
      rollbackAs: undefined,
      started: 1000,
      switchedAt: 90,
    });
  });

  test("carries a way back on where it was", () => {
    expect(resumption(saved({ goal: "return" }, { phase: "await-healthy" }), on(0, 100), 1000).progress.phase).toBe("await-healthy");
  });

  test.each`
    phase             | switchedAt   | looks
    ${"migrate"}      | ${undefined} | ${true}
    ${"rolling-back"} | ${undefined} | ${true}
    ${"rolling-back"} | ${90}        | ${false}
    ${"watch"}        | ${90}        | ${false}
  `("looks for a migration that still runs, in $phase: $looks", ({ phase, switchedAt, looks }) => {
    expect(resumedPlan(saved({}, { phase, switchedAt }), plan()).migration).toBe(looks);
  });
});
