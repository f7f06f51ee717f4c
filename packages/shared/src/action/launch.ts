import type { Clock } from "../clock.ts";
import { parseTimeFactor, systemClock } from "../clock.ts";
import { type RunContext, runContext } from "../github/context.ts";
import { githubRunner, type Runner } from "../github/runner.ts";
import { bugWithoutText, type Problem, problemsOf } from "../problems.ts";
import { failureMarkdown } from "../report/problems.ts";
import { withConfigFile } from "./config-file.ts";
import { type InputSpec, type RawInputs, rawInputs, secretValues } from "./inputs.ts";
import { type Journal, openJournal } from "./journal.ts";
import type { ActionResult, News } from "./result.ts";
import { isPostStep } from "./step.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What every action's run gets from the outside. */
export interface Base {
  readonly runner: Runner;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly context: RunContext;
  /** Aborted when the job is cancelled: https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation */
  readonly cancelled: AbortSignal;
}

/** One action, as its main.ts describes it. */
export interface Action<Config> {
  /** The action's folder name; the log file's name where `logName` is not given. */
  readonly name: string;
  readonly logName?: string;
  readonly spec: InputSpec;
  /** True where the input config-file is the action's own (a samconfig), not a file of inputs. */
  readonly ownConfigFile?: boolean;
  /** Turns raw inputs into the typed configuration; throws Trouble naming every wrong input. */
  readonly read: (raw: RawInputs, environment: Environment) => Config;
  readonly run: (config: Config, base: Base) => Promise<ActionResult>;
  /** Where log files go; the input `log-directory`. */
  readonly logDirectory: (config: Config) => string;
  /** What there is to say of a run that ended with an error instead of a result. */
  readonly failureOf?: (config: Config, error: unknown) => Failure;
  /** Sends the news of the result; a failure of it is said and changes nothing. */
  readonly tell?: (config: Config, result: ActionResult, base: Base) => Promise<void>;
}

/** What people are told of a run that ended with an error, besides its problems. */
export interface Failure {
  /** A sentence. */
  readonly usersSeeNow?: string;
  readonly news?: News;
}

/** What main.ts takes from the process, so that nothing else touches it. */
export interface Process {
  readonly environment: Environment;
  readonly write: (line: string) => void;
  readonly fail: () => void;
  readonly onCancel: (listener: (signal: string) => void) => void;
  /** Called for what nobody caught; the process ends after it. Node's own report of it would quote the error's text unfiltered. */
  readonly onCrash?: (listener: (error: unknown) => void) => void;
  /** From DEPLOY_TIME_FACTOR: how many times faster the local cloud's time runs, and since when. Ignored unless AWS is on this machine. */
  readonly timeFactor?: string | undefined;
}

/** Runs an action from inputs to exit code. Never throws. */
export async function launch<Config>(action: Action<Config>, process: Process): Promise<void> {
  const { environment } = process;
  const runner = githubRunner(environment, process.write);
  const controller = new AbortController();
  process.onCancel((signal) => controller.abort(new Error(`cancelled by ${signal}`)));
  const giveUp = (problems: readonly Problem[], error: unknown): void => {
    explain((line) => runner.log(line), problems, error, environment);
    runner.annotate("error", problems.map((one) => one.what).join("\n"), { title: action.name });
    writeOutputs(runner, environment, { outcome: "failed", reason: problems.map((one) => one.what).join(" ") });
    runner.summary(failureMarkdown(action.name, problems));
    process.fail();
  };
  process.onCrash?.((error) => giveUp([bugWithoutText(error)], undefined));
  try {
    const given = rawInputs(action.spec, environment);
    for (const value of secretValues(action.spec, given)) runner.mask(value);
    const config = action.read(action.ownConfigFile === true ? given : await withConfigFile(action.spec, given), environment);
    const clock = localClock(process);
    const journal = openJournal(runner, action.logDirectory(config), action.logName ?? action.name, () => clock.now());
    const base: Base = { runner, journal, clock, environment, context: runContext(environment), cancelled: controller.signal };
    await finish(action, config, base, await runToResult(action, config, base), process);
  } catch (error) {
    // Only wrong inputs and our own defects get here: nothing has been asked of AWS yet.
    giveUp(problemsOf(error), error);
  }
}

async function runToResult<Config>(action: Action<Config>, config: Config, base: Base): Promise<ActionResult> {
  try {
    return await action.run(config, base);
  } catch (error) {
    const problems = problemsOf(error);
    explain((line) => base.journal.say(line), problems, error, base.environment);
    const reason = problems.map((one) => one.what).join(" ");
    const { usersSeeNow, news } = action.failureOf?.(config, error) ?? {};
    if (usersSeeNow !== undefined) base.journal.say(usersSeeNow);
    const mend = [usersSeeNow, ...problems.map((one) => one.mend)].filter((line) => line !== undefined).join("\n");
    return {
      outcome: "failed",
      ok: false,
      reason,
      ...(mend === "" ? {} : { mend }),
      summary: failureMarkdown(action.name, problems, usersSeeNow),
      ...(news === undefined ? {} : { news }),
    };
  }
}

async function finish<Config>(action: Action<Config>, config: Config, base: Base, result: ActionResult, process: Process): Promise<void> {
  const { runner, journal } = base;
  const report: Readonly<Record<string, string>> = result.reportPath === undefined ? {} : { "report-path": result.reportPath };
  const outputs = { outcome: result.outcome, reason: result.reason, "log-path": journal.path, ...result.outputs, ...report };
  writeOutputs(runner, base.environment, outputs);
  if (result.summary !== undefined) runner.summary(result.summary);
  if (!result.ok) {
    runner.annotate("error", result.mend === undefined ? result.reason : `${result.reason}\n${result.mend}`, {
      title: `${action.name}: ${result.outcome}`,
    });
    process.fail();
  }
  try {
    await action.tell?.(config, result, base);
  } catch (error) {
    journal.annotate(
      "warning",
      `The notification could not be sent: ${problemsOf(error)
        .map((one) => one.what)
        .join(" ")}`,
    );
  }
}

/** The post step writes none: later steps and jobs read what the main step said of its deployment, and its own would stand in their place. */
function writeOutputs(runner: Runner, environment: Environment, outputs: Readonly<Record<string, string>>): void {
  if (isPostStep(environment)) return;
  for (const [name, value] of Object.entries(outputs)) runner.output(name, value);
}

function explain(say: (line: string) => void, problems: readonly Problem[], error: unknown, environment: Environment): void {
  for (const one of problems) {
    say(`✖ ${one.what}`);
    if (one.mend !== undefined) say(indent(one.mend));
  }
  const stack = error instanceof Error && problems.some((one) => one.kind === "bug") ? error.stack : undefined;
  if (stack !== undefined && environment["RUNNER_DEBUG"] === "1") say(stack);
}

const indent = (text: string): string => text.replace(/^/gm, "  ");

/** Time may be compressed only where every AWS endpoint is this machine's own. */
function localClock({ environment, timeFactor }: Process): Clock {
  const endpoint = environment["AWS_ENDPOINT_URL"] ?? "";
  const isLocal = /^https?:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?\/?$/.test(endpoint);
  const scale = isLocal && timeFactor !== undefined ? parseTimeFactor(timeFactor) : undefined;
  return systemClock(scale?.factor, scale?.origin);
}
