import type { DeploymentStory } from "@aws-deploy-actions/shared/report/model";
import { colours, other, type PerColour } from "./colours.ts";
import { short } from "./decide/await-healthy.ts";
import type { Ending } from "./loop.ts";
import type { Outcome, Plan, Snapshot } from "./model.ts";
import type { Saved } from "./record/codec.ts";
import type { StatusSeen } from "./status.ts";
import { share, trafficOn } from "./traffic.ts";

/** A rollout of the past. */
type Past = Pick<Saved, "deployment" | "goal" | "to" | "outcome" | "endedAt" | "commit"> & { readonly revision: string };

interface ColourState {
  readonly service: string;
  /** `shop:42`. */
  readonly revision: string;
  readonly images?: readonly string[];
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  /** How many targets are in which state. */
  readonly targets: Readonly<Record<string, number>>;
}

/** The output `status`: documented in the README of blue-green-deploy, and never larger than {@link mostBytes}. */
interface Status {
  readonly trafficOn: string;
  /** How the rollout of this very run ended. */
  readonly outcome?: Outcome;
  readonly routes: readonly { readonly id: string; readonly blue: number | null; readonly green: number | null }[];
  readonly colours: PerColour<ColourState>;
  readonly lease?: { readonly holder: string; readonly purpose: string; readonly until: number };
  readonly last?: Past;
  readonly history?: readonly Past[];
  /** What had to go so that the rest fits. */
  readonly leftOut?: readonly string[];
}

/** An output has 1 MB, but an environment variable that takes it, and the log that shows it, have less. */
export const mostBytes = 8_000;
const mostRoutes = 20;

/** The status as JSON; what makes it too large is left out, and named. */
function json(status: Status): string {
  const { history: _, ...young } = status;
  const { routes, colours: both } = young;
  const imageless = (one: ColourState): ColourState => {
    const { images: __, ...rest } = one;
    return rest;
  };
  const small: Status = {
    ...young,
    routes: routes.slice(0, mostRoutes),
    colours: { blue: imageless(both.blue), green: imageless(both.green) },
    leftOut: ["history", "images", ...(routes.length > mostRoutes ? [`${routes.length - mostRoutes} routes`] : [])],
  };
  const texts = [status, { ...young, leftOut: ["history"] }, small].map((one) => JSON.stringify(one));
  return texts.find((text) => Buffer.byteLength(text) <= mostBytes) ?? texts.at(-1) ?? "";
}

const past = ({ deployment, goal, to, revision, outcome, endedAt, commit }: Past): Past => ({
  deployment,
  goal,
  to,
  revision: short(revision),
  outcome,
  endedAt,
  commit,
});

const percent = (part: number | undefined): number | null => (part === undefined ? null : Math.round(part));

/** What `mode: status` saw. */
export const statusOfEnvironment = ({ trafficOn: on, routes, colours: both, lease, last, history }: StatusSeen): string =>
  json({
    trafficOn: on,
    routes: routes.map((id, index) => ({ id, blue: percent(both.blue.shares[index]), green: percent(both.green.shares[index]) })),
    colours: perColour((colour) => {
      const { service, revision, images, desired, running, pending, targets } = both[colour];
      return { service, revision: short(revision), images, desired, running, pending, targets };
    }),
    ...(lease === undefined ? {} : { lease: { holder: lease.holder, purpose: lease.purpose, until: lease.until } }),
    ...(last === undefined ? {} : { last: past(last) }),
    history: history.map(past),
  });

const perColour = <T>(of: (colour: "blue" | "green") => T): PerColour<T> =>
  Object.fromEntries(colours.map((colour) => [colour, of(colour)])) as unknown as PerColour<T>;

/** What a rollout saw last; nothing where it saw nothing. */
export function statusOfRollout(outcome: Outcome, seen: Snapshot | undefined): string {
  if (seen === undefined) return JSON.stringify({ outcome, trafficOn: "unknown" });
  return json({
    trafficOn: trafficOn(seen.routes),
    outcome,
    routes: seen.routes.map((route) => ({ id: route.id, blue: percent(share(route, "blue")), green: percent(share(route, "green")) })),
    colours: perColour((colour) => {
      const { name, revision, desired, running, pending } = seen.services[colour];
      const targets: Record<string, number> = {};
      for (const { state } of seen.targets[colour]) targets[state] = (targets[state] ?? 0) + 1;
      return { service: name, revision: short(revision), desired, running, pending, targets };
    }),
  });
}

/** The outputs of a rollout that ran, a deployment's as a rollback's. */
export function rolloutOutputs(
  plan: Plan,
  ending: Ending,
  image: string,
  { trafficOn: on, switchSeconds, rollbackSeconds }: Pick<DeploymentStory, "trafficOn" | "switchSeconds" | "rollbackSeconds">,
): Readonly<Record<string, string>> {
  const seconds = (value: number | undefined): string => (value === undefined ? "" : value.toFixed(1));
  const active = on === "blue" || on === "green" ? on : undefined;
  return {
    "traffic-on": on,
    "deployment-id": plan.deployment,
    "active-colour": active ?? "",
    "previous-colour": active === undefined ? "" : other(active),
    "task-definition-arn": plan.revision,
    image,
    "switch-seconds": seconds(switchSeconds),
    "rollback-seconds": seconds(rollbackSeconds),
    status: statusOfRollout(ending.outcome, ending.seen),
  };
}
