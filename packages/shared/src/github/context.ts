import { readFileSync } from "node:fs";

type Environment = Readonly<Record<string, string | undefined>>;

/** Who runs what: the facts of the workflow run that reports and records name. */
export interface RunContext {
  readonly repository: string;
  readonly commit: string;
  readonly ref: string;
  readonly actor: string;
  readonly eventName: string;
  readonly runId: string;
  readonly runAttempt: string;
  readonly job: string;
  readonly workflow: string;
  /** The page of this run, or undefined outside of GitHub. */
  readonly runUrl: string | undefined;
  readonly apiUrl: string;
  /** True outside of GitHub Actions, for example under act or in a terminal. */
  readonly local: boolean;
}

/** Reads the run's facts: https://docs.github.com/actions/reference/workflows-and-actions/variables */
export function runContext(environment: Environment): RunContext {
  const of = (name: string): string => environment[name] ?? "";
  const server = of("GITHUB_SERVER_URL");
  const repository = of("GITHUB_REPOSITORY");
  const runId = of("GITHUB_RUN_ID");
  return {
    repository,
    commit: of("GITHUB_SHA"),
    ref: of("GITHUB_REF"),
    actor: of("GITHUB_TRIGGERING_ACTOR") || of("GITHUB_ACTOR"),
    eventName: of("GITHUB_EVENT_NAME"),
    runId,
    runAttempt: of("GITHUB_RUN_ATTEMPT") || "1",
    job: of("GITHUB_JOB"),
    workflow: of("GITHUB_WORKFLOW"),
    runUrl: server !== "" && repository !== "" && runId !== "" ? `${server}/${repository}/actions/runs/${runId}` : undefined,
    apiUrl: of("GITHUB_API_URL") || "https://api.github.com",
    local: of("GITHUB_ACTIONS") !== "true" || of("ACT") === "true",
  };
}

/** The webhook payload that started the run, or an empty object where there is none. */
export function eventPayload(environment: Environment): Readonly<Record<string, unknown>> {
  const path = environment["GITHUB_EVENT_PATH"];
  if (path === undefined || path === "") return {};
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
