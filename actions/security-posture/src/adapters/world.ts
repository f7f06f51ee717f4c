import { cloudTrouble, Trouble } from "@aws-deploy-actions/shared/problems";
import type { Seen } from "../model/seen.ts";
import type { Subject } from "../model/subject.ts";
import type { Caches, Databases, PartName, Parts, World } from "../model/world.ts";
import { observeCertificates, observeTrails } from "./account.ts";
import { distinct, look, type PostureAws } from "./ask.ts";
import { observeBackupPlans } from "./backup.ts";
import { observeAccountBlock, observeBuckets } from "./buckets.ts";
import {
  observeBalancerAttributes,
  observeListeners,
  observeLoadBalancers,
  observePlainRules,
  observeServices,
  observeSslPolicies,
  observeTaskDefinitions,
  observeWebAcls,
} from "./containers.ts";
import { observeCaches, observeDatabases } from "./data.ts";
import { observeImages } from "./images.ts";
import { groupsOfContainers, observeLogGroups } from "./logs.ts";
import { observeNetwork } from "./network.ts";
import { observeRoles, rolesOfTasks } from "./roles.ts";
import { observeKeys, observeSecrets } from "./secrets.ts";
import { observeAlarms, observeBudgets, observeFunctions, observeResources, observeStack, observeTables, physical } from "./serverless.ts";
import { observeTags } from "./tags.ts";
import { observeTransport } from "./transport.ts";

type Get = <K extends PartName>(part: K) => Promise<Parts[K]>;
type Builders = { readonly [K in PartName]: (get: Get) => Promise<Parts[K]> };

/** Looks at the parts that are needed, each once and side by side. A part that rests on an unknown one is unknown for the same reason. */
export async function observeWorld(
  aws: PostureAws,
  subject: Subject,
  account: () => Promise<string>,
  needs: ReadonlySet<PartName>,
): Promise<World> {
  const builders = subject.profile === "container" ? containers(aws, subject) : serverless(aws, subject, account);
  const begun = new Map<PartName, Promise<Seen<unknown>>>();
  const begin = <K extends PartName>(part: K): Promise<Seen<Parts[K]>> => {
    const asked = begun.get(part) ?? look(() => builders[part](get));
    begun.set(part, asked);
    return asked as Promise<Seen<Parts[K]>>;
  };
  const get: Get = async (part) => {
    const one = await begin(part);
    if (one.state === "unknown") throw cloudTrouble(one.why, one.mend);
    return one.value;
  };
  const notAsked = { state: "unknown", why: "nobody asked for it", mend: "" } as const;
  const parts = Object.keys(builders) as readonly PartName[];
  const answers = await Promise.all(parts.map(async (part) => [part, needs.has(part) ? await begin(part) : notAsked] as const));
  return Object.fromEntries(answers) as unknown as World;
}

/** Parts that every profile has. */
const common = (aws: PostureAws, { prefix }: Subject) =>
  ({
    sslPolicies: async (get) => await observeSslPolicies(aws, await get("listeners")),
    plainRules: async (get) => await observePlainRules(aws, await get("listeners")),
    balancerAttributes: async (get) => await observeBalancerAttributes(aws, await get("loadBalancers")),
    listeners: async (get) => await observeListeners(aws, await get("loadBalancers")),
    webAcls: async (get) => await observeWebAcls(aws, await get("loadBalancers")),
    keys: async (get) => await observeKeys(aws, await get("secrets")),
    trails: async () => await observeTrails(aws),
    backupPlans: async () => await observeBackupPlans(aws, prefix),
  }) as const satisfies Partial<Builders>;

const none = async (): Promise<readonly never[]> => [];
const noStack = async (): Promise<never> => {
  throw cloudTrouble("the profile container has no stack");
};

const containers = (aws: PostureAws, subject: Subject): Builders => ({
  ...common(aws, subject),
  services: async () => await observeServices(aws, subject.cluster, subject.services),
  taskDefinitions: async (get) => await observeTaskDefinitions(aws, await get("services")),
  loadBalancers: async (get) => await observeLoadBalancers(aws, subject.loadBalancer, await get("services")),
  databases: async () => await observeDatabases(aws, subject.database),
  databaseTransport: async (get) => await observeTransport(aws, await get("databases")),
  caches: async () => await observeCaches(aws, subject.cache, subject.emulated),
  network: async (get) => {
    const [services, loadBalancers, databases, caches] = await Promise.all([
      orNone(get("services")),
      orNone(get("loadBalancers")),
      orNone(get("databases")),
      orNone(get("caches")),
    ]);
    return await observeNetwork(aws, {
      services: services ?? [],
      loadBalancers: loadBalancers ?? [],
      databases: databases ?? noDatabases,
      caches: caches ?? noCaches,
    });
  },
  secrets: async (get) => await observeSecrets(aws, subject.secret, await get("taskDefinitions"), []),
  logGroups: async (get) => await observeLogGroups(aws, [...subject.logGroups, ...groupsOfContainers(await get("taskDefinitions"))]),
  roles: async (get) => await observeRoles(aws, rolesOfTasks(await get("taskDefinitions"))),
  images: async (get) => await observeImages(aws, await get("taskDefinitions")),
  certificates: async (get) => await observeCertificates(aws, [...subject.certificates, ...certificatesOf(await get("listeners"))]),
  stack: noStack,
  resources: none,
  functions: none,
  tables: none,
  buckets: none,
  accountBlock: async () => undefined,
  resourceTags: none,
  alarms: none,
  budgets: none,
});

const serverless = (aws: PostureAws, subject: Subject, whose: () => Promise<string>): Builders => ({
  ...common(aws, subject),
  stack: async () => await observeStack(aws, subject.stack),
  resources: async () => await observeResources(aws, subject.stack),
  functions: async (get) => await observeFunctions(aws, physical(await get("resources"), "AWS::Lambda::Function")),
  tables: async (get) => await observeTables(aws, physical(await get("resources"), "AWS::DynamoDB::Table")),
  buckets: async (get) => await observeBuckets(aws, physical(await get("resources"), "AWS::S3::Bucket")),
  accountBlock: async (get) => await observeAccountBlock(aws, await get("buckets"), whose),
  resourceTags: async (get) => await observeTags(aws, await get("stack"), await get("resources")),
  alarms: async (get) => await observeAlarms(aws, subject.prefix, physical(await get("resources"), "AWS::CloudWatch::Alarm")),
  budgets: async () => await observeBudgets(aws, await whose(), subject.prefix),
  secrets: async (get) => await observeSecrets(aws, subject.secret, [], physical(await get("resources"), "AWS::SecretsManager::Secret")),
  roles: async (get) => {
    const [functions, resources] = await Promise.all([get("functions"), get("resources")]);
    const used = distinct(functions.map(({ Role }) => Role));
    const own = physical(resources, "AWS::IAM::Role").filter((name) => !used.some((arn) => arn.endsWith(`/${name}`)));
    return await observeRoles(aws, [...used, ...own]);
  },
  logGroups: async (get) => {
    const [functions, resources] = await Promise.all([get("functions"), get("resources")]);
    const ofFunctions = functions.map(({ FunctionName = "", LoggingConfig }) => LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`);
    return await observeLogGroups(aws, distinct([...subject.logGroups, ...ofFunctions, ...physical(resources, "AWS::Logs::LogGroup")]));
  },
  certificates: async (get) => {
    const [stack, resources] = await Promise.all([get("stack"), get("resources")]);
    const given = [
      ...(stack.Parameters ?? []).map(({ ParameterValue }) => ParameterValue),
      ...(stack.Outputs ?? []).map(({ OutputValue }) => OutputValue),
    ];
    const own = physical(resources, "AWS::CertificateManager::Certificate");
    return await observeCertificates(aws, distinct([...subject.certificates, ...own, ...given]));
  },
  services: none,
  taskDefinitions: none,
  loadBalancers: none,
  databases: async () => noDatabases,
  databaseTransport: none,
  caches: async () => noCaches,
  network: async () => ({ subnets: [], routeTables: [], acls: [], groups: [] }),
  images: none,
});

const noDatabases: Databases = { instances: [], clusters: [] };
const noCaches: Caches = { groups: [], nodes: [], serverless: [], subnets: {} };

/** What cannot be read takes nothing from what is known of the rest of the network; the checks of it say that it is unknown. */
const orNone = async <T>(part: Promise<T>): Promise<T | undefined> =>
  await part.catch((error: unknown) => {
    if (error instanceof Trouble) return undefined;
    throw error;
  });

const certificatesOf = (listeners: Parts["listeners"]): readonly string[] =>
  listeners.flatMap(({ Certificates }) =>
    (Certificates ?? []).flatMap(({ CertificateArn }) => (CertificateArn === undefined ? [] : [CertificateArn])),
  );
