import type { Clock } from "@aws-deploy-actions/shared/clock";
import { createEcsDriver, type EcsDriver, StartFailure, type TargetRegistry, type TaskRuntime } from "../../src/ecs/driver.ts";
import { fargateTiming } from "../../src/ecs/model.ts";
import { newService, serviceArn } from "./world.ts";

/** A clock that stands still until it is moved; then sleepers wake in order. */
function handClock(): Clock & { readonly move: (seconds: number) => Promise<void> } {
  let now = 1_800_000_000;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    now: () => now,
    sleep: (seconds, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { at: now + seconds, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
      }),
    move: async (seconds) => {
      const end = now + seconds;
      for (;;) {
        const next = [...sleepers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        now = Math.max(now, next.at);
        sleepers.delete(next);
        next.wake();
        for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      }
      now = end;
    },
  };
}

const registry = (state: "healthy" | "gone"): TargetRegistry => ({
  register: () => undefined,
  deregister: () => undefined,
  health: () => ({ state }),
});
const runtime = (changes: Partial<TaskRuntime> = {}): TaskRuntime => ({
  launch: async () => undefined,
  signal: () => undefined,
  release: () => undefined,
  forget: () => undefined,
  ...changes,
});

function drive(changes: Partial<TaskRuntime> = {}, staleness = 0) {
  const clock = handClock();
  const settings = { timing: fargateTiming, capacity: 10 };
  const driver = createEcsDriver({
    clock,
    settings,
    seed: 1,
    runtime: runtime(changes),
    targets: registry("healthy"),
    staleness: () => staleness,
  });
  return { clock, driver };
}
const running = (driver: EcsDriver, state = driver.state()) =>
  [...state.tasks.values()].filter(({ lastStatus }) => lastStatus === "RUNNING").length;

test("the clock drives tasks to RUNNING, and the registry's word makes the service steady", async () => {
  const { clock, driver } = drive();
  driver.send({ type: "create-service", service: newService() });
  await clock.move(10.9);
  expect(running(driver)).toBe(0);
  await clock.move(3);
  expect(running(driver)).toBe(2);
  expect(driver.state().services.get(serviceArn)?.isSteady).toBe(true);
  driver.stop();
});

test("reads show the state of a while ago", async () => {
  const { clock, driver } = drive({}, 5);
  driver.send({ type: "create-service", service: newService() });
  await clock.move(13);
  expect([running(driver), running(driver, driver.seen())]).toEqual([2, 0]);
  await clock.move(5);
  expect(running(driver, driver.seen())).toBe(2);
  driver.stop();
});

test("a container that ends while the task still starts is told after the start", async () => {
  const { clock, driver } = drive({
    launch: async (_task, news) => {
      news.exited("app", 3);
      await Promise.resolve();
    },
  });
  driver.send({ type: "create-service", service: newService({ desiredCount: 1 }) });
  await clock.move(11);
  expect([...driver.state().tasks.values()][0]).toMatchObject({ stopCode: "EssentialContainerExited", containers: [{ exitCode: 3 }] });
  driver.stop();
});

test.each`
  thrown                                     | reason
  ${new StartFailure("CannotPull: no such")} | ${"CannotPull: no such"}
  ${new Error("spawn failed")}               | ${"CannotStartContainerError: Error: spawn failed"}
`("a start that fails with $thrown stops the task: $reason", async ({ thrown, reason }) => {
  const { clock, driver } = drive({ launch: () => Promise.reject(thrown) });
  driver.send({ type: "create-service", service: newService({ desiredCount: 1 }) });
  await clock.move(11);
  expect([...driver.state().tasks.values()][0]).toMatchObject({ stopCode: "TaskFailedToStart", stoppedReason: reason });
  driver.stop();
});

test("after stop nothing moves", async () => {
  const { clock, driver } = drive();
  driver.send({ type: "create-service", service: newService() });
  driver.stop();
  const before = driver.state();
  await clock.move(60);
  driver.send({ type: "tick" });
  expect(driver.state()).toBe(before);
});
