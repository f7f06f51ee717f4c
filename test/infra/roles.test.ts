import { type Ministack, startMinistack } from "@aws-deploy-actions/local-cloud/ministack";
import { GetRoleCommand, IAMClient, SimulatePrincipalPolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { policyOf } from "../../scripts/policies.ts";
import { resolveResources } from "./resolve.ts";
import { clientSettings, deploy, type Stack } from "./stack.ts";
import { loadTemplate } from "./template.ts";

const key = (last: string) => `arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-55555555555${last}`;
const containers = {
  Application: "shop",
  Environment: "staging",
  Repository: "octo/shop",
  GitHubEnvironment: "staging",
  EmergencyEnvironment: "staging-emergency",
  Kind: "containers",
  RepositoryArn: "arn:aws:ecr:us-east-1:999999999999:repository/shop",
  StateBucketArn: "arn:aws:s3:::shop-state-staging-111111111111-us-east-1",
  DataKeyArn: key("1"),
  LogsKeyArn: key("2"),
  TopicArn: "arn:aws:sns:us-east-1:111111111111:shop-alarms-staging",
  TargetRoleArns: "arn:aws:iam::222222222222:role/shop-target-staging-us-east-1",
};
const secretsOf = {
  Application: "shop",
  Environment: "staging",
  Repository: "octo/shop",
  GitHubEnvironment: "staging-checks",
  DataKeyArn: key("1"),
};
const pipeline = "octo/aws-deploy-actions/.github/workflows/container-pipeline.yml@refs/tags/v1";

let cloud: Ministack;
let roles: Stack;
let guarded: Stack;
let serverless: Stack;
let registry: Stack;
let secrets: Stack;
beforeAll(async () => {
  cloud = await startMinistack({ auth: true });
  roles = await deploy(cloud, "roles", "deploy-roles", containers);
  // The emulator knows the claims aud, sub and amr alone: with a workflow asked for, it can only show that a token without the claim fails.
  guarded = await deploy(cloud, "guarded", "deploy-roles", { ...containers, Environment: "prod", DeployWorkflowRef: pipeline });
  serverless = await deploy(cloud, "serverless", "deploy-roles", {
    ...containers,
    Environment: "dev",
    Kind: "serverless",
    ArtefactBucket: "artefacts",
  });
  registry = await deploy(cloud, "registry", "registry", { Repository: "shop", GitHubRepository: "octo/shop" });
  secrets = await deploy(cloud, "secrets", "secrets-role", secretsOf);
}, 120_000);
afterAll(() => cloud.stop());

describe("who may take a role", () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = (sub: string, aud: string) =>
    `${part({ alg: "none" })}.${part({ iss: "https://token.actions.githubusercontent.com", aud, sub })}.signature`;
  const assume = async (RoleArn: string | undefined, sub: string, aud = "sts.amazonaws.com") => {
    const command = new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: "test", WebIdentityToken: token(sub, aud) });
    try {
      return (await new STSClient(clientSettings(cloud)).send(command)).AssumedRoleUser?.Arn === undefined ? "nobody" : "taken";
    } catch (error) {
      return (error as Error).name.replace(/Exception$/, "");
    }
  };

  test.each`
    role                  | subject                                           | audience                 | answer            | because
    ${"DeployRoleArn"}    | ${"repo:octo/shop:environment:staging"}           | ${"sts.amazonaws.com"}   | ${"taken"}        | ${"it is the environment's own job"}
    ${"DeployRoleArn"}    | ${"repo:octo/shop:environment:production"}        | ${"sts.amazonaws.com"}   | ${"AccessDenied"} | ${"it is another environment"}
    ${"DeployRoleArn"}    | ${"repo:octo/shop:environment:staging-2"}         | ${"sts.amazonaws.com"}   | ${"AccessDenied"} | ${"the name only begins the same"}
    ${"DeployRoleArn"}    | ${"repo:octo/shop:ref:refs/heads/main"}           | ${"sts.amazonaws.com"}   | ${"AccessDenied"} | ${"a job without an environment has no approval"}
    ${"DeployRoleArn"}    | ${"repo:octo/shop:pull_request"}                  | ${"sts.amazonaws.com"}   | ${"AccessDenied"} | ${"a pull request deploys nothing"}
    ${"DeployRoleArn"}    | ${"repo:mallory/shop:environment:staging"}        | ${"sts.amazonaws.com"}   | ${"AccessDenied"} | ${"it is another owner"}
    ${"DeployRoleArn"}    | ${"repo:octo/shop-2:environment:staging"}         | ${"sts.amazonaws.com"}   | ${"AccessDenied"} | ${"it is another repository"}
    ${"DeployRoleArn"}    | ${"repo:octo/shop:environment:staging"}           | ${"https://example.com"} | ${"AccessDenied"} | ${"the token was made for somebody else"}
    ${"DeployRoleArn"}    | ${"repo:octo/shop:environment:staging-emergency"} | ${"sts.amazonaws.com"}   | ${"AccessDenied"} | ${"the emergency environment has no approval"}
    ${"EmergencyRoleArn"} | ${"repo:octo/shop:environment:staging-emergency"} | ${"sts.amazonaws.com"}   | ${"taken"}        | ${"it is the emergency's own job"}
    ${"EmergencyRoleArn"} | ${"repo:octo/shop:environment:staging"}           | ${"sts.amazonaws.com"}   | ${"AccessDenied"} | ${"it is the deployment's environment"}
    ${"PushRoleArn"}      | ${"repo:octo/shop:environment:registry"}          | ${"sts.amazonaws.com"}   | ${"taken"}        | ${"it is the job that builds"}
    ${"PushRoleArn"}      | ${"repo:octo/shop:environment:staging"}           | ${"sts.amazonaws.com"}   | ${"AccessDenied"} | ${"a deployment pushes nothing"}
    ${"PushRoleArn"}      | ${"repo:octo/shop:pull_request"}                  | ${"sts.amazonaws.com"}   | ${"AccessDenied"} | ${"a pull request pushes nothing"}
  `("$role for $subject and $audience: $answer, since $because", async ({ role, subject, audience, answer }) => {
    expect(await assume(roles.outputs[role] ?? registry.outputs[role], subject, audience)).toBe(answer);
  });

  test("where a workflow is asked for, a token that does not name it gets nothing", async () => {
    expect(await assume(guarded.outputs["DeployRoleArn"], "repo:octo/shop:environment:staging")).toBe("AccessDenied");
  });

  test("the trust policy asks for exact values of audience, subject and workflow", () => {
    const resources = resolveResources(loadTemplate("deploy-roles"), { ...containers, DeployWorkflowRef: pipeline });
    const trust = resources["DeployRole"]?.Properties?.["AssumeRolePolicyDocument"] as { Statement: readonly { Condition: unknown }[] };
    expect(trust.Statement.map((statement) => statement.Condition)).toEqual([
      {
        StringEquals: {
          "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
          "token.actions.githubusercontent.com:sub": "repo:octo/shop:environment:staging",
          "token.actions.githubusercontent.com:job_workflow_ref": pipeline,
        },
      },
    ]);
    expect(resolveResources(loadTemplate("github-provider"), {})["Provider"]?.Properties).toEqual({
      Url: "https://token.actions.githubusercontent.com",
      ClientIdList: ["sts.amazonaws.com"],
    });
  });

  test.each([
    ["Repository", "octo/*"],
    ["Repository", "octo"],
    ["Repository", "octo/shop:environment:production"],
    ["GitHubEnvironment", "*"],
    ["EmergencyEnvironment", "staging*"],
    ["DeployWorkflowRef", "octo/aws-deploy-actions/.github/workflows/*@refs/tags/v1"],
  ])("%s cannot be %s", async (parameter, value) => {
    await expect(deploy(cloud, "wrong", "deploy-roles", { ...containers, [parameter]: value })).rejects.toThrow(
      /without wildcards|AllowedPattern/,
    );
  });

  test("the subject of a repository with immutable ids is accepted", () => {
    const pattern = new RegExp(loadTemplate("deploy-roles").Parameters["Repository"]?.AllowedPattern ?? "(?!)");
    expect("octo@123456/shop@456789").toMatch(pattern);
  });
});

describe("what a role may do", () => {
  const iam = () => new IAMClient(clientSettings(cloud));
  const arn = (rest: string) => `arn:aws:${rest}`;
  const decide = async (role: string | undefined, action: string, resource: string, context: Readonly<Record<string, string>>) => {
    const { EvaluationResults = [] } = await iam().send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: role,
        ActionNames: [action],
        ResourceArns: [resource],
        ContextEntries: Object.entries(context).map(([ContextKeyName, value]) => ({
          ContextKeyName,
          ContextKeyValues: [value],
          ContextKeyType: "string" as const,
        })),
      }),
    );
    return EvaluationResults[0]?.EvalDecision === "allowed" ? "yes" : "no";
  };
  const here = "us-east-1:111111111111";
  const service = arn(`ecs:${here}:service/shop-staging/shop-green-staging`);
  const listener = arn(
    `elasticloadbalancing:${here}:listener-rule/app/shop-alb-staging/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee`,
  );
  const taskRole = arn("iam::111111111111:role/shop-task-staging-us-east-1");
  const secret = arn(`secretsmanager:${here}:secret:shop-staging-AbCdEf`);
  const toTasks = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };

  test.each`
    action                               | resource                                                        | context                                              | deploy   | emergency
    ${"ecs:UpdateService"}               | ${service}                                                      | ${{}}                                                | ${"yes"} | ${"yes"}
    ${"ecs:UpdateService"}               | ${service.replaceAll("staging", "prod")}                        | ${{}}                                                | ${"no"}  | ${"no"}
    ${"ecs:UpdateService"}               | ${arn(`ecs:${here}:service/other-staging/other-green-staging`)} | ${{}}                                                | ${"no"}  | ${"no"}
    ${"ecs:DeleteService"}               | ${service}                                                      | ${{}}                                                | ${"no"}  | ${"no"}
    ${"elasticloadbalancing:ModifyRule"} | ${listener}                                                     | ${{}}                                                | ${"yes"} | ${"yes"}
    ${"elasticloadbalancing:ModifyRule"} | ${listener.replace("staging", "prod")}                          | ${{}}                                                | ${"no"}  | ${"no"}
    ${"elasticloadbalancing:DeleteRule"} | ${listener}                                                     | ${{}}                                                | ${"no"}  | ${"no"}
    ${"ecs:RegisterTaskDefinition"}      | ${"*"}                                                          | ${{}}                                                | ${"yes"} | ${"no"}
    ${"ecs:RunTask"}                     | ${arn(`ecs:${here}:task-definition/shop-staging:7`)}            | ${{ "ecs:cluster": arn(`ecs:${here}:cluster/x`) }}   | ${"no"}  | ${"no"}
    ${"iam:PassRole"}                    | ${taskRole}                                                     | ${{ "iam:PassedToService": "lambda.amazonaws.com" }} | ${"no"}  | ${"no"}
    ${"iam:PassRole"}                    | ${arn("iam::111111111111:role/administrator")}                  | ${toTasks}                                           | ${"no"}  | ${"no"}
    ${"secretsmanager:GetSecretValue"}   | ${secret}                                                       | ${{}}                                                | ${"yes"} | ${"no"}
    ${"secretsmanager:GetSecretValue"}   | ${secret.replace("shop-staging", "shop-prod")}                  | ${{}}                                                | ${"no"}  | ${"no"}
    ${"secretsmanager:PutSecretValue"}   | ${secret}                                                       | ${{}}                                                | ${"no"}  | ${"no"}
    ${"ecr:DescribeImages"}              | ${containers.RepositoryArn}                                     | ${{}}                                                | ${"yes"} | ${"no"}
    ${"ecr:PutImage"}                    | ${containers.RepositoryArn}                                     | ${{}}                                                | ${"no"}  | ${"no"}
    ${"s3:PutObject"}                    | ${`${containers.StateBucketArn}/shop/staging/lock`}             | ${{}}                                                | ${"yes"} | ${"yes"}
    ${"s3:DeleteObject"}                 | ${`${containers.StateBucketArn}/shop/staging/lock`}             | ${{}}                                                | ${"no"}  | ${"no"}
    ${"s3:PutObject"}                    | ${"arn:aws:s3:::somebody-elses/object"}                         | ${{}}                                                | ${"no"}  | ${"no"}
    ${"sns:Publish"}                     | ${containers.TopicArn}                                          | ${{}}                                                | ${"yes"} | ${"yes"}
    ${"cloudwatch:DescribeAlarms"}       | ${"*"}                                                          | ${{}}                                                | ${"yes"} | ${"yes"}
    ${"iam:CreateRole"}                  | ${taskRole}                                                     | ${{}}                                                | ${"no"}  | ${"no"}
  `(
    "$action on $resource ($context): the deployment $deploy, the emergency $emergency",
    async ({ action, resource, context, ...expected }) => {
      expect({
        deploy: await decide(roles.outputs["DeployRoleArn"], action, resource, context),
        emergency: await decide(roles.outputs["EmergencyRoleArn"], action, resource, context),
      }).toEqual(expected);
    },
  );

  test.each`
    action                               | resource                                                                | answer
    ${"cloudformation:ExecuteChangeSet"} | ${arn(`cloudformation:${here}:stack/shop-api-dev/11111111`)}            | ${"yes"}
    ${"cloudformation:ExecuteChangeSet"} | ${arn(`cloudformation:${here}:stack/shop-api-prod/11111111`)}           | ${"no"}
    ${"cloudformation:CreateChangeSet"}  | ${arn("cloudformation:us-east-1:aws:transform/Serverless-2016-10-31")}  | ${"yes"}
    ${"cloudformation:DescribeStacks"}   | ${arn(`cloudformation:${here}:stack/aws-sam-cli-managed-default/1111`)} | ${"yes"}
    ${"cloudformation:ExecuteChangeSet"} | ${arn(`cloudformation:${here}:stack/aws-sam-cli-managed-default/1111`)} | ${"no"}
    ${"s3:PutObject"}                    | ${"arn:aws:s3:::artefacts/abc"}                                         | ${"yes"}
    ${"ecs:UpdateService"}               | ${service.replaceAll("staging", "dev")}                                 | ${"no"}
  `("the serverless role, $action on $resource: $answer", async ({ action, resource, answer }) => {
    expect(await decide(serverless.outputs["DeployRoleArn"], action, resource, {})).toBe(answer);
  });

  // The emulator's simulation ignores the context of a request: what a condition allows is read from the policy.
  const throughSecrets = { "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com" };
  const history = arn(`logs:${here}:log-group:/aws/shop/rotations-staging:log-stream:x`);
  test.each`
    action                                       | resource                                       | context           | look     | rotate
    ${"secretsmanager:GetSecretValue"}           | ${secret}                                      | ${{}}             | ${"yes"} | ${"yes"}
    ${"secretsmanager:BatchGetSecretValue"}      | ${"*"}                                         | ${{}}             | ${"yes"} | ${"yes"}
    ${"secretsmanager:RotateSecret"}             | ${secret}                                      | ${{}}             | ${"no"}  | ${"yes"}
    ${"secretsmanager:PutSecretValue"}           | ${secret}                                      | ${{}}             | ${"no"}  | ${"yes"}
    ${"secretsmanager:UpdateSecretVersionStage"} | ${secret}                                      | ${{}}             | ${"no"}  | ${"yes"}
    ${"secretsmanager:PutSecretValue"}           | ${secret.replace("shop-staging", "shop-prod")} | ${{}}             | ${"no"}  | ${"no"}
    ${"secretsmanager:DeleteSecret"}             | ${secret}                                      | ${{}}             | ${"no"}  | ${"no"}
    ${"secretsmanager:PutResourcePolicy"}        | ${secret}                                      | ${{}}             | ${"no"}  | ${"no"}
    ${"kms:Decrypt"}                             | ${key("1")}                                    | ${{}}             | ${"no"}  | ${"no"}
    ${"kms:GenerateDataKey"}                     | ${key("2")}                                    | ${throughSecrets} | ${"no"}  | ${"no"}
    ${"logs:PutLogEvents"}                       | ${history}                                     | ${{}}             | ${"no"}  | ${"yes"}
    ${"ecs:UpdateService"}                       | ${service}                                     | ${{}}             | ${"no"}  | ${"no"}
  `(
    "$action on $resource ($context): the look into secrets $look, the rotation $rotate",
    async ({ action, resource, context, ...expected }) => {
      expect({
        look: await decide(secrets.outputs["CheckRoleArn"], action, resource, context),
        rotate: await decide(secrets.outputs["SecretsRoleArn"], action, resource, context),
      }).toEqual(expected);
    },
  );

  test("the rotating role may do all that validate-secrets needs, but for roles of other accounts and topics", () => {
    const granted = JSON.stringify(resolveResources(loadTemplate("secrets-role"), secretsOf));
    const needed = policyOf("validate-secrets").Statement.flatMap((statement) => statement.Action);
    expect(needed.filter((one) => !granted.includes(`"${one}"`))).toEqual(["sns:Publish", "sts:AssumeRole"]);
    // The emulator's simulation knows no kms:ViaService, so the condition is looked at as it stands.
    expect(granted).toContain('{"StringEquals":{"kms:ViaService":"secretsmanager.us-east-1.amazonaws.com"}}');
  });

  test("tasks run in the environment's own cluster alone, the tasks' roles go to ECS alone, and only marked rules are removed", () => {
    const resources = resolveResources(loadTemplate("deploy-roles"), containers);
    const document = resources["RevisionsPolicy"]?.Properties?.["PolicyDocument"] as {
      Statement: readonly { Sid: string; Condition?: object }[];
    };
    const condition = (sid: string) => document.Statement.find((statement) => statement.Sid === sid)?.Condition;
    const traffic = resources["TrafficPolicy"]?.Properties?.["PolicyDocument"] as typeof document;
    const marked = traffic.Statement.filter((statement) => statement.Condition !== undefined).map(({ Sid, Condition }) => [Sid, Condition]);
    expect(marked).toEqual([
      [
        "MarkTheTestRule",
        { StringEquals: { "elasticloadbalancing:CreateAction": "CreateRule", "aws:RequestTag/aws-deploy-actions": "test-route" } },
      ],
      ["RemoveTheTestRule", { StringEquals: { "aws:ResourceTag/aws-deploy-actions": "test-route" } }],
      ["SuspendAutoscaling", { StringEquals: { "application-autoscaling:service-namespace": "ecs" } }],
    ]);
    expect(condition("RunOneOffTasks")).toEqual({ ArnEquals: { "ecs:cluster": arn(`ecs:${here}:cluster/shop-staging`) } });
    expect(condition("PassTheTasksRoles")).toEqual({ StringEquals: toTasks });
  });

  test("no policy is larger than IAM takes", () => {
    for (const Kind of ["containers", "serverless"]) {
      for (const [id, resource] of Object.entries(resolveResources(loadTemplate("deploy-roles"), { ...containers, Kind }))) {
        if (resource.Type !== "AWS::IAM::ManagedPolicy") continue;
        const size = JSON.stringify(resource.Properties?.["PolicyDocument"]).length;
        expect(`${id} ${size < 6144 ? "fits" : size}`).toBe(`${id} fits`);
      }
    }
  });
});

describe("the role of another account", () => {
  const target = "222222222222";
  const given = (more: Readonly<Record<string, string>> = {}) => ({
    Application: "shop",
    Environment: "staging",
    SourceRoleArn: "arn:aws:iam::111111111111:role/shop-deploy-staging-us-east-1",
    ExternalId: "0b9f3c1e-5f5a-4a7e-9a59-8f7f6f1f2d3c",
    PolicyArns: "arn:aws:iam::aws:policy/ReadOnlyAccess",
    ...more,
  });
  let role: string;
  beforeAll(async () => {
    role = (await deploy(cloud, "target", "cross-account-role", given(), target)).outputs["TargetRoleArn"] ?? "";
  });
  const session = async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = {
      iss: "https://token.actions.githubusercontent.com",
      aud: "sts.amazonaws.com",
      sub: "repo:octo/shop:environment:staging",
    };
    const { Credentials } = await new STSClient(clientSettings(cloud)).send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: roles.outputs["DeployRoleArn"],
        RoleSessionName: "test",
        WebIdentityToken: `${part({})}.${part(claims)}.signature`,
      }),
    );
    return {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
  };
  const assume = async (ExternalId: string | undefined, credentials?: Awaited<ReturnType<typeof session>>) => {
    const settings = clientSettings(cloud);
    const client = new STSClient({ ...settings, credentials: credentials ?? settings.credentials });
    return client.send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: "test", ExternalId })).then(
      (answer) => answer.AssumedRoleUser?.Arn,
      (error: Error) => error.name.replace(/Exception$/, ""),
    );
  };

  test("is taken by the one role with the ExternalId", async () => {
    expect(await assume(given().ExternalId, await session())).toBe(
      "arn:aws:sts::222222222222:assumed-role/shop-target-staging-us-east-1/test",
    );
  });

  test.each([
    ["another ExternalId", "ffffffff-5f5a-4a7e-9a59-8f7f6f1f2d3c"],
    ["no ExternalId", undefined],
  ])("is refused with %s", async (_what, externalId) => {
    expect(await assume(externalId, await session())).toBe("AccessDenied");
  });

  test("is refused to anybody else in the tooling account, its root included", async () => {
    expect(await assume(given().ExternalId)).toBe("AccessDenied");
  });

  test("asks for addresses and an organization only where they are given", async () => {
    const condition = (more: Readonly<Record<string, string>>) => {
      const properties = resolveResources(loadTemplate("cross-account-role"), given(more))["TargetRole"]?.Properties;
      return (
        (properties?.["AssumeRolePolicyDocument"] ?? { Statement: [] }) as { Statement: readonly { Condition: object }[] }
      ).Statement.map((one) => one.Condition);
    };
    expect(condition({})).toEqual([{ StringEquals: { "sts:ExternalId": given().ExternalId } }]);
    expect(condition({ SourceRanges: "203.0.113.0/24,198.51.100.7/32", OrganizationId: "o-abcdefghij" })).toEqual([
      {
        StringEquals: { "sts:ExternalId": given().ExternalId, "aws:PrincipalOrgID": "o-abcdefghij" },
        IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "198.51.100.7/32"] },
      },
    ]);
    const { Role } = await new IAMClient(clientSettings(cloud, target)).send(
      new GetRoleCommand({ RoleName: "shop-target-staging-us-east-1" }),
    );
    expect(Role?.MaxSessionDuration).toBe(3600);
  });
});
