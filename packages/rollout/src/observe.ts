import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import { colours, other } from "./colours.ts";
import { settles, within } from "./in-time.ts";
import type { Judgement } from "./judge/types.ts";
import type { Phase, Plan, Progress, Snapshot, TargetSeen } from "./model.ts";
import type { Ports } from "./ports.ts";
import { groupsOf, share } from "./traffic.ts";

type Part = "routes" | "services" | "tasks" | "targets" | "oldTargets" | "scaling" | "judgement" | "migration" | "tests" | "confirmation";

/** How old each part of the snapshot may be in each phase. What decides a phase is looked at in every turn, the rest less often. */
const freshness: Readonly<Record<Phase, Partial<Record<Part, Seconds>>>> = {
  migrate: { migration: 0 },
  scale: { routes: 0, services: 0, scaling: 0 },
  "await-healthy": { targets: 0, services: 6, tasks: 6, routes: 600 },
  test: { tests: 0 },
  shift: { routes: 30, targets: 10, oldTargets: 60, services: 60, judgement: 0, confirmation: 0 },
  watch: { judgement: 0, routes: 30, targets: 10, oldTargets: 60, services: 60 },
  finalize: { services: 3, targets: 10, oldTargets: 5, scaling: 30, routes: 5 },
  "rolling-back": { routes: 3, targets: 10, oldTargets: 3, services: 6, scaling: 30, migration: 5 },
};

/** Parts that cost calls of the load balancer and of ECS, whose rates all deployments of the account share. */
const ofControlPlane: ReadonlySet<Part> = new Set(["routes", "services", "tasks", "targets", "oldTargets", "scaling"]);
/** About the time between two looks: what is asked for in every look has no age that could be stretched. */
const oneLook: Seconds = 2;

/** How long a bad verdict waits for a look at where users are. */
const patience: Seconds = 2;

const nothingYet: Judgement = { verdict: "no-data", evidence: "nothing was measured yet", findings: [] };

/** On the way back what somebody else does to the weights is seen soon in every phase, and so is whether users have arrived. */
const freshnessOfReturn: Partial<Record<Part, Seconds>> = { routes: 4, oldTargets: 6, confirmation: 0 };

function limitOf(plan: Plan, phase: Phase, part: Part): Seconds | undefined {
  const limit = freshness[phase][part];
  const ofReturn = plan.goal === "return" ? freshnessOfReturn[part] : undefined;
  return ofReturn === undefined ? limit : Math.min(ofReturn, limit ?? ofReturn);
}

/** Where users are and what serves them. */
type Place = Pick<Snapshot, "routes" | "services" | "scaling" | "targets">;

/** Looks at AWS, asking only for what the phase needs and what has become too old. */
export interface Observer {
  look(progress: Progress): Promise<Snapshot>;
  /** The last look, without asking. */
  readonly last: Snapshot | undefined;
  /** Whether every route was ever seen. */
  readonly knowsRoutes: boolean;
  /** Puts in what a mutation answered: a read right after it may still show the old state. */
  amend(change: Partial<Snapshot>): void;
  /** The next look asks for this part again. */
  forget(...parts: readonly Part[]): void;
  /** Nobody waits for the look that goes on now: it asks for nothing more, and what it found does not count. */
  abandon(): void;
}

/**
 * @param first what was seen just now: the first look asks for nothing, the next ones ask for everything again
 */
export function createObserver(plan: Plan, ports: Ports, clock: Clock, first?: Snapshot): Observer {
  let last: Snapshot | undefined = first;
  let untouched = first !== undefined;
  let current = 0;
  const seenAt = new Map<Part, Instant>();
  /** Parts that were read in full at least once: the first look may have left out some routes, and has no tasks. */
  const known = new Set<Part>(first === undefined ? [] : ["services"]);
  const stale = (part: Part, phase: Phase): boolean => {
    const limit = stretched(limitOf(plan, phase, part), part, phase);
    const at = seenAt.get(part);
    return limit !== undefined && (at === undefined || clock.now() - at >= limit);
  };
  /** Where AWS refuses calls for their rate, topology and targets are asked for less often. Users on the way back wait for nothing. */
  function stretched(limit: Seconds | undefined, part: Part, phase: Phase): Seconds | undefined {
    const slowness = ports.slowness?.() ?? 1;
    if (limit === undefined || slowness === 1 || !ofControlPlane.has(part) || plan.goal === "return" || phase === "rolling-back")
      return limit;
    return (limit + oneLook) * slowness - oneLook;
  }
  const done = (part: Part): void => {
    seenAt.set(part, clock.now());
  };

  /**
   * Reads a part that has become too old. What was read counts although another part of the same look fails; what fails is not asked for
   * again at once where an older look can stand in for it: a call that is denied must not hold up all the others.
   */
  async function refresh<P extends "routes" | "services" | "scaling" | "tasks">(
    part: P,
    { phase }: Progress,
    read: () => Promise<Snapshot[P]>,
    mine: number,
  ): Promise<Snapshot[P]> {
    if (last !== undefined && !stale(part, phase)) return last[part];
    try {
      const found = await read();
      if (mine !== current) return found;
      known.add(part);
      if (last !== undefined) last = { ...last, [part]: found };
      done(part);
      return found;
    } catch (error) {
      if (known.has(part)) done(part);
      throw error;
    }
  }

  async function refreshTopology(progress: Progress, mine: number): Promise<Pick<Snapshot, "routes" | "services" | "scaling">> {
    const [routes, services, scaling] = await Promise.all([
      refresh("routes", progress, ports.traffic.routes, mine),
      refresh("services", progress, ports.services.look, mine),
      refresh("scaling", progress, ports.scaling.look, mine),
    ]);
    return { routes, services, scaling };
  }

  async function refreshTargets(progress: Progress, routes: Snapshot["routes"]): Promise<Snapshot["targets"]> {
    const wanted = { [plan.to]: stale("targets", progress.phase), [other(plan.to)]: stale("oldTargets", progress.phase) };
    const pairs = await Promise.all(
      colours.map(async (colour) => {
        if (last !== undefined && !wanted[colour]) return [colour, last.targets[colour]] as const;
        const found = await ports.traffic.health(groupsOf(routes, colour));
        done(colour === plan.to ? "targets" : "oldTargets");
        return [colour, found] as const;
      }),
    );
    return Object.fromEntries(pairs) as Snapshot["targets"];
  }

  async function lookAtPlace(progress: Progress, mine: number, goOn: () => void): Promise<Place> {
    const topology = await refreshTopology(progress, mine);
    goOn();
    const targets = await refreshTargets(progress, topology.routes);
    goOn();
    return { ...topology, targets };
  }

  /** Users are on a version that may prove bad at any moment: that is looked at beside the rest, which may fail or be slow. */
  const watches = ({ phase, switchedAt }: Progress): boolean =>
    last !== undefined && plan.goal === "deploy" && switchedAt !== undefined && (phase === "shift" || phase === "watch");

  /** Judges again and again while the place does not show; a bad verdict ends that. */
  async function judgeBeside(place: Promise<unknown>, progress: Progress, goOn: () => void): Promise<Judgement> {
    for (;;) {
      const judged = await judge(progress, last?.routes ?? []);
      goOn();
      if (judged.verdict === "bad" || (await settles(oneLook, place, clock))) return judged;
    }
  }

  async function judge({ phase, switchedAt }: Progress, routes: Snapshot["routes"]): Promise<Judgement> {
    const judges = plan.goal === "deploy" || phase === "watch";
    if (switchedAt === undefined || !judges || !stale("judgement", phase)) return last?.judgement ?? nothingYet;
    return await ports.evidence.judge({
      phase,
      since: switchedAt,
      share: Math.max(0, ...routes.map((route) => share(route, plan.to) ?? 0)),
    });
  }

  async function confirm({ phase, stepSince }: Progress): Promise<Snapshot["confirmation"]> {
    if (stepSince === undefined) return { state: "waiting", by: "not switched yet" };
    if (!stale("confirmation", phase)) return last?.confirmation ?? { state: "waiting", by: "not looked at yet" };
    return await ports.evidence.confirmation(plan, stepSince);
  }

  async function look(progress: Progress): Promise<Snapshot> {
    if (untouched && last !== undefined) {
      untouched = false;
      return last;
    }
    current += 1;
    const mine = current;
    const goOn = (): void => {
      if (mine !== current) throw new Error("this look was abandoned");
    };
    const place = lookAtPlace(progress, mine, goOn);
    if (!watches(progress)) return await lookAtRest(progress, mine, goOn, await place, undefined);
    // What is wrong with the place is told below, where it is waited for.
    place.catch(() => undefined);
    const judged = await judgeBeside(place, progress, goOn);
    if (judged.verdict === "bad" && last !== undefined && !(await within(patience, place, clock))) {
      last = { ...last, at: clock.now(), judgement: judged };
      return last;
    }
    return await lookAtRest(progress, mine, goOn, await place, judged);
  }

  /** What depends on where users are, and on what serves them. */
  async function lookAtRest(
    progress: Progress,
    mine: number,
    goOn: () => void,
    { routes, services: found, scaling, targets }: Place,
    judged: Judgement | undefined,
  ): Promise<Snapshot> {
    const { phase } = progress;
    let services = found;
    const moved = last !== undefined && states(targets[plan.to]) !== states(last.targets[plan.to]);
    if (moved && phase === "await-healthy") {
      services = await ports.services.look();
      done("services");
    }
    if (moved) seenAt.delete("tasks");
    const asksTasks = freshness[phase].tasks !== undefined;
    const tasks = asksTasks ? await refresh("tasks", progress, async () => await ports.services.tasks(plan.to), mine) : (last?.tasks ?? []);
    goOn();
    const [judgement, confirmation, migration, tests] = await Promise.all([
      judged ?? judge(progress, routes),
      confirm(progress),
      stale("migration", phase) ? ports.migration.look() : (last?.migration ?? { state: "none" as const }),
      stale("tests", phase) ? ports.tests.look() : (last?.tests ?? { state: "pending" as const }),
    ]);
    goOn();
    last = { at: clock.now(), routes, services, targets, tasks, scaling, judgement, migration, tests, confirmation };
    return last;
  }

  return {
    look,
    get last() {
      return last;
    },
    get knowsRoutes() {
      return known.has("routes");
    },
    amend: (change) => {
      if (last !== undefined) last = { ...last, ...change };
    },
    abandon: () => {
      current += 1;
      seenAt.clear();
    },
    forget: (...parts) => {
      for (const part of parts) seenAt.delete(part);
    },
  };
}

/** A first look, from what was found out before the rollout began. */
export const firstLook = (found: Pick<Snapshot, "routes" | "services" | "targets">, at: Instant): Snapshot => ({
  ...found,
  at,
  tasks: [],
  scaling: { blue: undefined, green: undefined },
  judgement: nothingYet,
  migration: { state: "none" },
  tests: { state: "pending" },
  confirmation: { state: "waiting", by: "not switched yet" },
});

const states = (targets: readonly TargetSeen[]): string =>
  targets
    .map((target) => `${target.group} ${target.id} ${target.state}`)
    .sort()
    .join("\n");
