import type { Colour } from "./colours.ts";
import type { Observer } from "./observe.ts";
import type { Ports } from "./ports.ts";
import type { Mutation } from "./step.ts";

/** Carries out one change, and puts what AWS answered into the snapshot: a read right after it may still show the old state. */
export async function apply(mutation: Mutation, ports: Ports, observer: Observer): Promise<void> {
  switch (mutation.kind) {
    case "set-weights": {
      const changed = await orLookAgain("routes", observer, ports.traffic.setWeights(mutation.route, mutation.weights));
      const routes = (observer.last?.routes ?? []).map((route) => (route.id === changed.id ? changed : route));
      observer.amend({ routes });
      observer.forget("confirmation");
      return;
    }
    case "update-service": {
      const changed = await orLookAgain("services", observer, ports.services.update(mutation.colour, mutation));
      const services = observer.last?.services;
      if (services !== undefined) observer.amend({ services: { ...services, [mutation.colour]: changed } });
      return observer.forget("oldTargets");
    }
    case "suspend-scaling":
      await ports.scaling.suspend(mutation.colour, mutation.what);
      return amendScaling(observer, mutation.colour, { in: true, all: mutation.what === "all" });
    case "give-back-scaling":
      await ports.scaling.giveBack(mutation.colour);
      return amendScaling(observer, mutation.colour, { in: false, all: false });
    case "start-migration":
      return await ports.migration.start();
    case "stop-migration":
      return await ports.migration.stop(mutation.task);
    default:
      return unknownMutation(mutation);
  }
}

/** Whether a call that failed was carried out nobody knows: only a look can tell. */
async function orLookAgain<T>(part: "routes" | "services", observer: Observer, change: Promise<T>): Promise<T> {
  return await change.catch((error: unknown) => {
    observer.forget(part);
    throw error;
  });
}

/** What was suspended has to be given back, also when AWS will not show it any more. */
function amendScaling(observer: Observer, colour: Colour, suspended: { readonly in: boolean; readonly all: boolean }): void {
  const scaling = observer.last?.scaling;
  if (scaling === undefined) return;
  const after = { scaleInSuspended: suspended.in, scaleOutSuspended: suspended.all, scheduledSuspended: suspended.all };
  observer.amend({ scaling: { ...scaling, [colour]: after } });
}

function unknownMutation(mutation: never): never {
  throw new Error(`unhandled ${JSON.stringify(mutation)}`);
}
