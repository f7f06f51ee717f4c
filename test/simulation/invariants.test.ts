// What the fault matrix looks for is found where it is there: the same trials, with an engine that has one defect each.
import type { RolloutPorts } from "@aws-deploy-actions/rollout/order";
import type { Lease } from "@aws-deploy-actions/rollout/record/codec";
import type { RecordSession, RecordStore } from "@aws-deploy-actions/rollout/record/store";
import type { Tools } from "../../actions/blue-green-deploy/src/tools.ts";
import { tryCancel } from "./matrix/cancel.ts";
import { endViolations } from "./matrix/invariants.ts";
import { digestOf, type Story, staged } from "./matrix/stages.ts";
import { storyOf } from "./matrix/stories.ts";
import { tryOut } from "./matrix/trial.ts";
import { tryTwo } from "./matrix/two.ts";

type Bend = (tools: Tools) => Tools;

const withPorts =
  (bend: (ports: RolloutPorts) => Partial<RolloutPorts>): Bend =>
  (tools) => ({
    ...tools,
    ports: async (environment, order) => {
      const ports = await tools.ports(environment, order);
      return { ...ports, ...bend(ports) };
    },
  });

const withStore =
  (bend: (store: RecordStore) => Partial<RecordStore>): Bend =>
  (tools) => ({
    ...tools,
    store: async (environment) => {
      const store = await tools.store(environment);
      return { ...store, ...bend(store) };
    },
  });

const withSession = (bend: (session: RecordSession) => Partial<RecordSession>): Bend =>
  withStore((store) => ({
    take: async (lease, over) => {
      const taken = await store.take(lease, over);
      return taken.taken ? { ...taken, session: { ...taken.session, ...bend(taken.session) } } : taken;
    },
  }));

/** A v2 that never passes a health check. */
const silent = staged(0, { behaviours: { [digestOf("v2")]: { passesHealthChecks: false } } });

const bent = (name: string, bend: Bend): Story => {
  const story = storyOf(name);
  return { ...story, stage: (seed) => ({ ...story.stage(seed), bend }) };
};

const nothing = async (): Promise<void> => undefined;
const patience = 60_000;

describe("an engine with a defect", () => {
  const lies = withPorts(({ traffic }) => ({
    traffic: {
      ...traffic,
      health: async (groups) => (await traffic.health(groups)).map((target) => ({ ...target, state: "healthy" as const })),
    },
  }));
  const takesDown = withPorts(({ services }) => ({
    services: {
      ...services,
      update: async (colour, change) => {
        const seen = await services.update(colour, change);
        if (colour === "blue" && change.count === 0) await services.update("green", { revision: undefined, count: 0 });
        return seen;
      },
    },
  }));
  const movesNobody = withPorts(({ traffic }) => {
    let claimed: Awaited<ReturnType<typeof traffic.setWeights>> | undefined;
    return {
      traffic: {
        ...traffic,
        routes: async () => (await traffic.routes()).map((route) => (route.id === claimed?.id ? claimed : route)),
        setWeights: async (route, weights) => {
          if ((weights.green ?? 0) === 0) return await traffic.setWeights(route, weights);
          claimed = { ...route, weights };
          return claimed;
        },
      },
    };
  });
  const forgetsARoute = withPorts(({ traffic }) => ({
    traffic: { ...traffic, routes: async () => (await traffic.routes()).slice(0, 1) },
  }));
  const blind = withPorts(({ evidence }) => ({
    evidence: { ...evidence, judge: async () => ({ verdict: "good" as const, evidence: "all is well", findings: [] }) },
  }));
  const registersTwice: Bend = (tools) => ({
    ...tools,
    register: async (body) => {
      await tools.register({ ...body, cpu: "512" });
      return await tools.register(body);
    },
  });
  const migratesTwice: Bend = (tools) => ({
    ...tools,
    ports: async (environment, order) => {
      const ports = await tools.ports(environment, order);
      const again = await tools.ports(environment, { ...order, plan: { ...order.plan, deployment: `${order.plan.deployment}-2` } });
      const start = async (): Promise<void> => {
        await again.migration.start();
        await ports.migration.start();
      };
      return { ...ports, migration: { ...ports.migration, start } };
    },
  });
  const stopsNoMigration = withPorts(({ migration }) => ({
    migration: {
      ...migration,
      stop: nothing,
      look: async () => {
        const seen = await migration.look();
        return seen.state === "running" ? { ...seen, stopping: true } : seen;
      },
    },
  }));
  const suspendsNothing = withPorts(({ scaling }) => {
    const held = { scaleInSuspended: true, scaleOutSuspended: true, scheduledSuspended: true };
    const claimed = new Set<"blue" | "green">();
    return {
      scaling: {
        suspend: async (colour) => void claimed.add(colour),
        giveBack: async (colour) => void claimed.delete(colour),
        look: async () => {
          const seen = await scaling.look();
          return { blue: claimed.has("blue") ? held : seen.blue, green: claimed.has("green") ? held : seen.green };
        },
      },
    };
  });
  const keepsTheOld = withPorts(({ services }) => {
    let claims = false;
    const gone = { desired: 0, running: 0 };
    return {
      services: {
        ...services,
        look: async () => {
          const seen = await services.look();
          return claims ? { ...seen, blue: { ...seen.blue, ...gone } } : seen;
        },
        update: async (colour, change) => {
          if (colour !== "blue") return await services.update(colour, change);
          claims = true;
          return { ...(await services.look()).blue, ...gone };
        },
      },
    };
  });
  const long = (lease: Lease): Lease => ({ ...lease, until: lease.until + 600 });

  test.each([
    [
      "sends users where nobody is healthy",
      { ...bent("good", lies), stage: (seed: number) => ({ ...silent(seed), bend: lies }) },
      "tags",
      /users sent to shop-green-staging without a healthy target/,
    ],
    ["takes down what serves", bent("good", takesDown), "tags", /requests lost|without a healthy target behind a listener/],
    ["says that it moved users, and did not", bent("keep", movesNobody), "tags", /succeeded, and users are on blue/],
    ["switches one route of three", bent("several-sticky", forgetsARoute), "tags", /users are on split|split between the colours for ever/],
    ["takes a bad version for a good one", bent("bad", blind), "tags", /users ended on green/],
    ["registers a revision too many", bent("good", registersTwice), "tags", /2 revisions registered for 1 versions/],
    ["starts its migration twice", bent("migration", migratesTwice), "tags", /2 one-off tasks started/],
    ["lets an endless migration run", bent("migration-endless", stopsNoMigration), "s3", /one-off tasks still run/],
    [
      "never gives autoscaling back",
      bent(
        "good",
        withPorts(({ scaling }) => ({ scaling: { ...scaling, giveBack: nothing } })),
      ),
      "tags",
      /autoscaling of green was never given back/,
    ],
    [
      "lets autoscaling bring the old version up",
      bent("good", suspendsNothing),
      "tags",
      /autoscaling of the drained blue is not suspended/,
    ],
    ["leaves the old version running", bent("good", keepsTheOld), "tags", /blue keeps 2 tasks that nobody uses/],
    [
      "leaves the test route open",
      bent(
        "test-header",
        withPorts(({ tests }) => ({ tests: { ...tests, close: nothing } })),
      ),
      "tags",
      /1 rules for testers were left behind/,
    ],
    [
      "takes a lease of a quarter of an hour, with tags",
      bent(
        "good",
        withStore((store) => ({ take: async (lease, over) => await store.take(long(lease), over) })),
      ),
      "tags",
      /a lease of 900 s was written/,
    ],
    [
      "takes a lease of a quarter of an hour, with S3",
      bent(
        "good",
        withStore((store) => ({ take: async (lease, over) => await store.take(long(lease), over) })),
      ),
      "s3",
      /a lease of 900 s was written/,
    ],
    [
      "does not write its end",
      bent(
        "good",
        withSession(() => ({ end: nothing })),
      ),
      "s3",
      /the record still says finalize|a lease is still held/,
    ],
  ] as const)(
    "that %s is found out",
    async (_, story, store, expected) => {
      const { violations } = await tryOut({ story, store, fault: undefined, seed: 1 });
      expect(violations.join("; ")).toMatch(expected);
    },
    patience,
  );

  test(
    "that looks around before it puts users back is found out",
    async () => {
      const slow: Bend = (tools) =>
        withPorts(({ services, traffic }) => ({
          traffic: {
            ...traffic,
            setWeights: async (route, weights) => {
              if ((weights.blue ?? 0) === 100) {
                await tools.clock.sleep(0.01);
                await services.look();
              }
              return await traffic.setWeights(route, weights);
            },
          },
        }))(tools);
      const { violations } = await tryCancel(bent("good", slow), "tags", 120, 1);
      expect(violations.join("; ")).toMatch(
        /the first call after the cancellation was ecs:DescribeServices, 1 calls before users were put back/,
      );
    },
    patience,
  );

  test(
    "that heeds no lock is found out, and a loser that does not say who has it",
    async () => {
      const anybody = withStore((store) => ({ take: async (lease) => await store.take(lease, "anybody") }));
      const careless = withSession(() => ({ check: nothing, save: nothing, keepAlive: nothing, end: nothing }));
      const greedy: Bend = (tools) => careless(anybody(tools));
      const { violations } = await tryTwo("deployments", "s3", 3, bent("good", greedy));
      expect(violations.join("; ")).toMatch(/both deployments were at work/);
      const terse = withStore((store) => ({
        take: async (lease, over) => {
          const taken = await store.take(lease, over);
          return taken.taken ? taken : { ...taken, by: { ...taken.by, holder: "" } };
        },
      }));
      const loser = await tryTwo("deployments", "s3", 3, bent("good", terse));
      expect(loser.violations.join("; ")).toMatch(/the loser does not say who holds the lock/);
    },
    patience,
  );
});

test("where nothing is wrong nothing is found", async () => {
  const { violations } = await tryOut({ story: storyOf("good"), store: "tags", fault: undefined, seed: 1 });
  expect(violations).toEqual([]);
  const stage = storyOf("good").stage(1);
  expect(endViolations(stage, ["blue"], 2)).toEqual([]);
  expect(endViolations(stage, ["green"], 2)).toEqual(["users ended on blue"]);
});
