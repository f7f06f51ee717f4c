// ECS learns what the load balancer says of its tasks in the moment in which it says so.
import { createStage, finish, type Stage } from "./scenario.ts";

/** Tasks of which ECS believes something else than the load balancer says. */
function misbelieved({ account }: Stage, now: number): readonly string[] {
  const { world } = account;
  // What was told a moment ago may have brought a target in or out: that is told in the next one.
  world.advanceTo(now + 0.002);
  return [...world.ecs().tasks.values()].flatMap((task) =>
    task.targets.flatMap(({ targetGroupArn, state }) => {
      const said = task.isLaunched ? world.health(targetGroupArn).find(({ id }) => id === world.addressOf(task))?.state : undefined;
      return (said ?? "gone") === state ? [] : [`${task.id.slice(0, 8)}: ${state}, which is ${said ?? "gone"}`];
    }),
  );
}

test("through a deployment of five tasks", async () => {
  const stage = createStage({ tasks: 5 });
  const wrong: string[] = [];
  let looks = 0;
  stage.clock.onAdvance((to) => {
    looks += 1;
    wrong.push(...misbelieved(stage, to));
  });
  const { result } = await finish(stage, { "rollback-window": "1", "on-inconclusive": "proceed" });
  expect(result.outcome).toBe("succeeded");
  expect(looks).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
});
