import { checksOf } from "../src/checks/all.ts";
import { judgeCheck } from "../src/decide/score.ts";
import type { CheckResult, Profile, Rules } from "../src/model/check.ts";
import type { Named } from "../src/model/seen.ts";
import { seen } from "../src/model/seen.ts";
import type { PartName, Parts, World } from "../src/model/world.ts";

/** 22 November 2026. */
export const now = 1_795_305_600;

export const rules = (changes: Partial<Rules> = {}): Rules => ({
  environmentClass: "non-production",
  strict: false,
  application: "shop",
  environment: "staging",
  requiredTags: [],
  now,
  ...changes,
});

const empty: Parts = {
  services: [],
  taskDefinitions: [],
  loadBalancers: [],
  balancerAttributes: [],
  listeners: [],
  plainRules: [],
  sslPolicies: [],
  webAcls: [],
  databases: { instances: [], clusters: [] },
  databaseTransport: [],
  caches: { groups: [], nodes: [], serverless: [], subnets: {} },
  network: { subnets: [], routeTables: [], acls: [], groups: [] },
  secrets: [],
  keys: [],
  logGroups: [],
  roles: [],
  images: [],
  trails: [],
  backupPlans: [],
  stack: { StackName: "shop-staging", CreationTime: new Date(0), StackStatus: "CREATE_COMPLETE" },
  resources: [],
  functions: [],
  tables: [],
  buckets: [],
  accountBlock: undefined,
  resourceTags: [],
  alarms: [],
  budgets: [],
  certificates: [],
};

/** A world in which there is nothing but what is given. */
export const world = (parts: Partial<Parts> = {}): World =>
  Object.fromEntries(Object.entries({ ...empty, ...parts }).map(([name, value]) => [name, seen(value)])) as unknown as World;

export const denied = { state: "unknown", why: "AccessDeniedException", mend: "Grant it." } as const;
/** A world in which AWS denies one part, and all else is empty. */
export const deniedIn = (part: PartName): World => ({ ...world(), [part]: denied });

export const named = <T>(name: string, value: T): Named<T> => ({ name, seen: seen(value) });

/** The outcome of one check by its id. */
export function judged(id: string, observed: World, changes: Partial<Rules> = {}, profile: Profile = "container"): CheckResult {
  const check = checksOf(profile).find((one) => one.id === id);
  if (check === undefined) throw new Error(`there is no check ${id}`);
  return judgeCheck(check, observed, rules(changes));
}
