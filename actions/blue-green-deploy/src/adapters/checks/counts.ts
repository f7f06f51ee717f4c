import type { Config } from "../../inputs.ts";
import type { Prepared } from "../../prepare.ts";

/** Tasks that the new colour will run. */
export const newTasks = ({ environment, active }: Prepared, { given }: Config): number =>
  Math.max(1, given["desired-count"] ?? environment.services[active].running);
