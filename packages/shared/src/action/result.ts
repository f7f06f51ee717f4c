/** How a run ended, for outputs, summary, notification and exit code. */
export interface ActionResult {
  /** One of the action's outcomes in its action.yml. */
  readonly outcome: string;
  /** Whether what was asked for happened; the step fails when not. */
  readonly ok: boolean;
  /** One sentence: why it ended so. */
  readonly reason: string;
  /** Further outputs by name. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** Markdown for the job summary. */
  readonly summary?: string;
  readonly reportPath?: string;
  /** What to tell people; undefined when there is nothing to tell (status, plan). */
  readonly news?: News;
  /** The command or YAML that mends a failure, shown with the error. */
  readonly mend?: string;
}

export type NewsEvent = "success" | "rollback" | "failure";

/** A message for people who do not watch the log. */
export interface News {
  readonly event: NewsEvent;
  readonly title: string;
  /** Facts as name and value, in order: what users see now comes first. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}
