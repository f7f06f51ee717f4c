import type { Colour, PerColour, TrafficOn } from "./colours.ts";
import type { Route, Snapshot } from "./model.ts";

/** The colour's share of a route's new connections, in percent of the pair's weight; undefined where the pair has no weight at all. */
export function share(route: Route, colour: Colour): number | undefined {
  const { blue = 0, green = 0 } = route.weights;
  const total = blue + green;
  return total === 0 ? undefined : (100 * (route.weights[colour] ?? 0)) / total;
}

/** Where users are, over all routes of the pair. */
export function trafficOn(routes: readonly Route[]): TrafficOn {
  const shares = routes.map((route) => share(route, "blue"));
  if (shares.length === 0 || shares.includes(undefined)) return "unknown";
  if (shares.every((part) => part === 100)) return "blue";
  if (shares.every((part) => part === 0)) return "green";
  return "split";
}

/** Weights that give the new colour its percent and the other the rest; a sticky group that shall get nothing leaves the action. */
export function weightsFor(to: Colour, percent: number, detachOther = false): PerColour<number | undefined> {
  const rest = detachOther && percent === 100 ? undefined : 100 - percent;
  return to === "blue" ? { blue: percent, green: rest } : { green: percent, blue: rest };
}

/** The target groups of a colour over all routes. */
export const groupsOf = (routes: readonly Route[], colour: Colour): readonly string[] => [
  ...new Set(routes.map((route) => route.groups[colour])),
];

/**
 * How many targets of a colour are healthy, in its worst group. Where tasks are given, only their addresses count:
 * a target of another revision says nothing about ours.
 */
export function healthyInEachGroup(seen: Snapshot, colour: Colour, addresses?: ReadonlySet<string>): number {
  const groups = groupsOf(seen.routes, colour);
  if (groups.length === 0) return 0;
  const healthy = (group: string): number =>
    seen.targets[colour].filter(
      (target) => target.group === group && target.state === "healthy" && (addresses === undefined || addresses.has(target.id)),
    ).length;
  return Math.min(...groups.map(healthy));
}
