// Every request of every rollout that the fault matrix breaks, here with nothing broken, held against AWS's own description of its services.

import { imageOf } from "@aws-deploy-actions/local-cloud/virtual/account";
import { rollBackNow } from "../simulation/emergency-scenario.ts";
import { stores, stories } from "../simulation/matrix/stories.ts";
import { tryOut } from "../simulation/matrix/trial.ts";
import { createStage, finish, type Stage } from "../simulation/scenario.ts";
import { violations } from "./check.ts";

const asked = new Set<string>();

/** What is wrong with a story's requests, each mistake once. */
function wrong({ account }: Stage): readonly string[] {
  for (const { operation } of account.calls) asked.add(operation);
  return [...new Set(account.calls.flatMap(violations))];
}

const cells = stories.flatMap((story) =>
  Object.keys(stores).map((store) => ({ name: `${story.name}, its record in ${store}`, story, store })),
);

test.each(cells)("$name", async ({ story, store }) => {
  const stages: Stage[] = [];
  const watched = (seed: number): Stage => {
    const stage = story.stage(seed);
    stages.push(stage);
    return stage;
  };
  const verdict = await tryOut({ story: { ...story, stage: watched }, store, fault: undefined, seed: 1 });
  expect(verdict.violations).toEqual([]);
  expect(stages.flatMap(wrong)).toEqual([]);
});

test.each(Object.keys(stores))("a rollback to a version by its name, its record in %s", async (store) => {
  const stage = createStage({ autoscaling: true });
  const record = stores[store] ?? {};
  for (const version of ["v2", "v3", "v4"]) await finish(stage, { ...record, image: imageOf(version) });
  const { result } = await rollBackNow(stage, { ...record, to: "shop:1" });
  expect(result.outcome).toBe("succeeded");
  expect(wrong(stage)).toEqual([]);
});

test("tasks are stopped, test routes opened and closed, and records written, among the requests above", () => {
  expect([...asked]).toEqual(
    expect.arrayContaining([
      ...["autoscaling:RegisterScalableTarget", "ecs:RegisterTaskDefinition", "ecs:RunTask", "ecs:StopTask", "ecs:TagResource"],
      ...["ecs:UpdateService", "elb:CreateRule", "elb:DeleteRule", "elb:ModifyListener", "elb:ModifyRule", "s3:GetObject", "s3:PutObject"],
    ]),
  );
});
