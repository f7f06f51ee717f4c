import { perColour } from "@aws-deploy-actions/rollout/colours";
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
  const orElse = async <T>(what: string, work: Promise<T>, otherwise: T): Promise<T> => {
    const wait = new AbortController();
    const late = clock.sleep(patience, wait.signal).then(
      () => {
        throw new Error("no answer in time");
      },
      () => otherwise,
    );
    try {
      return await Promise.race([work, late]);
    } catch (error) {
      const text = `${what}, going on without it: ${error instanceof Error && error.message === "no answer in time" ? error.message : problemsOf(error)[0]?.what}`;
      if (!told.has(text)) ports.narrator.trouble(text);
      told.add(text);
      return otherwise;
    } finally {
      wait.abort();
      work.catch(() => undefined);
    }
  };
  const { scaling } = ports;
  const unknown = perColour(() => undefined);
  const calm: ScalingPort = {
    look: async () => await orElse("autoscaling cannot be looked at", scaling.look(), unknown),
    suspend: async (colour, what) => await orElse(`autoscaling of ${colour} cannot be suspended`, scaling.suspend(colour, what), undefined),
    giveBack: async (colour) => await orElse(`autoscaling of ${colour} cannot be given back`, scaling.giveBack(colour), undefined),
  };
  return { ...ports, scaling: calm };
}
