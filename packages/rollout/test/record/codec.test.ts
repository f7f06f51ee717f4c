import fc from "fast-check";
import { phases } from "../../src/model.ts";
import { leaseFromTag, leaseToTag, type Saved, savedFromTags, savedToTags, succeededFromTags } from "../../src/record/codec.ts";

const prefix = "arn:aws:ecs:eu-central-1:123456789012:task-definition/";
const revisionArn = (short: string): string => `${prefix}${short}`;
const instant = fc.integer({ min: 1_700_000_000, max: 2_000_000_000 });
const maybe = fc.option(instant, { nil: undefined });

const saved: fc.Arbitrary<Saved> = fc
  .record({
    deployment: fc.stringMatching(/^d-[0-9]{14}-[0-9]{1,11}-[0-9]$/),
    to: fc.constantFrom("blue" as const, "green" as const),
    goal: fc.constantFrom("deploy" as const, "return" as const),
    revision: fc.integer({ min: 1, max: 99_999 }),
    commit: fc.stringMatching(/^[0-9a-f]{12}$/),
    phase: fc.constantFrom(...phases),
    since: instant,
    started: instant,
    count: fc.integer({ min: 1, max: 5000 }),
    step: fc.integer({ min: 0, max: 99 }),
    stepSince: maybe,
    switchedAt: maybe,
    confirmedAt: maybe,
    rollbackSince: maybe,
    backAt: maybe,
    outcome: fc.constantFrom(undefined, "succeeded" as const, "rolled-back" as const),
    watch: fc.integer({ min: 0, max: 86_400 }),
  })
  .map(({ deployment, to, goal, revision, commit, outcome, watch, ...rest }) => ({
    deployment,
    goal,
    from: to === "blue" ? ("green" as const) : ("blue" as const),
    to,
    revision: revisionArn(`shop:${revision + 1}`),
    previousRevision: revisionArn(`shop:${revision}`),
    image: "",
    commit,
    progress: { ...rest, rollbackReason: undefined, rollbackAs: undefined },
    outcome,
    endedAt: undefined,
    keepUntil: undefined,
    reason: undefined,
    watch,
  }));

describe("a rollout in tags", () => {
  test("comes back as it was written, in characters and lengths that ECS takes", () => {
    fc.assert(
      fc.property(saved, (one) => {
        const tags = savedToTags(one);
        for (const value of Object.values(tags)) {
          expect(value.length).toBeLessThanOrEqual(256);
          expect(value).toMatch(/^[\p{L}\p{N} +\-=._:/@]*$/u);
        }
        expect(savedFromTags(tags, revisionArn)).toMatchObject({
          deployment: one.deployment,
          to: one.to,
          goal: one.goal,
          revision: one.revision,
          previousRevision: one.previousRevision,
          outcome: one.outcome,
          progress: { phase: one.progress.phase, count: one.progress.count, switchedAt: one.progress.switchedAt },
        });
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  test("leaves what users have since to those after it, with the commit where that is known", () => {
    fc.assert(
      fc.property(saved, instant, (one, endedAt) => {
        const tags = savedToTags({ ...one, endedAt });
        if (one.outcome !== "succeeded") return expect(succeededFromTags(tags, revisionArn)).toBeUndefined();
        expect(succeededFromTags(tags, revisionArn)).toMatchObject({
          deployment: one.deployment,
          to: one.to,
          revision: one.revision,
          previousRevision: one.previousRevision,
          endedAt,
          // The commit of a run that goes back is not the one that it goes back to.
          commit: one.goal === "deploy" ? one.commit : "",
        });
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  test.each(["", "-"])("a commit that nobody knows (%j) is none", (commit) => {
    const [one] = fc.sample(saved, { seed: 5, numRuns: 1 });
    const tags = savedToTags({ ...(one as Saved), commit, goal: "deploy", outcome: "succeeded", endedAt: 1_800_000_000 });
    expect(savedFromTags(tags, revisionArn)?.commit).toBe("");
    expect(succeededFromTags(tags, revisionArn)?.commit).toBe("");
  });

  test("is not believed when somebody else wrote the tags", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("aws-deploy-actions:deployment", "aws-deploy-actions:progress"), fc.string()), (tags) => {
        expect(savedFromTags(tags, revisionArn)).toBeUndefined();
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test("keeps a hostile reason from becoming anything but text", () => {
    const lease = leaseToTag({ owner: "run 1", holder: "https://x/y?<script>&a=b", since: 1, until: 2, purpose: "deploy" });
    expect(lease).toMatch(/^[\p{L}\p{N} +\-=._:/@]*$/u);
    expect(leaseFromTag(lease)).toMatchObject({ owner: "run_1", since: 1, until: 2 });
  });
});
