import { problem, Trouble } from "@aws-deploy-actions/shared/problems";

/**
 * Runs what has secrets in its hands. Anything thrown that is not trouble on purpose is our own defect, and its text may quote a value (a JSON
 * parser's does), so only its kind and its place in our code go on.
 */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Trouble) throw error;
    const name = error instanceof Error ? error.constructor.name : typeof error;
    const place = error instanceof Error ? /\n\s+at [^\n]*?([\w.-]+:\d+:\d+)\)?(?=\n|$)/.exec(error.stack ?? "")?.[1] : undefined;
    throw new Trouble(
      problem(
        "bug",
        `internal error: ${name}${place === undefined ? "" : ` at ${place}`} (its text is left out: it could quote a secret).`,
        "This is a defect of the action. Please report it with these lines.",
      ),
    );
  }
}
