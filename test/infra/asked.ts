// What IAM is asked for a call: actions, resources and condition keys.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
import type { CallRecord } from "../../packages/local-cloud/src/proxy/calls.ts";
import type { Asked } from "./iam.ts";

export type Call = Pick<CallRecord, "service" | "operation" | "params">;

export interface Place {
  readonly account: string;
  readonly region: string;
  /** The roles of a family's revisions: whoever runs a task passes them. */
  readonly roles?: Readonly<Record<string, readonly string[]>>;
}

const plain = (action: string, resource = "*", context: Asked["context"] = {}): Asked => ({ action, resource, context });
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(text) : []);
const last = (arn: string): string => arn.split("/").at(-1) ?? arn;

/** Calls that no policy is asked about. */
const free = /^sts:(GetCallerIdentity|AssumeRoleWithWebIdentity)$/;
/** S3's own names of what its operations need. */
const s3Actions: Readonly<Record<string, string>> = { HeadObject: "GetObject", ListObjectsV2: "ListBucket", HeadBucket: "ListBucket" };

/** Everything that IAM is asked for one call, the caller's use of keys and roles included. */
export function askedFor({ service, operation, params }: Call, { account, region, roles = {} }: Place): readonly Asked[] {
  const action = `${service}:${operation}`;
  const arn = (name: string, rest: string): string => `arn:aws:${name}:${region}:${account}:${rest}`;
  const qualified = (value: unknown, name: string, rest: string): string =>
    text(value).startsWith("arn:") ? text(value) : arn(name, `${rest}${text(value)}`);
  const key: Keys = (through, ...verbs) =>
    verbs.map((verb) =>
      plain(`kms:${verb}`, arn("kms", "key/11111111-2222-3333-4444-555555555555"), {
        "kms:ViaService": `${through}.${region}.amazonaws.com`,
      }),
    );
  const passed = (given: readonly unknown[]): readonly Asked[] =>
    given
      .map(text)
      .filter((role) => role !== "")
      .map((role) => plain("iam:PassRole", role, { "iam:PassedToService": "ecs-tasks.amazonaws.com" }));
  const secret = (id: unknown): string => (text(id).startsWith("arn:") ? text(id) : arn("secretsmanager", `secret:${text(id)}-AbCdEf`));
  if (free.test(action)) return [];
  if (service === "s3") return askedOfBuckets(operation, params, key);
  const cluster = qualified(params["cluster"], "ecs", "cluster/");
  switch (action) {
    case "ecs:UpdateService":
      return [plain(action, arn("ecs", `service/${last(cluster)}/${last(text(params["service"]))}`))];
    case "ecs:TagResource":
      return [plain(action, text(params["resourceArn"]))];
    case "ecs:RegisterTaskDefinition":
      return [
        plain(action),
        ...(Array.isArray(params["tags"]) && params["tags"].length > 0
          ? [plain("ecs:TagResource", arn("ecs", `task-definition/${text(params["family"])}:1`))]
          : []),
        ...passed([params["executionRoleArn"], params["taskRoleArn"]]),
      ];
    case "ecs:RunTask": {
      const [family = "", revision = "1"] = last(text(params["taskDefinition"])).split(":");
      // A family alone stands for its newest revision.
      const definition = arn("ecs", `task-definition/${family}:${revision}`);
      return [plain(action, definition, { "ecs:cluster": cluster }), ...passed(roles[family] ?? [])];
    }
    case "ecs:StopTask":
      return [plain(action, qualified(params["task"], "ecs", `task/${last(cluster)}/`))];
    case "elasticloadbalancing:ModifyListener":
      return [plain(action, text(params["ListenerArn"]))];
    case "elasticloadbalancing:ModifyRule":
      return [plain(action, text(params["RuleArn"]))];
    case "elasticloadbalancing:DeleteRule":
      // Whose rule it is stands in its tags, which the proxy does not see: the action deletes only what it marked.
      return [plain(action, text(params["RuleArn"]), { "aws:ResourceTag/aws-deploy-actions": "test-route" })];
    case "elasticloadbalancing:CreateRule": {
      const tags = (params["Tags"] ?? []) as readonly { readonly Key: string; readonly Value: string }[];
      const given = Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value]));
      const rule = `${text(params["ListenerArn"]).replace(":listener/", ":listener-rule/")}/0123456789abcdef`;
      const adds = plain("elasticloadbalancing:AddTags", rule, { "elasticloadbalancing:CreateAction": "CreateRule", ...given });
      return [plain(action, text(params["ListenerArn"])), ...(tags.length > 0 ? [adds] : [])];
    }
    case "application-autoscaling:RegisterScalableTarget":
      return [
        plain(action, arn("application-autoscaling", "scalable-target/0123"), {
          "application-autoscaling:service-namespace": text(params["ServiceNamespace"]),
        }),
      ];
    case "ecr:BatchGetImage":
      return [plain(action, arn("ecr", `repository/${text(params["repositoryName"])}`))];
    case "logs:FilterLogEvents":
    case "logs:GetLogEvents":
    case "logs:CreateLogGroup":
    case "logs:CreateLogStream":
    case "logs:PutLogEvents":
    case "logs:PutRetentionPolicy":
      return [plain(action, `${qualified(params["logGroupName"], "logs", "log-group:")}:log-stream:x`)];
    case "sns:Publish":
      return [plain(action, text(params["TopicArn"])), ...key("sns", "GenerateDataKey", "Decrypt")];
    case "sts:AssumeRole":
      return [plain(action, text(params["RoleArn"]))];
    case "kms:DescribeKey":
    case "kms:GetKeyPolicy":
    case "kms:ListGrants":
      return [plain(action, qualified(params["KeyId"], "kms", "key/"))];
    case "secretsmanager:BatchGetSecretValue":
      return [
        plain(action),
        ...list(params["SecretIdList"]).map((id) => plain("secretsmanager:GetSecretValue", secret(id))),
        ...key("secretsmanager", "Decrypt"),
      ];
    case "secretsmanager:GetSecretValue":
      return [plain(action, secret(params["SecretId"])), ...key("secretsmanager", "Decrypt")];
    case "secretsmanager:PutSecretValue":
      return [plain(action, secret(params["SecretId"])), ...key("secretsmanager", "GenerateDataKey", "Decrypt")];
    case "secretsmanager:DescribeSecret":
    case "secretsmanager:GetResourcePolicy":
    case "secretsmanager:RotateSecret":
    case "secretsmanager:UpdateSecretVersionStage":
      return [plain(action, secret(params["SecretId"]))];
    case "budgets:DescribeBudgets":
    case "budgets:DescribeNotificationsForBudget":
      return [plain("budgets:ViewBudget")];
    case "cloudformation:DescribeStackDriftDetectionStatus":
      return [plain(action)];
    case "codedeploy:ListDeploymentGroups":
      return [plain(action, arn("codedeploy", `application:${text(params["applicationName"])}`))];
    default:
      if (service === "cloudformation") return askedOfStacks(action, params, arn);
      return [plain(action, service === "codedeploy" ? arn("codedeploy", "deploymentgroup:application/group") : "*")];
  }
}

type Keys = (through: string, ...verbs: readonly string[]) => readonly Asked[];

function askedOfBuckets(operation: string, params: Call["params"], key: Keys): readonly Asked[] {
  const [bucket = "", ...path] = text(params["path"]).slice(1).split("/");
  const name = `s3:${s3Actions[operation] ?? operation}`;
  const encrypted =
    operation === "PutObject" ? key("s3", "GenerateDataKey", "Decrypt") : operation === "GetObject" ? key("s3", "Decrypt") : [];
  return [plain(name, `arn:aws:s3:::${bucket}${name === "s3:ListBucket" ? "" : `/${path.join("/")}`}`), ...encrypted];
}

/** A stack goes by its name or its ARN; a template that is to be transformed needs the transform, too. */
function askedOfStacks(action: string, params: Call["params"], arn: (name: string, rest: string) => string): readonly Asked[] {
  const given = text(params["StackName"]);
  const stack = given.startsWith("arn:") ? given : arn("cloudformation", `stack/${given}/0123`);
  if (action !== "cloudformation:CreateChangeSet") return [plain(action, stack)];
  const transform = /AWS::Serverless-2016-10-31/.test(text(params["TemplateBody"]));
  const [, , , region] = stack.split(":");
  return [
    plain(action, stack),
    ...(transform ? [plain(action, `arn:aws:cloudformation:${region}:aws:transform/Serverless-2016-10-31`)] : []),
    ...(Array.isArray(params["Tags"]) && params["Tags"].length > 0 ? [plain("cloudformation:TagResource", stack)] : []),
  ];
}
