// Requests of security-posture and sam-deploy for what few accounts have and no emulator shows, held against AWS's own description.
import { connectAws } from "@aws-deploy-actions/shared/aws/connect";
import { systemClock } from "@aws-deploy-actions/shared/clock";
import { cloudFormationStack } from "../../actions/sam-deploy/src/adapters/stacks.ts";
import { watchAws } from "../../actions/sam-deploy/src/adapters/watch.ts";
import type { PostureAws } from "../../actions/security-posture/src/adapters/ask.ts";
import { observeBackupPlans } from "../../actions/security-posture/src/adapters/backup.ts";
import { observeCaches } from "../../actions/security-posture/src/adapters/data.ts";
import { observeImages } from "../../actions/security-posture/src/adapters/images.ts";
import { observeRoles } from "../../actions/security-posture/src/adapters/roles.ts";
import { observeFunctions } from "../../actions/security-posture/src/adapters/serverless.ts";
import { observeTransport } from "../../actions/security-posture/src/adapters/transport.ts";
import { requestsOf } from "./made-up.ts";

const loaders = {
  rds: () => import("@aws-deploy-actions/shared/aws/clients/rds"),
  elasticache: () => import("@aws-deploy-actions/shared/aws/clients/elasticache"),
  iam: () => import("@aws-deploy-actions/shared/aws/clients/iam"),
  ecr: () => import("@aws-deploy-actions/shared/aws/clients/ecr"),
  backup: () => import("@aws-deploy-actions/shared/aws/clients/backup"),
  lambda: () => import("@aws-deploy-actions/shared/aws/clients/lambda"),
  cloudwatch: () => import("@aws-deploy-actions/shared/aws/clients/cloudwatch"),
  codedeploy: () => import("@aws-deploy-actions/shared/aws/clients/codedeploy"),
  cloudformation: () => import("@aws-deploy-actions/shared/aws/clients/cloudformation"),
};
const aws = connectAws(loaders, { region: "eu-central-1" } as never, systemClock(), undefined);
const posture = aws as unknown as PostureAws;
const cluster = { DBClusterIdentifier: "shop", Engine: "aurora-postgresql", DBClusterParameterGroup: "tls" };
const image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v1";
const deployment = { deploymentId: "d-A1B2C3D4E", status: "InProgress", deploymentGroupName: "api" };
const detection = "b78ac9b0-dec1-11e7-a451-503a3example";

test.each([
  {
    what: "a plan of AWS Backup and what it selects",
    answers: {
      ListBackupPlans: { BackupPlansList: [{ BackupPlanName: "shop", BackupPlanId: "plan" }] },
      GetBackupPlan: { BackupPlan: {} },
      ListBackupSelections: { BackupSelectionsList: [{ SelectionName: "all", SelectionId: "selection" }] },
      GetBackupSelection: { BackupSelection: {} },
    },
    work: () => observeBackupPlans(posture, "shop"),
    last: "backup:GetBackupSelection",
  },
  {
    what: "the subnets of a cache",
    answers: { DescribeCacheClusters: { CacheClusters: [{ CacheSubnetGroupName: "private" }] } },
    work: () => observeCaches(posture, { name: "shop-staging", given: false }, false),
    last: "elasticache:DescribeCacheSubnetGroups",
  },
  {
    what: "whether a cluster asks for TLS",
    answers: {},
    work: () => observeTransport(posture, { instances: [], clusters: [cluster] }),
    last: "rds:DescribeDBClusterParameters",
  },
  {
    what: "a role with a policy of AWS's own",
    answers: {
      ListAttachedRolePolicies: {
        AttachedPolicies: [{ PolicyName: "ReadOnlyAccess", PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }],
      },
      GetPolicy: { Policy: { DefaultVersionId: "v122" } },
    },
    work: () => observeRoles(posture, ["arn:aws:iam::123456789012:role/app"]),
    last: "iam:GetPolicyVersion",
  },
  {
    what: "a registry's rules for scans",
    answers: { DescribeRepositories: { repositories: [{ repositoryName: "shop" }] } },
    work: () => observeImages(posture, [{ containerDefinitions: [{ image }] }]),
    last: "ecr:GetRegistryScanningConfiguration",
  },
  { what: "few functions", answers: {}, work: () => observeFunctions(posture, ["shop-api"]), last: "lambda:GetFunctionConfiguration" },
  {
    what: "the share of users that a gradual deployment has reached",
    answers: {
      ListDeploymentGroups: { deploymentGroups: ["api"] },
      ListDeployments: { deployments: [deployment.deploymentId] },
      BatchGetDeployments: { deploymentsInfo: [deployment] },
      ListDeploymentTargets: { targetIds: ["shop-api:live"] },
    },
    work: () => watchAws(aws).gradualDeployments("shop-api", 1_800_000_000),
    last: "codedeploy:BatchGetDeploymentTargets",
  },
  {
    what: "a hundred and more alarms",
    answers: {},
    work: () => watchAws(aws).alarms(Array.from({ length: 130 }, (_, index) => `errors-${index}`)),
    last: "cloudwatch:DescribeAlarms",
  },
  {
    what: "what differs from a stack's template",
    answers: { DescribeStackDriftDetectionStatus: { DetectionStatus: "DETECTION_COMPLETE", StackDriftStatus: "DRIFTED" } },
    work: () => cloudFormationStack(aws, "api").drift(detection),
    last: "cloudformation:DescribeStackResourceDrifts",
  },
])("$what", async ({ answers, work, last }) => {
  const { asked, wrong } = await requestsOf(answers, work);
  expect(wrong).toEqual([]);
  expect(asked.at(-1)).toBe(last);
});
