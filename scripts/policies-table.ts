// What IAM asks for each call that an action makes: https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html

/** Which resources a call may touch, by the naming convention. */
export type Scope = keyof typeof scopes;

const arn = (service: string, rest: string): string => `arn:aws:${service}:REGION:ACCOUNT:${rest}`;

/** APPLICATION, ENVIRONMENT, REGION, ACCOUNT, STATE_BUCKET, ARTEFACT_BUCKET and TOPIC are replaced by the user. */
export const scopes = {
  any: ["*"],
  balancer: [
    arn("elasticloadbalancing", "listener/app/APPLICATION-alb-ENVIRONMENT/*"),
    arn("elasticloadbalancing", "listener-rule/app/APPLICATION-alb-ENVIRONMENT/*"),
  ],
  listeners: [arn("elasticloadbalancing", "listener/app/APPLICATION-alb-ENVIRONMENT/*")],
  rules: [arn("elasticloadbalancing", "listener-rule/app/APPLICATION-alb-ENVIRONMENT/*")],
  services: [arn("ecs", "service/APPLICATION-ENVIRONMENT/APPLICATION-*-ENVIRONMENT")],
  definitions: [arn("ecs", "task-definition/APPLICATION-ENVIRONMENT:*")],
  tasks: [arn("ecs", "task/APPLICATION-ENVIRONMENT/*")],
  // The one-off task of examples/health-check-task.
  checks: [arn("ecs", "task-definition/APPLICATION-health-check-ENVIRONMENT:*")],
  checkRole: ["arn:aws:iam::ACCOUNT:role/APPLICATION-health-check-ENVIRONMENT-REGION"],
  taskRoles: [
    "arn:aws:iam::ACCOUNT:role/APPLICATION-execution-ENVIRONMENT-REGION",
    "arn:aws:iam::ACCOUNT:role/APPLICATION-task-ENVIRONMENT-REGION",
  ],
  targets: [arn("application-autoscaling", "scalable-target/*")],
  images: [arn("ecr", "repository/APPLICATION"), arn("ecr", "repository/APPLICATION/*")],
  logs: [arn("logs", "log-group:/aws/APPLICATION/*-ENVIRONMENT:*")],
  history: [arn("logs", "log-group:/aws/APPLICATION/*-ENVIRONMENT:*")],
  secrets: [
    arn("secretsmanager", "secret:APPLICATION-ENVIRONMENT-??????"),
    arn("secretsmanager", "secret:APPLICATION-*-ENVIRONMENT-??????"),
    arn("secretsmanager", "secret:APPLICATION/ENVIRONMENT/*"),
  ],
  keys: [arn("kms", "key/*")],
  state: ["arn:aws:s3:::STATE_BUCKET", "arn:aws:s3:::STATE_BUCKET/*"],
  stacks: [arn("cloudformation", "stack/APPLICATION-ENVIRONMENT/*"), arn("cloudformation", "stack/APPLICATION-*-ENVIRONMENT/*")],
  // Where SAM says which bucket it has made for packages (`resolve_s3`). Making that stack is an administrator's work.
  samStack: [arn("cloudformation", "stack/aws-sam-cli-managed-default/*")],
  transform: ["arn:aws:cloudformation:REGION:aws:transform/Serverless-2016-10-31"],
  artefacts: ["arn:aws:s3:::ARTEFACT_BUCKET", "arn:aws:s3:::ARTEFACT_BUCKET/*"],
  functions: [arn("lambda", "function:APPLICATION-*")],
  gradual: [arn("codedeploy", "*")],
  topic: [arn("sns", "TOPIC")],
  otherRoles: ["arn:aws:iam::*:role/APPLICATION-target-ENVIRONMENT-REGION"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export interface Grant {
  readonly action: string;
  readonly scope: Scope;
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const on = (scope: Scope, ...actions: readonly string[]): readonly Grant[] => actions.map((action) => ({ action, scope }));
const through = (service: string) => ({ StringEquals: { "kms:ViaService": `${service}.REGION.amazonaws.com` } });
const encrypted = (service: string, ...actions: readonly string[]): readonly Grant[] =>
  actions.map((action) => ({ action, scope: "keys", condition: through(service) }));
const marked = { "aws:RequestTag/aws-deploy-actions": "test-route" };
const passes: Grant = {
  action: "iam:PassRole",
  scope: "taskRoles",
  condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
};
const inCluster = { ArnEquals: { "ecs:cluster": "arn:aws:ecs:REGION:ACCOUNT:cluster/APPLICATION-ENVIRONMENT" } };
const readsRecords = [...on("state", "s3:GetObject", "s3:ListBucket"), ...encrypted("s3", "kms:Decrypt")];
const writesRecords = [...on("state", "s3:PutObject"), ...encrypted("s3", "kms:Decrypt", "kms:GenerateDataKey")];

/** Read-only calls, most of which know no resource. */
const seen = (service: string, ...operations: readonly string[]): Readonly<Record<string, readonly Grant[]>> =>
  Object.fromEntries(operations.map((operation) => [operation, on("any", `${service}:${operation}`)]));

/** By the SDK's name of the call. */
export const grants: Readonly<Record<string, readonly Grant[]>> = {
  // Neither call needs a permission of the caller's own policy.
  GetCallerIdentity: [],
  AssumeRoleWithWebIdentity: [],
  AssumeRole: on("otherRoles", "sts:AssumeRole"),
  Publish: [...on("topic", "sns:Publish"), ...encrypted("sns", "kms:Decrypt", "kms:GenerateDataKey")],

  ...seen("ecs", "DescribeServices", "DescribeTaskDefinition", "DescribeTasks", "ListClusters", "ListTagsForResource", "ListTasks"),
  UpdateService: on("services", "ecs:UpdateService"),
  TagResource: on("services", "ecs:TagResource"),
  RegisterTaskDefinition: [...on("any", "ecs:RegisterTaskDefinition"), ...on("definitions", "ecs:TagResource"), passes],
  RunTask: [{ action: "ecs:RunTask", scope: "definitions", condition: inCluster }, passes],
  StopTask: on("tasks", "ecs:StopTask"),

  ...seen(
    "elasticloadbalancing",
    "DescribeListeners",
    "DescribeLoadBalancerAttributes",
    "DescribeLoadBalancers",
    "DescribeRules",
    "DescribeSSLPolicies",
    "DescribeTags",
    "DescribeTargetGroups",
    "DescribeTargetHealth",
  ),
  ModifyListener: on("listeners", "elasticloadbalancing:ModifyListener"),
  ModifyRule: on("rules", "elasticloadbalancing:ModifyRule"),
  CreateRule: [
    ...on("listeners", "elasticloadbalancing:CreateRule"),
    {
      action: "elasticloadbalancing:AddTags",
      scope: "rules",
      condition: { StringEquals: { "elasticloadbalancing:CreateAction": "CreateRule", ...marked } },
    },
  ],
  // Only rules that the action marked when it made them.
  DeleteRule: [
    {
      action: "elasticloadbalancing:DeleteRule",
      scope: "rules",
      condition: { StringEquals: { "aws:ResourceTag/aws-deploy-actions": "test-route" } },
    },
  ],

  ...seen("application-autoscaling", "DescribeScalableTargets"),
  RegisterScalableTarget: [
    {
      action: "application-autoscaling:RegisterScalableTarget",
      scope: "targets",
      condition: { StringEquals: { "application-autoscaling:service-namespace": "ecs" } },
    },
  ],
  ...seen("cloudwatch", "DescribeAlarms", "GetMetricData"),
  BatchGetImage: on("images", "ecr:BatchGetImage"),
  FilterLogEvents: on("logs", "logs:FilterLogEvents"),
  GetLogEvents: on("logs", "logs:GetLogEvents"),
  CreateLogGroup: on("history", "logs:CreateLogGroup"),
  CreateLogStream: on("history", "logs:CreateLogStream"),
  PutLogEvents: on("history", "logs:PutLogEvents"),
  PutRetentionPolicy: on("history", "logs:PutRetentionPolicy"),
  ...seen("iam", "SimulatePrincipalPolicy"),
  ...seen("servicequotas", "GetServiceQuota"),
  ...seen("ec2", "DescribeNetworkAcls", "DescribeRouteTables", "DescribeSecurityGroups", "DescribeSubnets"),

  ...seen("rds", "DescribeDBClusters", "DescribeDBInstances"),
  ...seen("elasticache", "DescribeReplicationGroups", "DescribeServerlessCaches"),
  ...seen("secretsmanager", "BatchGetSecretValue", "ListSecrets"),
  DescribeSecret: on("secrets", "secretsmanager:DescribeSecret"),
  GetSecretValue: [...on("secrets", "secretsmanager:GetSecretValue"), ...encrypted("secretsmanager", "kms:Decrypt")],
  GetResourcePolicy: on("secrets", "secretsmanager:GetResourcePolicy"),
  PutSecretValue: [...on("secrets", "secretsmanager:PutSecretValue"), ...encrypted("secretsmanager", "kms:Decrypt", "kms:GenerateDataKey")],
  RotateSecret: on("secrets", "secretsmanager:RotateSecret"),
  UpdateSecretVersionStage: on("secrets", "secretsmanager:UpdateSecretVersionStage"),
  DescribeKey: on("keys", "kms:DescribeKey"),
  GetKeyPolicy: on("keys", "kms:GetKeyPolicy"),
  ListGrants: on("keys", "kms:ListGrants"),

  GetObject: readsRecords,
  HeadObject: readsRecords,
  ListObjectsV2: on("state", "s3:ListBucket"),
  PutObject: writesRecords,

  CreateChangeSet: [
    ...on("stacks", "cloudformation:CreateChangeSet", "cloudformation:TagResource"),
    ...on("transform", "cloudformation:CreateChangeSet"),
  ],
  ...Object.fromEntries(
    [
      "CancelUpdateStack",
      "ContinueUpdateRollback",
      "DeleteChangeSet",
      "DeleteStack",
      "DescribeChangeSet",
      "DescribeStackEvents",
      "DescribeStackResourceDrifts",
      "DescribeStacks",
      "DetectStackDrift",
      "ExecuteChangeSet",
      "GetTemplate",
      "ListStackResources",
      "RollbackStack",
    ].map((name) => [name, on("stacks", `cloudformation:${name}`)]),
  ),
  ...seen("cloudformation", "DescribeStackDriftDetectionStatus"),
  ...Object.fromEntries(
    ["BatchGetDeployments", "BatchGetDeploymentTargets", "ListDeploymentGroups", "ListDeploymentTargets", "ListDeployments"].map((name) => [
      name,
      on("gradual", `codedeploy:${name}`),
    ]),
  ),
  // What only the posture check reads: it sees the account, and changes nothing.
  ...seen("acm", "DescribeCertificate"),
  ...seen("backup", "GetBackupPlan", "GetBackupSelection", "ListBackupPlans", "ListBackupSelections"),
  ...seen("cloudtrail", "DescribeTrails", "GetEventSelectors", "GetTrailStatus"),
  ...seen("dynamodb", "DescribeContinuousBackups", "DescribeTable"),
  ...seen("ecr", "DescribeImageScanFindings", "DescribeRepositories", "GetRegistryScanningConfiguration"),
  ...seen("elasticache", "DescribeCacheClusters", "DescribeCacheSubnetGroups"),
  ...seen(
    "iam",
    "GetAccountAuthorizationDetails",
    "GetPolicy",
    "GetPolicyVersion",
    "GetRole",
    "GetRolePolicy",
    "ListAttachedRolePolicies",
    "ListRolePolicies",
  ),
  ...seen("logs", "DescribeLogGroups"),
  ...seen("wafv2", "GetWebACLForResource"),
  DescribeBudgets: on("any", "budgets:ViewBudget"),
  ...seen("rds", "DescribeDBClusterParameters", "DescribeDBParameters"),
  GetResources: on("any", "tag:GetResources"),
  DescribeNotificationsForBudget: on("any", "budgets:ViewBudget"),
  GetBucketVersioning: on("any", "s3:GetBucketVersioning"),
  // A bucket's and the account's: two calls of one name.
  GetPublicAccessBlock: on("any", "s3:GetAccountPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
  GetFunctionConfiguration: on("functions", "lambda:GetFunctionConfiguration"),
  ...seen("lambda", "ListFunctions"),
};

/** Calls in reach of an action's code that it does not make. */
export const never: Readonly<Record<string, { readonly calls: readonly string[]; readonly because: string }>> = {
  "blue-green-deploy": { calls: ["BatchGetSecretValue"], because: "it reads the one secret of the application, by its name" },
  "emergency-rollback": {
    calls: ["BatchGetImage", "CreateRule", "RegisterTaskDefinition", "RunTask", "StopTask"],
    because: "it goes to a revision that exists: it makes none, runs no migration and tests through no rule",
  },
  "health-check": {
    calls: ["PutSecretValue", "RotateSecret", "UpdateSecretVersionStage"],
    because: "it reads secrets and writes none",
  },
  "security-posture": {
    calls: ["BatchGetSecretValue", "GetSecretValue", "PutSecretValue", "RotateSecret", "UpdateSecretVersionStage"],
    because: "it looks at how secrets are kept, never at what they hold",
  },
  "security-scan": {
    calls: ["AssumeRole", "AssumeRoleWithWebIdentity"],
    because: "it takes no role: a topic is told with the credentials of the job",
  },
};

/** Where an action's call means other resources than the same call of others. */
export const instead: Readonly<Record<string, Readonly<Record<string, readonly Grant[]>>>> = {
  "health-check": {
    RunTask: [
      { action: "ecs:RunTask", scope: "checks", condition: inCluster },
      { ...passes, scope: "checkRole" },
    ],
  },
};

/** What an action needs beside its own calls. */
export const further: Readonly<Record<string, readonly Grant[]>> = {
  "sam-deploy": [...on("artefacts", "s3:GetObject", "s3:ListBucket", "s3:PutObject"), ...on("samStack", "cloudformation:DescribeStacks")],
};
