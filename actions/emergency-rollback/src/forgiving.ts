import { type Colour, type PerColour, perColour } from "@aws-deploy-actions/rollout/colours";
import type { ScalingSeen } from "@aws-deploy-actions/rollout/model";
import type { RolloutPorts } from "@aws-deploy-actions/rollout/order";
import type { ScalingPort } from "@aws-deploy-actions/rollout/ports";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import { problemsOf } from "@aws-deploy-actions/shared/problems";
import type { Seconds } from "@aws-deploy-actions/shared/units";

/** What users do not depend on may hold a rollback for so long at each step. */
const patience: Seconds = 3;
/** Autoscaling is given back when users are safe: there is time to get an answer. */
const lastPatience: Seconds = 30;

const all = (suspended: boolean): ScalingSeen => ({
  scaleInSuspended: suspended,
  scaleOutSuspended: suspended,
  scheduledSuspended: suspended,
});

/**
 * Ports for an emergency: autoscaling that cannot be looked at or suspended is told and passed over. Users are better served by a colour
 * that scales by itself than by one that is not there. What nobody could look at or change counts as suspended, so that it is given back
 * at the end; what cannot be given back either is left to the next run.
 */
export function forgiving(ports: RolloutPorts, clock: Clock): RolloutPorts {
  const told = new Set<string>();
  const taken = new Map<Colour, ScalingSeen>();
  const undone = new Set<Colour>();
  let seen: PerColour<ScalingSeen | undefined> | undefined;
  const attempt = async <T>(what: string, work: Promise<T>, limit: Seconds): Promise<{ readonly value: T } | undefined> => {
    const wait = new AbortController();
    const late = clock.sleep(limit, wait.signal).then(
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
  const calm: ScalingPort = {
    look: async () => {
      const answer = await attempt("autoscaling cannot be looked at", scaling.look(), patience);
      if (answer !== undefined) seen = answer.value;
      const shown = (colour: Colour): ScalingSeen | undefined => (seen === undefined ? all(true) : seen[colour]);
      return perColour((colour) => (undone.has(colour) ? undefined : (taken.get(colour) ?? shown(colour))));
    },
    suspend: async (colour, what) => {
      // A call without an answer in time may still be carried out.
      taken.set(colour, all(true));
      const done = await attempt(`autoscaling of ${colour} cannot be suspended`, scaling.suspend(colour, what), patience);
      if (done !== undefined) taken.set(colour, { ...all(what === "all"), scaleInSuspended: true });
    },
    giveBack: async (colour) => {
      const done = await attempt(`autoscaling of ${colour} cannot be given back`, scaling.giveBack(colour), lastPatience);
      if (done === undefined) undone.add(colour);
      else taken.set(colour, all(false));
    },
  };
  return { ...ports, scaling: calm, leavesUndone: () => undone.size > 0 };
}
