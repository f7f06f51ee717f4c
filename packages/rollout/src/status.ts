import { formatDuration, type Instant } from "@aws-deploy-actions/shared/units";
import { type Colour, colours, type PerColour, type TrafficOn } from "./colours.ts";
import { short } from "./decide/await-healthy.ts";
import { containersOf } from "./definition.ts";
import type { TargetState } from "./model.ts";
import type { Lease, Saved } from "./record/codec.ts";
import type { Toolbox } from "./toolbox.ts";
import { groupsOf, share, trafficOn } from "./traffic.ts";

/** One colour as it stands. */
export interface ColourSeen {
  readonly service: string;
  readonly revision: string;
  readonly images: readonly string[];
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  /** Percent of each route, in the order of the routes. */
  readonly shares: readonly (number | undefined)[];
  readonly targets: Readonly<Partial<Record<TargetState, number>>>;
}

/** A whole environment as it stands: the output `status` as JSON. */
export interface StatusSeen {
  readonly trafficOn: TrafficOn;
  readonly routes: readonly string[];
  readonly colours: PerColour<ColourSeen>;
  readonly lease: Lease | undefined;
  readonly last: Saved | undefined;
  readonly history: readonly Pick<Saved, "deployment" | "goal" | "to" | "revision" | "outcome" | "endedAt" | "commit">[];
}

/** Looks at everything that says where users are. Reads only. */
export async function lookAround(tools: Toolbox): Promise<StatusSeen> {
  const environment = await tools.locate();
  const store = await tools.store(environment);
  const [{ lease, saved }, history, blue, green] = await Promise.all([
    store.read(),
    store.history(10),
    colourSeen(tools, environment, "blue"),
    colourSeen(tools, environment, "green"),
  ]);
  return {
    trafficOn: trafficOn(environment.routes),
    routes: environment.routes.map((route) => route.id),
    colours: { blue, green },
    lease: lease !== undefined && lease.until > tools.clock.now() ? lease : undefined,
    last: saved,
    history: history.map(({ deployment, goal, to, revision, outcome, endedAt, commit }) => ({
      deployment,
      goal,
      to,
      revision,
      outcome,
      endedAt,
      commit,
    })),
  };
}

async function colourSeen(tools: Toolbox, environment: Awaited<ReturnType<Toolbox["locate"]>>, colour: Colour): Promise<ColourSeen> {
  const service = environment.services[colour];
  const [definition, targets] = await Promise.all([
    tools.readDefinition(service.revision).catch(() => undefined),
    environment.traffic.health(groupsOf(environment.routes, colour)),
  ]);
  const counts = new Map<TargetState, number>();
  for (const target of targets) counts.set(target.state, (counts.get(target.state) ?? 0) + 1);
  return {
    service: service.name,
    revision: service.revision,
    images: definition === undefined ? [] : [...new Set(containersOf(definition.body).map((one) => one.image))],
    desired: service.desired,
    running: service.running,
    pending: service.pending,
    shares: environment.routes.map((route) => share(route, colour)),
    targets: Object.fromEntries(counts),
  };
}

/** The status for people; the first line says where users are. */
export function statusLines(seen: StatusSeen, now: Instant): readonly string[] {
  const users =
    seen.trafficOn === "blue" || seen.trafficOn === "green"
      ? `Users are on ${seen.trafficOn} (${short(seen.colours[seen.trafficOn].revision)}).`
      : `Traffic is ${seen.trafficOn}.`;
  return [
    users,
    ...colours.map((colour) => colourLine(colour, seen.colours[colour])),
    ...(seen.lease === undefined ? [] : [leaseLine(seen.lease, now)]),
    lastLine(seen, now),
  ];
}

function colourLine(colour: Colour, seen: ColourSeen): string {
  const targets = Object.entries(seen.targets)
    .map(([state, count]) => `${count} ${state}`)
    .join(", ");
  const shares = seen.shares.map((part) => (part === undefined ? "?" : `${Math.round(part)} %`)).join(", ");
  return `${colour}: ${shares} of traffic · ${short(seen.revision)} · ${seen.running} of ${seen.desired} tasks run${seen.pending > 0 ? `, ${seen.pending} are starting` : ""} · targets: ${targets || "none"} · ${seen.images.join(", ")}`;
}

const leaseLine = (lease: Lease, now: Instant): string =>
  `A ${lease.purpose === "rollback" ? "rollback" : "deployment"} is under way since ${formatDuration(now - lease.since)}: ${lease.holder}.`;

function lastLine({ last, lease }: StatusSeen, now: Instant): string {
  if (last === undefined) return "No deployment has been recorded yet.";
  const what = `${last.deployment} (${short(last.revision)} to ${last.to})`;
  const because = last.progress.rollbackReason ?? last.reason;
  if (last.outcome === undefined && lease !== undefined) return `Running: ${what}, phase ${last.progress.phase}.`;
  if (last.outcome === undefined) return `Unfinished, its run is gone: ${what}, phase ${last.progress.phase}. End it with mode: resume.`;
  return `Last: ${what}, ${last.outcome}${last.endedAt === undefined ? "" : `, ${formatDuration(now - last.endedAt)} ago`}${because === undefined ? "" : `: ${because}`}`;
}
