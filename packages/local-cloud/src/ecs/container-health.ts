import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Keeper } from "../process/keeper.ts";
import type { Params } from "../proxy/params.ts";
import { commandOf, numberOr } from "./definition.ts";
import type { Health } from "./model.ts";

interface CheckContext {
  readonly clock: Clock;
  readonly keeper: Keeper;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Stands for `localhost` inside the task. */
  readonly host: string;
  readonly until: AbortSignal;
  readonly report: (health: Health) => void;
}

/**
 * Runs a container's health check command until it is aborted.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html: every 30 s, 5 s each, 3 failures, failures within startPeriod do not count.
 */
export function startHealthCheck(healthCheck: Params, context: CheckContext): AbortController {
  const controller = new AbortController();
  context.until.addEventListener("abort", () => controller.abort());
  const [kind = "CMD", ...words] = commandOf(healthCheck);
  // A task has a loopback interface of its own; here its address stands for it.
  const args = words.map((word) => word.replaceAll(/\b(localhost|127\.0\.0\.1)\b/g, context.host));
  const command = kind === "CMD-SHELL" ? ["/bin/sh", "-c", args.join(" ")] : args;
  if (words.length > 0) void loop(command, healthCheck, context, controller.signal);
  return controller;
}

async function loop(command: readonly string[], healthCheck: Params, context: CheckContext, signal: AbortSignal): Promise<void> {
  const { clock, report } = context;
  const graceEnd = clock.now() + numberOr(healthCheck["startPeriod"], 0);
  const retries = numberOr(healthCheck["retries"], 3);
  let failures = 0;
  while (!signal.aborted) {
    await clock.sleep(numberOr(healthCheck["interval"], 30), signal).catch(() => undefined);
    if (signal.aborted) return;
    const isFine = await passes(command, numberOr(healthCheck["timeout"], 5), context, signal);
    if (signal.aborted) return;
    if (isFine) failures = 0;
    else if (clock.now() >= graceEnd) failures += 1;
    if (isFine) report("HEALTHY");
    else if (failures >= retries) report("UNHEALTHY");
  }
}

/** The time-out is the application's own: real seconds. */
function passes(command: readonly string[], timeout: number, context: CheckContext, signal: AbortSignal): Promise<boolean> {
  const [program = "", ...args] = command;
  const child = context.keeper.spawn(program, args, { cwd: context.folder, env: context.environment, stdio: "ignore" });
  const kill = () => context.keeper.signal(child, "SIGKILL");
  const limit = setTimeout(kill, timeout * 1000);
  signal.addEventListener("abort", kill, { once: true });
  return new Promise((resolve) => {
    const done = (isFine: boolean) => {
      clearTimeout(limit);
      signal.removeEventListener("abort", kill);
      resolve(isFine);
    };
    child.once("error", () => done(false));
    child.once("exit", (code) => done(code === 0));
  });
}
