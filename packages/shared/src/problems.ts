/**
 * What can go wrong, by who must act: `input` the author of the workflow, `cloud` AWS or the network (worth a retry),
 * `deployment` the new version or the environment it meets, `bug` us.
 */
export type ProblemKind = "input" | "cloud" | "deployment" | "bug";

/** One problem, as the engineer on call reads it. */
export interface Problem {
  readonly kind: ProblemKind;
  /** What happened, with the resource it happened to. */
  readonly what: string;
  /** The command or YAML that mends it. */
  readonly mend?: string;
}

/** Ends a run with one or more problems; everything thrown on purpose is one of these. */
export class Trouble extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[] | Problem, options?: ErrorOptions) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem];
    super(list.map((problem) => problem.what).join("\n"), options);
    this.name = "Trouble";
    this.problems = list;
  }
}

export const inputTrouble = (what: string, mend?: string): Trouble => new Trouble(problem("input", what, mend));
export const cloudTrouble = (what: string, mend?: string, cause?: unknown): Trouble => new Trouble(problem("cloud", what, mend), { cause });
export const deploymentTrouble = (what: string, mend?: string): Trouble => new Trouble(problem("deployment", what, mend));

export function problem(kind: ProblemKind, what: string, mend?: string): Problem {
  return mend === undefined ? { kind, what } : { kind, what, mend };
}

/** The problems of anything thrown: what is not a Trouble is our own bug. */
export function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof Trouble) return error.problems;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return [problem("bug", `internal error: ${message}`, "This is a defect of the action. Please report it with the log file.")];
}

/** Our own bug by its kind and its place in our code alone: the text of an error may quote what it was made from (a JSON parser's does), a secret too. */
export function bugWithoutText(error: unknown): Problem {
  const name = error instanceof Error ? error.constructor.name : typeof error;
  const place = error instanceof Error ? /\n\s+at [^\n]*?([\w.-]+:\d+:\d+)\)?(?=\n|$)/.exec(error.stack ?? "")?.[1] : undefined;
  return problem(
    "bug",
    `internal error: ${name}${place === undefined ? "" : ` at ${place}`} (its text is left out: it could quote a secret).`,
    "This is a defect of the action. Please report it with these lines.",
  );
}

/** Marks code that no value can reach. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case ${JSON.stringify(value)}`);
}
