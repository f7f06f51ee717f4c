import type { Ending } from "../src/loop.ts";
import type { Progress } from "../src/model.ts";
import { type StoryParts, storyOf } from "../src/story.ts";
import { plan, progress, route, snapshot } from "./decide/build.ts";

const parts = (over: Partial<Ending> & { readonly at?: Partial<Progress> }): StoryParts => ({
  plan: plan(),
  ending: {
    outcome: "rolled-back",
    because: "error rate 30 %",
    progress: progress({ phase: "rolling-back", switchedAt: 10, rollbackSince: 60, backAt: 61, ...over.at }),
    seen: snapshot({ routes: [route(100, 0)] }),
    problems: [],
    lost: false,
    ...over,
  },
  entries: [
    { phase: "watch", from: 20, because: "green has 100 %" },
    { phase: "rolling-back", from: 60, because: "error rate 30 %" },
  ],
  collected: { metrics: undefined, probes: [], shares: [], judgement: undefined },
  routes: [route(100, 0)],
  previousRevision: "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:1",
  image: "shop@sha256:aaaa",
  changes: [],
  logs: [],
  logGroups: ["/aws/shop/app-staging", "/aws/shop/web-staging"],
  notes: [],
  region: "eu-central-1",
  ended: 90,
  about: {
    application: "shop",
    environment: "staging",
    contacts: undefined,
    commit: "",
    actor: "",
    runUrl: undefined,
    askedBecause: undefined,
  },
});

test("who is told of a rollback learns where users are, where the cause is to be found, and when users were back", () => {
  const story = storyOf(parts({}));
  expect(story).toMatchObject({
    verdict: "shop:2 was rolled back: error rate 30 %.",
    whatUsersSeeNow: "Users are on blue (shop:1), as before.",
    whatToDoNext: [
      "See why in the log: `aws logs tail /aws/shop/app-staging --since 30m --region eu-central-1`",
      "See why in the log: `aws logs tail /aws/shop/web-staging --since 30m --region eu-central-1`",
      "Mend the version and deploy it again. Users are back on the version before.",
    ],
    rollbackSeconds: 1,
  });
  expect(story.phases.map(({ name, result, note }) => [name, result, note])).toEqual([
    ["watch", "failed", "error rate 30 %"],
    ["rolling-back", "done", "users are back on blue"],
  ]);
});

test("a version that never got users has nothing in the log that users met", () => {
  const story = storyOf(parts({ outcome: "failed", because: "it keeps stopping", at: { switchedAt: undefined, backAt: undefined } }));
  expect(story.verdict).toBe("shop:2 never got users: it keeps stopping.");
  expect(story.whatToDoNext).toEqual(["Mend the version and deploy it again. Users were never on it."]);
});

test.each`
  on         | verdict                                                                                    | next
  ${"blue"}  | ${"Users are back on blue, but the rollback did not come to its end: no answer from ECS."} | ${"End what is left (green still runs) when AWS answers again: mode: resume"}
  ${"green"} | ${"The rollback did not succeed: no answer from ECS."}                                     | ${"Act now: put users on a healthy colour"}
`("a rollback that did not come to its end, with users on $on", ({ on, verdict, next }) => {
  const seen = snapshot({ routes: [on === "blue" ? route(100, 0) : route(0, 100)] });
  const story = storyOf(parts({ outcome: "rollback-failed", because: "no answer from ECS", seen }));
  expect(story.verdict).toBe(verdict);
  expect(story.whatToDoNext[0]).toContain(next);
});
