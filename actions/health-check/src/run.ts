import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import type { ComponentResult } from "@aws-deploy-actions/shared/health/components/result";
import { bugWithoutText, Trouble } from "@aws-deploy-actions/shared/problems";
import type { Config } from "./inputs.ts";
import { type Check, planChecks } from "./plan.ts";
import type { Ports, RunBase } from "./ports.ts";
import { resultOf, resultText, taskLine } from "./report.ts";
import { taskInputs } from "./task-inputs.ts";

/** Checks what is asked for, all at the same time. */
export async function run(config: Config, base: RunBase, connect: () => Promise<Ports>): Promise<ActionResult> {
  try {
    const ports = await connect();
    const checks = planChecks(config, ports, base);
    const results = await base.journal.group("Checking", () => lookEverywhere(config, checks, base, ports));
    for (const result of results) base.journal.say(resultText(result));
    if (config.insideTask) base.runner.log(taskLine(results));
    return resultOf(results);
  } catch (error) {
    // A check has credentials in its hands: what it throws may quote them.
    throw error instanceof Trouble ? error : new Trouble(bugWithoutText(error));
  }
}

async function lookEverywhere(config: Config, checks: readonly Check[], base: RunBase, ports: Ports): Promise<readonly ComponentResult[]> {
  const forTask = config.via === "task" ? checks.filter(({ needs }) => needs === "network") : [];
  const here = checks.filter((check) => !forTask.includes(check));
  const [own, fromTask] = await Promise.all([
    Promise.all(here.map((check) => lookAgain(check, config, base))),
    inTask(forTask, config, base, ports),
  ]);
  const seen = [...own.flat(), ...fromTask];
  if (config.via !== "auto" || config.insideTask) return seen.map((one) => (config.via === "runner" ? strict(one) : one));
  return await retryInside(seen, here, config, base, ports);
}

/** What the runner cannot reach is looked at from inside the VPC, where somebody has said how. */
async function retryInside(
  seen: readonly ComponentResult[],
  checks: readonly Check[],
  config: Config,
  base: RunBase,
  ports: Ports,
): Promise<readonly ComponentResult[]> {
  const hidden = new Set(
    seen
      .filter(({ state, component }) => state === "unreachable" && (component === "database" || component === "redis"))
      .map(({ component }) => component),
  );
  if (hidden.size === 0 || config.taskDefinition === undefined) return seen;
  base.journal.say(`${[...hidden].join(" and ")} cannot be reached from the runner: looking from inside the VPC.`);
  const again = checks.filter(({ component, needs }) => needs === "network" && hidden.has(component));
  const inside = await inTask(again, config, base, ports);
  return [...seen.filter(({ state, component }) => !(state === "unreachable" && hidden.has(component))), ...inside];
}

/** The runner was said to be the place to look from: then nothing is an excuse. */
const strict = (result: ComponentResult): ComponentResult => (result.state === "unreachable" ? { ...result, state: "unhealthy" } : result);

/** Seconds before the first retry; doubled for each further one. */
const firstPause = 1;

async function lookAgain(check: Check, config: Config, base: RunBase): Promise<readonly ComponentResult[]> {
  const { clock, cancelled, journal } = base;
  for (let tries = 0; ; tries++) {
    const results = await check.look();
    const bad = results.find(({ state }) => state !== "healthy");
    if (bad === undefined || tries >= config.retries || cancelled.aborted) return results;
    const pause = firstPause * 2 ** tries;
    journal.say(`⟳ ${bad.subject}: ${bad.detail} Again in ${pause} s (${tries + 1} of ${config.retries}).`);
    await clock.sleep(pause, cancelled).catch(() => undefined);
  }
}

async function inTask(checks: readonly Check[], config: Config, base: RunBase, ports: Ports): Promise<readonly ComponentResult[]> {
  const { names, taskDefinition } = config;
  if (checks.length === 0 || names === undefined || taskDefinition === undefined) return [];
  const components = [...new Set(checks.map(({ component }) => component))];
  const answer = await ports.task.run({
    cluster: names.cluster,
    services: [names.services.blue, names.services.green],
    definition: taskDefinition,
    inputs: taskInputs(config, components),
    timeout: config.taskTimeout,
    signal: base.cancelled,
  });
  if (answer.state === "failed") {
    return components.map((component) => ({
      component,
      subject: `task ${taskDefinition}`,
      state: "unknown",
      detail: answer.why,
      mend: answer.mend,
    }));
  }
  const silent = components.filter((component) => !answer.results.some((one) => one.component === component) && config.asked !== undefined);
  return [
    ...answer.results.map((one) => ({ ...strict(one), detail: `from inside the VPC: ${one.detail}` })),
    ...silent.map(
      (component): ComponentResult => ({
        component,
        subject: `task ${taskDefinition}`,
        state: "unknown",
        detail: "the task said nothing about it.",
        mend: "Use the same version of health-check in the task's image.",
      }),
    ),
  ];
}
