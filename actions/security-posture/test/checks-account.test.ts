import { allChecks, checksOf } from "../src/checks/all.ts";
import { secretKind } from "../src/checks/hardcoded.ts";
import { judgeCheck } from "../src/decide/score.ts";
import type { Profile, Rules } from "../src/model/check.ts";
import { type Named, seen } from "../src/model/seen.ts";
import type { Parts, Role, TrailSeen } from "../src/model/world.ts";
import { denied, deniedIn, judged, named, rules, world } from "./world.ts";

type Statement = Readonly<Record<string, unknown>>;
const policy = (...statements: readonly Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements.map((one) => ({ Effect: "Allow", Resource: "*", ...one })) });
const role = (document: string, more: Partial<Role> = {}): Partial<Parts> => ({
  roles: [
    named("arn:aws:iam::1:role/task", {
      arn: "arn:aws:iam::1:role/task",
      trust: policy({ Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }),
      policies: [{ name: "own", document }],
      ...more,
    }),
  ],
});
const denyAll = { Effect: "Deny", Action: "iam:*" };

const image = (more: {
  readonly onPush?: boolean;
  readonly filter?: string;
  readonly counts?: Record<string, number> | undefined;
  readonly denied?: boolean;
}): Partial<Parts> => ({
  images: [
    named("1.dkr.ecr.eu-central-1.amazonaws.com/shop-staging:1", {
      repository: { repositoryName: "team/shop-staging", imageScanningConfiguration: { scanOnPush: more.onPush ?? false } },
      registry:
        more.denied === true
          ? denied
          : seen({
              rules:
                more.filter === undefined
                  ? []
                  : [
                      {
                        scanFrequency: "SCAN_ON_PUSH" as const,
                        repositoryFilters: [{ filter: more.filter, filterType: "WILDCARD" as const }],
                      },
                    ],
            }),
      findings: seen("counts" in more ? more.counts : {}),
    }),
  ],
});

const trail = (more: Partial<TrailSeen> = {}, settings: TrailSeen["trail"] = {}): Named<TrailSeen> =>
  named("account", {
    trail: { Name: "account", IsMultiRegionTrail: true, LogFileValidationEnabled: true, KmsKeyId: "k", ...settings },
    logging: true,
    management: "all",
    ...more,
  });

const variable = (name: string, value: string): Partial<Parts> => ({
  taskDefinitions: [{ family: "f", revision: 1, containerDefinitions: [{ name: "app", environment: [{ name, value }] }] }],
});
const command = (...words: string[]): Partial<Parts> => ({
  taskDefinitions: [{ family: "f", revision: 1, containerDefinitions: [{ name: "app", command: words }] }],
});
const lambda = (more: object = {}): Partial<Parts> => ({
  functions: [{ FunctionName: "shop-staging-api", Timeout: 15, MemorySize: 512, ...more }],
});
const block = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const bucket = (settings: object | undefined, versioned = true): Partial<Parts> => ({
  buckets: [named("b", { block: seen(settings), versioned: seen(versioned) })],
});
const table = (SSEDescription: object | undefined, enabled = true, days?: number): Partial<Parts> => ({
  tables: [
    named("t", {
      description: SSEDescription === undefined ? {} : { SSEDescription },
      pointInTime: seen({ enabled, ...(days === undefined ? {} : { days }) }),
    }),
  ],
});
const resource = (ResourceType: string, PhysicalResourceId: string): Partial<Parts> => ({
  resources: [
    { ResourceType, PhysicalResourceId, LogicalResourceId: "One", LastUpdatedTimestamp: new Date(0), ResourceStatus: "CREATE_COMPLETE" },
  ],
});
const stack = (Tags: { Key: string; Value: string }[]): Partial<Parts> => ({
  stack: { StackName: "shop-staging", CreationTime: new Date(0), StackStatus: "CREATE_COMPLETE", Tags },
});
const budget = (notifications: Parts["budgets"][number]["seen"] extends infer _ ? number : never): Partial<Parts> => ({
  budgets: [
    named("monthly", {
      budget: { BudgetName: "monthly", TimeUnit: "MONTHLY", BudgetType: "COST" },
      notifications: Array.from(
        { length: notifications },
        () => ({ NotificationType: "ACTUAL", ComparisonOperator: "GREATER_THAN", Threshold: 80 }) as const,
      ),
    }),
  ],
});
const production: Partial<Rules> = { environmentClass: "production" };
const strict: Partial<Rules> = { strict: true };

type Row = readonly [check: string, sentence: string, parts: Partial<Parts>, state: string, rules?: Partial<Rules>];
const container: readonly Row[] = [
  [
    "least-privilege-roles",
    "named actions on named resources",
    role(policy({ Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" })),
    "passed",
  ],
  ["least-privilege-roles", "an administrator", role(policy({ Action: "*" })), "failed"],
  ["least-privilege-roles", "an administrator by another spelling", role(policy({ Action: "*:*", Resource: "**" })), "failed"],
  ["least-privilege-roles", "s3:* on everything, which is no administrator", role(policy({ Action: "s3:*" })), "failed"],
  ["least-privilege-roles", "s3:* on one bucket", role(policy({ Action: "s3:*", Resource: "arn:aws:s3:::b/*" })), "warning"],
  ["least-privilege-roles", "NotAction", role(policy({ NotAction: "iam:*", Action: undefined })), "failed"],
  ["least-privilege-roles", "PassRole for every role", role(policy({ Action: "iam:PassRole" })), "failed"],
  [
    "least-privilege-roles",
    "PassRole to one service",
    role(policy({ Action: "iam:PassRole", Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } } })),
    "warning",
  ],
  [
    "least-privilege-roles",
    "a condition that limits nobody",
    role(policy({ Action: "iam:PassRole", Condition: { Bool: { "aws:SecureTransport": "true" } } })),
    "failed",
  ],
  ["least-privilege-roles", "a way to more, by a pattern", role(policy({ Action: "iam:Put*" })), "failed"],
  ["least-privilege-roles", "a way to more that is denied", role(policy({ Action: "iam:PutRolePolicy" }, denyAll)), "passed"],
  [
    "least-privilege-roles",
    "a denial under a condition takes nothing away",
    role(policy({ Action: "iam:PutRolePolicy" }, { ...denyAll, Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } } })),
    "failed",
  ],
  [
    "least-privilege-roles",
    "a boundary that leaves it out",
    role(policy({ Action: "iam:PutRolePolicy" }), { boundary: policy({ Action: "s3:*" }) }),
    "passed",
  ],
  [
    "least-privilege-roles",
    "a boundary that lets it through",
    role(policy({ Action: "s3:*" }), { boundary: policy({ Action: "s3:Get*" }) }),
    "failed",
  ],
  ["least-privilege-roles", "everybody's secrets", role(policy({ Action: "secretsmanager:GetSecretValue" })), "failed"],
  [
    "least-privilege-roles",
    "what has no resources",
    role(policy({ Action: ["ecr:GetAuthorizationToken", "logs:PutLogEvents", "xray:*", "cloudwatch:PutMetricData"] })),
    "passed",
  ],
  [
    "least-privilege-roles",
    "a trust in everybody",
    role(policy({ Action: "s3:GetObject", Resource: "b" }), { trust: policy({ Principal: "*", Action: "sts:AssumeRole" }) }),
    "failed",
  ],
  ["least-privilege-roles", "a policy that is none", role("oops"), "unknown"],
  ["image-scanning", "scanned on push", image({ onPush: true }), "passed"],
  ["image-scanning", "no scan is set up", image({}), "failed"],
  ["image-scanning", "a rule of the registry for all", image({ filter: "*" }), "passed"],
  ["image-scanning", "a rule of the registry for the team's", image({ filter: "team/*" }), "passed"],
  ["image-scanning", "a filter without a star", image({ filter: "shop" }), "passed"],
  ["image-scanning", "a rule for others", image({ filter: "other/*" }), "failed"],
  ["image-scanning", "the registry's rules denied", image({ denied: true }), "unknown"],
  ["image-scanning", "the registry's rules denied, and not needed", image({ denied: true, onPush: true }), "passed"],
  ["image-scanning", "a critical finding", image({ onPush: true, counts: { CRITICAL: 1 } }), "failed"],
  ["image-scanning", "a high finding", image({ onPush: true, counts: { HIGH: 3 } }), "warning"],
  ["image-scanning", "never scanned", image({ onPush: true, counts: undefined }), "warning"],
  [
    "image-scanning",
    "another registry's image",
    { taskDefinitions: [{ containerDefinitions: [{ image: "docker.io/library/nginx:1" }] }] },
    "warning",
  ],
  ["cloudtrail", "all it can", { trails: [trail()] }, "passed"],
  ["cloudtrail", "without validation", { trails: [trail({}, { LogFileValidationEnabled: false })] }, "warning"],
  ["cloudtrail", "not logging", { trails: [trail({ logging: false })] }, "failed"],
  ["cloudtrail", "one region", { trails: [trail({}, { IsMultiRegionTrail: false })] }, "failed"],
  ["cloudtrail", "only writes", { trails: [trail({ management: "write" })] }, "failed"],
  ["cloudtrail", "none", {}, "failed"],
  ["cloudtrail", "one unread beside a good one", { trails: [{ name: "x", seen: denied }, trail()] }, "passed"],
  ["cloudtrail", "one unread beside a bad one", { trails: [{ name: "x", seen: denied }, trail({ logging: false })] }, "unknown"],
  ["no-hardcoded-secrets", "a switch", variable("LOG_LEVEL", "info"), "passed"],
  ["no-hardcoded-secrets", "a password", variable("DATABASE_PASSWORD", "Zk3vQ9xT7mWp2LrN"), "failed"],
  [
    "no-hardcoded-secrets",
    "a password in an address",
    variable("DATABASE_URL", "postgresql://shop:Zk3vQ9xT7mWp2LrN@db:5432/shop"),
    "failed",
  ],
  ["no-hardcoded-secrets", "a password in a command", command("server", "--db-password=Zk3vQ9xT7mWp2LrN"), "failed"],
  ["no-hardcoded-secrets", "a password as the next word", command("server", "--password", "Zk3vQ9xT7mWp2LrN"), "failed"],
  ["no-hardcoded-secrets", "a command without one", command("npm", "run", "start", "--port=8080"), "passed"],
  ["no-hardcoded-secrets", "no task definitions", {}, "not-applicable"],
];
const tagged = (own: Readonly<Record<string, string>>): Partial<Parts> => ({
  ...stack([
    { Key: "Project", Value: "shop" },
    { Key: "Environment", Value: "staging" },
  ]),
  resourceTags: [named("arn:aws:dynamodb:eu-central-1:1:table/orders", own)],
});
const serverless: readonly Row[] = [
  [
    "no-hardcoded-credentials",
    "the secret's ARN",
    lambda({ Environment: { Variables: { STRIPE_SECRET_ARN: "arn:aws:secretsmanager:eu-central-1:1:secret:s" } } }),
    "passed",
  ],
  ["no-hardcoded-credentials", "a live key", lambda({ Environment: { Variables: { STRIPE: `sk_live_${"a1B2".repeat(6)}` } } }), "failed"],
  ["s3-public-access-blocked", "all four", bucket(block), "passed"],
  ["s3-public-access-blocked", "three of four", bucket({ ...block, BlockPublicPolicy: false }), "failed"],
  ["s3-public-access-blocked", "none", bucket(undefined), "failed"],
  ["s3-public-access-blocked", "none, by the account's alone", { ...bucket(undefined), accountBlock: block }, "passed"],
  [
    "s3-public-access-blocked",
    "two by the bucket, two by the account",
    {
      ...bucket({ BlockPublicAcls: true, IgnorePublicAcls: true }),
      accountBlock: { BlockPublicPolicy: true, RestrictPublicBuckets: true },
    },
    "passed",
  ],
  [
    "s3-public-access-blocked",
    "three by the account, none by the bucket",
    { ...bucket(undefined), accountBlock: { ...block, RestrictPublicBuckets: false } },
    "failed",
  ],
  ["dynamodb-encryption", "its own key is encryption", table(undefined), "passed"],
  ["dynamodb-encryption", "strict asks for KMS", table(undefined), "failed", strict],
  ["dynamodb-encryption", "KMS in strict", table({ SSEType: "KMS" }), "passed", strict],
  ["dynamodb-encryption", "a key that cannot be used", table({ SSEType: "KMS", InaccessibleEncryptionDateTime: new Date(0) }), "failed"],
  ["backups", "point-in-time recovery", table(undefined), "passed"],
  ["backups", "none", table(undefined, false), "failed"],
  ["backups", "seven days in production", table(undefined, true, 7), "failed", production],
  ["backups", "a bucket without versions", bucket(block, false), "warning"],
  ["lambda-timeout-and-memory", "chosen ones", lambda(), "passed"],
  ["lambda-timeout-and-memory", "the default time-out", lambda({ Timeout: 3 }), "failed"],
  ["lambda-timeout-and-memory", "the default memory", lambda({ MemorySize: 128 }), "failed"],
  ["lambda-timeout-and-memory", "a quarter of an hour", lambda({ Timeout: 900 }), "warning"],
  ["lambda-in-vpc", "is asked of production alone", lambda(), "not-applicable"],
  ["lambda-in-vpc", "outside of one", lambda(), "failed", production],
  ["lambda-in-vpc", "inside of one", lambda({ VpcConfig: { SubnetIds: ["s"] } }), "passed", production],
  ["naming", "the stack's name in it", resource("AWS::Lambda::Function", "shop-staging-api-1A2B"), "passed"],
  ["naming", "both in another order", resource("AWS::DynamoDB::Table", "staging.shop.orders"), "passed"],
  ["naming", "neither", resource("AWS::DynamoDB::Table", "orders"), "failed"],
  ["naming", "a type whose name nobody chooses", resource("AWS::ApiGateway::RestApi", "a1b2c3"), "not-applicable"],
  ["tags", "some", stack([{ Key: "Project", Value: "shop" }]), "passed"],
  ["tags", "none", stack([]), "failed"],
  [
    "tags",
    "one of two that are asked for",
    stack([{ Key: "Project", Value: "shop" }]),
    "failed",
    { requiredTags: ["Project", "Environment"] },
  ],
  ["tags", "those that AWS sets", stack([{ Key: "aws:cloudformation:stack-name", Value: "shop-staging" }]), "failed"],
  ["tags", "a resource that lost them", tagged({ "aws:cloudformation:stack-name": "shop-staging" }), "failed"],
  ["tags", "a resource with some", tagged({ Project: "shop" }), "passed"],
  ["tags", "a resource without one that is asked for", tagged({ Project: "shop" }), "failed", { requiredTags: ["Project", "Environment"] }],
  ["tags", "a resource with an empty one", tagged({ Project: "" }), "failed", { requiredTags: ["Project"] }],
  ["alarms", "with an action", { alarms: [{ AlarmName: "a", ActionsEnabled: true, AlarmActions: ["arn:sns"] }] }, "passed"],
  ["alarms", "without", { alarms: [{ AlarmName: "a", ActionsEnabled: true }] }, "failed"],
  ["alarms", "switched off", { alarms: [{ AlarmName: "a", ActionsEnabled: false, AlarmActions: ["arn:sns"] }] }, "failed"],
  ["alarms", "none, with functions", lambda(), "failed"],
  ["alarms", "none, and nothing to watch", {}, "not-applicable"],
  ["budgets", "with a notification", budget(1), "passed"],
  ["budgets", "without", budget(0), "failed"],
  ["budgets", "none", {}, "failed"],
];

const all: readonly (readonly [Profile, Row])[] = [
  ...container.map((row) => ["container", row] as const),
  ...serverless.map((row) => ["serverless", row] as const),
];
for (const [profile, [check, sentence, parts, state, changes = {}]] of all)
  test(`${check}: ${sentence} is ${state}`, () => {
    expect(judged(check, world(parts), changes, profile).state).toBe(state);
  });

test("a bucket that may rely on an account whose block is denied is unknown, one that needs none passes", () => {
  const denying = (own: object | undefined) => ({ ...world(bucket(own)), accountBlock: denied });
  expect(judged("s3-public-access-blocked", denying(undefined), {}, "serverless").state).toBe("unknown");
  expect(judged("s3-public-access-blocked", denying(block), {}, "serverless").state).toBe("passed");
});

describe("a check that may not read", () => {
  for (const check of allChecks)
    for (const part of [...check.needs, ...(check.needsInProduction ?? [])])
      test(`${check.id} without ${part} is unknown, or has nothing left to say`, () => {
        const { state } = judgeCheck(check, deniedIn(part), rules({ environmentClass: "production" }));
        expect(["unknown", "not-applicable", "failed"]).toContain(state);
        // The first part is what the check is about: without it nothing can be said.
        if (part === check.needs[0]) expect(state).toBe("unknown");
      });
  test("never passes while all is denied", () => {
    const nothing = Object.fromEntries(Object.keys(world()).map((part) => [part, denied])) as unknown as ReturnType<typeof world>;
    for (const profile of ["container", "serverless"] as const)
      for (const check of checksOf(profile))
        expect([check.id, judgeCheck(check, nothing, rules({ environmentClass: "production" })).state]).toEqual([check.id, "unknown"]);
  });
});

test.each`
  name                     | value                                                   | taken
  ${"API_KEY"}             | ${"b71c9e04d2f85a6630ae4fd17c92e58b"}                   | ${true}
  ${"GITHUB"}              | ${`ghp_${"Zk3vQ9xT7mWp2LrN8sYb"}${"Hd4FgJ6cKtVqMw5R"}`} | ${true}
  ${"apiToken"}            | ${"q8Jx2mVn5Tz"}                                        | ${true}
  ${"SESSION_SECRET_NAME"} | ${"shop-staging"}                                       | ${false}
  ${"PASSWORD_MIN_LENGTH"} | ${"12"}                                                 | ${false}
  ${"TOKEN"}               | ${"true"}                                               | ${false}
  ${"SECRET"}              | ${"/run/secrets/shop"}                                  | ${false}
  ${"API_KEY"}             | ${`$${"{API_KEY}"}`}                                    | ${false}
  ${"DB_PASSWORD"}         | ${"{{resolve:secretsmanager:shop:a:b}}"}                | ${false}
  ${"DATABASE_URL"}        | ${"postgresql://db.internal:5432/shop"}                 | ${false}
  ${"COMMIT"}              | ${"3a5f0c1d9b7e4826a0f1c2d3e4b5a69788776655"}           | ${false}
`("$name=… is a secret: $taken", ({ name, value, taken }) => {
  expect(secretKind(name, value) !== undefined).toBe(taken);
});
