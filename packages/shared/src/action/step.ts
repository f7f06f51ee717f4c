// One bundle serves main and post of an action (https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax#runspost): the
// state that main leaves first of all tells them apart.
import type { Runner } from "../github/runner.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const marker = "main-has-begun";

/** Whether this process is the `post` step of an action whose main step ran. */
export const isPostStep = (environment: Environment): boolean => savedState(environment, marker) === "true";

/** Called by main before anything else, or its post step would be main again. */
export const markMainStep = (runner: Pick<Runner, "saveState">): void => runner.saveState(marker, "true");

/** What main saved under a name, in the post step. */
export const savedState = (environment: Environment, name: string): string | undefined => environment[`STATE_${name}`];
