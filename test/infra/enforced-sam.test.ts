// sam-deploy under its own policy, with the real SAM CLI: its calls are judged by the same proxy as the action's own.

import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ministack, startMinistack } from "@aws-deploy-actions/local-cloud/ministack";
import { valueAnswer } from "@aws-deploy-actions/local-cloud/proxy/answers";
import { type Handler, startProxy } from "@aws-deploy-actions/local-cloud/proxy/server";
import { createUpstream, type Upstream } from "@aws-deploy-actions/local-cloud/proxy/upstream";
import { systemClock } from "@aws-deploy-actions/shared/clock";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { jest } from "@jest/globals";
import { jobEnvironment, mustHaveSam, runAction } from "../../actions/sam-deploy/test/support/real.ts";
import type { Policy } from "../../scripts/policies.ts";
import { makeSamBucket } from "../support/sam-bucket.ts";
import { deniedIn, type Enforced, type Enforcement, endings, enforcement } from "./enforcement.ts";
import { without } from "./iam.ts";

jest.setTimeout(300_000);

const region = "us-east-1";
const account = "444444444444";
const topic = `arn:aws:sns:${region}:${account}:themisguard-alarms-prod`;
let cloud: Ministack;
let upstream: Upstream;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let policies: Enforcement;

/** ministack has no CodeDeploy: a gradual deployment is one that the proxy tells of. */
const gradual: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  [
    "cloudformation.ListStackResources",
    async (_call, { forward }) => {
      const answer = await forward();
      const fields = { LogicalResourceId: "Gradual", PhysicalResourceId: "themisguard", ResourceType: "AWS::CodeDeploy::Application" };
      const member = Object.entries({ ...fields, ResourceStatus: "CREATE_COMPLETE" }).map(([name, value]) => `<${name}>${value}</${name}>`);
      const body = answer.body.toString("utf8").replace("<StackResourceSummaries>", `$&<member>${member.join("")}</member>`);
      return { ...answer, body: Buffer.from(body) };
    },
  ],
  ...Object.entries({
    ListDeploymentGroups: { deploymentGroups: ["scans"] },
    ListDeployments: { deployments: ["d-1"] },
    BatchGetDeployments: { deploymentsInfo: [{ deploymentId: "d-1", status: "InProgress", deploymentGroupName: "scans" }] },
    ListDeploymentTargets: { targetIds: ["t-1"] },
    BatchGetDeploymentTargets: { deploymentTargets: [{ lambdaTarget: { lambdaFunctionInfo: { targetVersionWeight: 10 } } }] },
  }).map(([name, value]): [string, Handler] => [`codedeploy.${name}`, async ({ protocol }) => valueAnswer(protocol, value)]),
]);

beforeAll(async () => {
  mustHaveSam();
  cloud = await startMinistack({ region });
  upstream = createUpstream("127.0.0.1", cloud.port);
  proxy = await startProxy({ clock: systemClock(), upstream, handlers: gradual });
  const settings = { endpoint: cloud.endpoint, region, credentials: { accessKeyId: account, secretAccessKey: "test" } };
  await new S3Client({ ...settings, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: "states" }));
  await new SNSClient(settings).send(new CreateTopicCommand({ Name: "themisguard-alarms-prod" }));
  await makeSamBucket(settings, "packages");
  policies = enforcement(
    proxy,
    { account, region },
    {
      STATE_BUCKET: "states",
      ARTEFACT_BUCKET: "packages",
      TOPIC: "themisguard-alarms-prod",
      APPLICATION: "themisguard",
      ENVIRONMENT: "prod",
    },
  );
});
afterAll(async () => {
  await proxy?.stop();
  upstream?.close();
  await cloud?.stop();
});

const example = join(import.meta.dirname, "..", "..", "examples", "sam-app");

/** The example, with SAM's own bucket (`resolve_s3`) or with one of ours. */
function project(ownBucket: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), "enforced-"));
  cpSync(example, folder, { recursive: true });
  const file = join(folder, "samconfig.toml");
  if (ownBucket) writeFileSync(file, readFileSync(file, "utf8").replaceAll("resolve_s3 = true", 's3_bucket = "packages"'));
  return folder;
}

const parameters = [
  "StripeSecretKey=sk_live_51Hq7fK2vTzWm9",
  "StripePublishableKey=pk_live_51Hx4RbN8cYpLd",
  "StripeWebhookSecret=whsec_Zk3Wq8vT5mXc2L",
  "GoogleClientId=407408718192-k2vq9.apps.googleusercontent.com",
  "CustomDomainName=api.example.com",
  `SSLCertificateArn=arn:aws:acm:${region}:${account}:certificate/1b2c3d4e`,
];

async function deploy(policy: Policy, folder: string, inputs: Readonly<Record<string, string>>): Promise<Enforced> {
  const environment = { ...jobEnvironment(cloud, account, folder), AWS_ENDPOINT_URL: proxy.endpoint.replace("127.0.0.1", "localhost") };
  return await policies.under(policy, () =>
    runAction(folder, environment, {
      "config-env": "prod",
      "state-bucket": "states",
      "role-to-assume": `arn:aws:iam::${account}:role/themisguard-target-prod-${region}`,
      "notify-sns-topic-arn": topic,
      ...inputs,
    }),
  );
}

test("sam-deploy does all of its work with the SAM CLI's calls, and every statement is needed", async () => {
  const policy = policies.policyFor("sam-deploy");
  const folder = project(true);
  const first = await deploy(policy, folder, { "parameter-overrides": parameters.join("\n") });
  const second = await deploy(policy, folder, { "parameter-overrides": "Greeting=hello second world" });
  const back = await deploy(policy, folder, { mode: "rollback" });
  const bySam = await deploy(policy, project(false), { mode: "plan", "parameter-overrides": "Greeting=hello third world" });
  const runs = [first, second, back, bySam];
  expect(deniedIn(runs)).toEqual([]);
  expect(endings(runs)).toEqual([
    ...[first, second, back].map(() => expect.stringMatching(/^deployed/)),
    expect.stringMatching(/^planned/),
  ]);
  expect(policies.idle(policy, runs)).toEqual([]);
});

test.each`
  statement                                | denied                             | said
  ${"cloudformation:ExecuteChangeSet"}     | ${"cloudformation:DescribeStacks"} | ${/DescribeStacks failed: AccessDenied/}
  ${"s3:PutObject.*arn:aws:s3:::packages"} | ${"s3:PutObject"}                  | ${/sam package failed: .*AccessDenied.* PutObject/}
  ${"aws-sam-cli-managed-default"}         | ${"cloudformation:DescribeStacks"} | ${/sam package failed: .*Failed to create managed resources: .*AccessDenied/}
`("without the statement on $statement nothing is deployed, and the message says why", async ({ statement, denied, said }) => {
  const policy = policies.policyFor("sam-deploy");
  const index = policy.Statement.findIndex((one) => new RegExp(statement).test(JSON.stringify(one)));
  const ended = await deploy(without(policy, index), project(!statement.includes("managed")), {
    "parameter-overrides": parameters.join("\n"),
  });
  expect({ code: ended.run.code, denied: ended.denied }).toEqual({ code: 1, denied: expect.arrayContaining([denied]) });
  expect(ended.run.outputs["reason"]).toMatch(said);
});
