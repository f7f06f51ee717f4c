// Every listing over three pages: what stands on the last one counts like what stands on the first.
import { observeTrails } from "../src/adapters/account.ts";
import type { PostureAws } from "../src/adapters/ask.ts";
import { observeBackupPlans } from "../src/adapters/backup.ts";
import { observeListeners, observePlainRules, observeSslPolicies } from "../src/adapters/containers.ts";
import { observeDatabases } from "../src/adapters/data.ts";
import { observeLogGroups } from "../src/adapters/logs.ts";
import { observeNetwork } from "../src/adapters/network.ts";
import { observeRoles } from "../src/adapters/roles.ts";
import { observeAlarms, observeBudgets, observeFunctions, observeResources } from "../src/adapters/serverless.ts";
import { observeTags } from "../src/adapters/tags.ts";
import { observeTransport } from "../src/adapters/transport.ts";

type Answer = Readonly<Record<string, unknown>>;
type Answers = Readonly<Record<string, (input: Answer) => Answer>>;

const total = 250;
const perPage = 100;

/** An AWS that answers each call by its name; all others with nothing. */
function cloudOf(answers: Answers): PostureAws {
  const sdk = new Proxy(
    {},
    {
      get: (_, name: string) =>
        class {
          readonly call = name.replace(/Command$/, "");
          readonly input: Answer;
          constructor(input: Answer) {
            this.input = input;
          }
        },
    },
  );
  const service = async (make: (module: never) => unknown): Promise<Answer> => {
    const { call, input } = make(sdk as never) as { readonly call: string; readonly input: Answer };
    return answers[call]?.(input) ?? {};
  };
  const cloud: PostureAws = new Proxy({} as PostureAws, {
    get: (_, name) => (name === "region" ? "eu-central-1" : name === "inRegion" ? () => cloud : service),
  });
  return cloud;
}

/** A listing of `total` items in pages; the token is the number of those that were listed. */
const pages =
  (list: string, asked: string, told: string, item: (at: number) => unknown) =>
  (input: Answer): Answer => {
    const from = Number(input[asked] ?? 0);
    const end = Math.min(from + perPage, total);
    return {
      [list]: Array.from({ length: end - from }, (_, at) => item(from + at)),
      ...(end < total ? { [told]: String(end) } : {}),
    };
  };

const last = total - 1;
const balancer = [{ LoadBalancerArn: "arn:balancer" }];
const names = Array.from({ length: total }, (_, at) => `f${at}`);
const network = {
  services: [{ networkConfiguration: { awsvpcConfiguration: { subnets: ["s"], securityGroups: names } } }],
  loadBalancers: [],
  databases: { instances: [], clusters: [] },
  caches: { groups: [], nodes: [], serverless: [], subnets: {} },
};
const subnets = { DescribeSubnets: () => ({ Subnets: [{ SubnetId: "s", VpcId: "v" }] }) };

const rows: readonly (readonly [call: string, answers: Answers, look: (aws: PostureAws) => Promise<unknown>])[] = [
  [
    "DescribeListeners",
    { DescribeListeners: pages("Listeners", "Marker", "NextMarker", (at) => ({ ListenerArn: `item-${at}` })) },
    (aws) => observeListeners(aws, balancer),
  ],
  [
    "DescribeRules",
    { DescribeRules: pages("Rules", "Marker", "NextMarker", (at) => ({ RuleArn: `item-${at}` })) },
    (aws) => observePlainRules(aws, [{ ListenerArn: "l", Protocol: "HTTP" }]),
  ],
  [
    "DescribeSSLPolicies",
    { DescribeSSLPolicies: pages("SslPolicies", "Marker", "NextMarker", (at) => ({ Name: `item-${at}` })) },
    (aws) => observeSslPolicies(aws, [{ SslPolicy: "p" }]),
  ],
  [
    "DescribeDBInstances of a cluster",
    {
      DescribeDBClusters: () => ({ DBClusters: [{ DBClusterIdentifier: "shop" }] }),
      DescribeDBInstances: (input) =>
        input["Filters"] === undefined
          ? {}
          : pages("DBInstances", "Marker", "Marker", (at) => ({ DBInstanceIdentifier: `item-${at}` }))(input),
    },
    (aws) => observeDatabases(aws, { name: "shop", given: true }),
  ],
  [
    "DescribeDBClusterParameters",
    {
      DescribeDBClusterParameters: pages("Parameters", "Marker", "Marker", (at) => ({
        ParameterName: at === last ? "rds.force_ssl" : `p${at}`,
        ParameterValue: `item-${at}`,
      })),
    },
    (aws) =>
      observeTransport(aws, {
        instances: [],
        clusters: [{ DBClusterIdentifier: "shop", Engine: "aurora-postgresql", DBClusterParameterGroup: "g" }],
      }),
  ],
  [
    "ListBackupPlans, the application's own on the last page",
    {
      ListBackupPlans: pages("BackupPlansList", "NextToken", "NextToken", (at) => ({
        BackupPlanName: at === last ? "shop" : `plan-${at}`,
        BackupPlanId: `item-${at}`,
      })),
      GetBackupPlan: () => ({ BackupPlan: { BackupPlanName: "shop", Rules: [] } }),
    },
    (aws) => observeBackupPlans(aws, "shop"),
  ],
  [
    "ListBackupSelections, the application's own on the last page",
    {
      ListBackupPlans: () => ({ BackupPlansList: [{ BackupPlanName: "shop", BackupPlanId: "1" }] }),
      GetBackupPlan: () => ({ BackupPlan: { BackupPlanName: "shop", Rules: [] } }),
      ListBackupSelections: pages("BackupSelectionsList", "NextToken", "NextToken", (at) => ({
        SelectionName: at === last ? "shop" : `selection-${at}`,
        SelectionId: `item-${at}`,
      })),
      GetBackupSelection: ({ SelectionId }) => ({ BackupSelection: { SelectionName: SelectionId, IamRoleArn: "r" } }),
    },
    (aws) => observeBackupPlans(aws, "shop"),
  ],
  [
    "ListStackResources",
    {
      ListStackResources: pages("StackResourceSummaries", "NextToken", "NextToken", (at) => ({
        ResourceType: "AWS::SNS::Topic",
        PhysicalResourceId: `item-${at}`,
      })),
    },
    (aws) => observeResources(aws, "shop"),
  ],
  [
    "ListFunctions",
    { ListFunctions: pages("Functions", "Marker", "NextMarker", (at) => ({ FunctionName: `f${at}`, Description: `item-${at}` })) },
    (aws) => observeFunctions(aws, names),
  ],
  [
    "DescribeAlarms",
    { DescribeAlarms: pages("MetricAlarms", "NextToken", "NextToken", (at) => ({ AlarmName: `item-${at}` })) },
    (aws) => observeAlarms(aws, "item-", []),
  ],
  [
    "DescribeBudgets, the application's own on the last page",
    { DescribeBudgets: pages("Budgets", "NextToken", "NextToken", (at) => ({ BudgetName: at === last ? `shop item-${at}` : `b${at}` })) },
    (aws) => observeBudgets(aws, "1", "shop"),
  ],
  [
    "DescribeLogGroups",
    { DescribeLogGroups: pages("logGroups", "nextToken", "nextToken", (at) => ({ logGroupName: `/aws/shop/item-${at}` })) },
    (aws) => observeLogGroups(aws, ["/aws/shop/*"]),
  ],
  [
    "GetResources",
    {
      GetResources: ({ ResourceARNList }) => ({
        ResourceTagMappingList: (ResourceARNList as string[]).map((ResourceARN) => ({
          ResourceARN,
          Tags: [{ Key: "of", Value: ResourceARN }],
        })),
      }),
    },
    (aws) =>
      observeTags(
        aws,
        {
          StackId: "arn:aws:cloudformation:eu-central-1:1:stack/shop/1",
          StackName: "shop",
          CreationTime: new Date(0),
          StackStatus: "CREATE_COMPLETE",
        },
        names.map((_, at) => ({
          ResourceType: "AWS::SNS::Topic",
          PhysicalResourceId: `item-${at}`,
          LogicalResourceId: "t",
          LastUpdatedTimestamp: new Date(0),
          ResourceStatus: "CREATE_COMPLETE" as const,
        })),
      ),
  ],
  [
    "ListRolePolicies",
    {
      GetRole: () => ({ Role: { RoleName: "r" } }),
      ListRolePolicies: pages("PolicyNames", "Marker", "Marker", (at) => `item-${at}`),
      GetRolePolicy: () => ({ PolicyDocument: "{}" }),
    },
    (aws) => observeRoles(aws, ["arn:aws:iam::1:role/r"]),
  ],
  [
    "ListAttachedRolePolicies",
    {
      GetRole: () => ({ Role: { RoleName: "r" } }),
      ListAttachedRolePolicies: pages("AttachedPolicies", "Marker", "Marker", (at) => ({
        PolicyName: `item-${at}`,
        PolicyArn: `arn-${at}`,
      })),
      GetPolicy: () => ({ Policy: { DefaultVersionId: "v1" } }),
      GetPolicyVersion: () => ({ PolicyVersion: { Document: "{}" } }),
    },
    (aws) => observeRoles(aws, ["arn:aws:iam::1:role/r"]),
  ],
  [
    "GetAccountAuthorizationDetails",
    {
      GetAccountAuthorizationDetails: (input) => {
        const answer = pages("RoleDetailList", "Marker", "Marker", (at) => ({
          RoleName: `f${at}`,
          AssumeRolePolicyDocument: "{}",
          RolePolicyList: [{ PolicyName: `item-${at}`, PolicyDocument: "{}" }],
        }))(input);
        return { ...answer, IsTruncated: answer["Marker"] !== undefined };
      },
    },
    (aws) => observeRoles(aws, names),
  ],
  [
    "DescribeRouteTables",
    { ...subnets, DescribeRouteTables: pages("RouteTables", "NextToken", "NextToken", (at) => ({ RouteTableId: `item-${at}` })) },
    (aws) => observeNetwork(aws, network),
  ],
  [
    "DescribeNetworkAcls",
    { ...subnets, DescribeNetworkAcls: pages("NetworkAcls", "NextToken", "NextToken", (at) => ({ NetworkAclId: `item-${at}` })) },
    (aws) => observeNetwork(aws, network),
  ],
  [
    "DescribeSecurityGroups",
    { ...subnets, DescribeSecurityGroups: pages("SecurityGroups", "NextToken", "NextToken", (at) => ({ GroupId: `item-${at}` })) },
    (aws) => observeNetwork(aws, network),
  ],
  [
    "DescribeTrails, which has no pages",
    { DescribeTrails: () => ({ trailList: names.map((_, at) => ({ TrailARN: `item-${at}` })) }) },
    (aws) => observeTrails(aws),
  ],
];

test.each(rows)("%s", async (_, answers, look) => {
  expect(JSON.stringify(await look(cloudOf(answers)))).toContain(`item-${last}`);
});
