import { type Colour, perColour } from "@aws-deploy-actions/rollout/colours";
import type { RolloutPorts } from "@aws-deploy-actions/rollout/order";
import type { ScalingPort } from "@aws-deploy-actions/rollout/ports";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import { problemsOf } from "@aws-deploy-actions/shared/problems";
import type { Seconds } from "@aws-deploy-actions/shared/units";

/** What users do not depend on may hold a rollback for so long at each step. */
const patience: Seconds = 3;

/**
 * Ports for an emergency: autoscaling that cannot be looked at or suspended is told and passed over. Users are better served by a colour
 * that scales by itself than by one that is not there.
 */
export function forgiving(ports: RolloutPorts, clock: Clock): RolloutPorts {
  const told = new Set<string>();
  /** What could not be changed is left alone from then on: it is not asked for again at every look. */
  const leftAlone = new Set<Colour>();
  const attempt = async <T>(what: string, work: Promise<T>): Promise<{ readonly value: T } | undefined> => {
    const wait = new AbortController();
    const late = clock.sleep(patience, wait.signal).then(
      () => "no answer in time",
      () => "",
    );
    const done = work.then(
      (value) => ({ value }),
      (error: unknown) => problemsOf(error)[0]?.what ?? String(error),
    );
    const result = await Promise.race([done, late]);
    wait.abort();
    if (typeof result === "object") return result;
    const text = `${what}, going on without it: ${result}`;
    if (!told.has(text)) ports.narrator.trouble(text);
    told.add(text);
    return undefined;
  };
  const { scaling } = ports;
  const change = async (colour: Colour, what: string, work: Promise<void>): Promise<void> => {
    if ((await attempt(what, work)) === undefined) leftAlone.add(colour);
  };
  const calm: ScalingPort = {
    look: async () => {
      const seen = await attempt("autoscaling cannot be looked at", scaling.look());
      return perColour((colour) => (leftAlone.has(colour) ? undefined : seen?.value[colour]));
    },
    suspend: async (colour, what) => await change(colour, `autoscaling of ${colour} cannot be suspended`, scaling.suspend(colour, what)),
    giveBack: async (colour) => await change(colour, `autoscaling of ${colour} cannot be given back`, scaling.giveBack(colour)),
  };
  return { ...ports, scaling: calm };
}
