import { shellQuoted } from "@aws-deploy-actions/shared/secrets/finding";
import type { Check, Judgement } from "../model/check.ts";
import { controls } from "./controls.ts";
import { every, fine, join, nothing, on, onEach, remark, unless } from "./judging.ts";

const profiles = ["serverless"] as const;

/** Types whose names people see and policies are written for. */
const named = new Set([
  "AWS::Lambda::Function",
  "AWS::DynamoDB::Table",
  "AWS::S3::Bucket",
  "AWS::SecretsManager::Secret",
  "AWS::IAM::Role",
  "AWS::CloudWatch::Alarm",
  "AWS::Logs::LogGroup",
  "AWS::StepFunctions::StateMachine",
  "AWS::SQS::Queue",
  "AWS::SNS::Topic",
]);

export const naming: Check = {
  id: "naming",
  title: "Resources are named after application and environment",
  profiles,
  severity: "low",
  needs: ["stack", "resources"],
  controls: controls("CC6.1", "12.5.1", "30", "164.310(d)(2)(iii)"),
  prowler: [],
  judge: ({ stack, resources }, { application, environment }) =>
    on("stack", stack, ({ StackName = "" }) =>
      every("resources", resources, ({ ResourceType = "", PhysicalResourceId, LogicalResourceId = "?" }) => {
        if (!named.has(ResourceType) || PhysicalResourceId === undefined) return nothing;
        const name = PhysicalResourceId.toLowerCase();
        const fits =
          name.includes(StackName.toLowerCase()) || (name.includes(application.toLowerCase()) && name.includes(environment.toLowerCase()));
        // CloudFormation shortens a stack's name where a name would be too long: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
        const shortened = name.includes(`${StackName.toLowerCase().slice(0, 24)}`) && StackName.length > 24;
        return unless(fits || shortened, PhysicalResourceId, "failed", {
          expected: `a name with ${application} and ${environment}`,
          found: `${LogicalResourceId} has neither both nor the stack's`,
          mend: `In the template: take the name out of ${LogicalResourceId}, so that CloudFormation makes one, or: !Sub "${application}-…-${environment}" (it is replaced)`,
        });
      }),
    ),
};

export const tags: Check = {
  id: "tags",
  title: "The stack and its resources have their tags",
  profiles,
  severity: "low",
  needs: ["stack", "resourceTags"],
  controls: controls("CC6.1", "12.5.1", "30", "164.310(d)(2)(iii)"),
  prowler: ["organizations_tags_policies_enabled_and_attached"],
  judge: ({ stack, resourceTags }, { requiredTags }) =>
    on("stack", stack, ({ StackName: name = "?", Tags }) => {
      const add = (list: readonly string[]): string => `sam-deploy with: tags: ${list.map((tag) => `${tag}=…`).join(", ")}`;
      const ofStack = new Map((Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
      return join([
        tagged(name, ofStack, requiredTags, add),
        // CloudFormation gives a stack's tags to its resources; whoever takes them off there is not seen at the stack.
        // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-add-tags.html
        onEach("tags", resourceTags, (own, arn) =>
          tagged(
            arn,
            new Map(Object.entries(own)),
            requiredTags,
            (list) =>
              `aws resourcegroupstaggingapi tag-resources --resource-arn-list ${shellQuoted(arn)} --tags ${list.map((tag) => `${tag}=VALUE`).join(",")}`,
          ),
        ),
      ]);
    }),
};

/** Tags that AWS sets itself say nothing about who answers for a resource. */
function tagged(
  name: string,
  has: ReadonlyMap<string, string>,
  required: readonly string[],
  add: (missing: readonly string[]) => string,
): Judgement {
  const missing = required.filter((tag) => (has.get(tag) ?? "") === "");
  if (missing.length > 0) return remark("failed", name, `the tags ${required.join(", ")}`, `without ${missing.join(", ")}`, add(missing));
  const own = [...has.keys()].filter((key) => !key.startsWith("aws:"));
  return unless(own.length > 0, name, "failed", { expected: "tags", found: "none", mend: add(["Project", "Environment"]) });
}

export const alarmsSet: Check = {
  id: "alarms",
  title: "Alarms watch the stack, and somebody hears them",
  profiles,
  severity: "medium",
  needs: ["stack", "resources", "functions", "alarms"],
  controls: controls("CC7.2", "10.4.1", "33", "164.308(a)(1)(ii)(D)"),
  prowler: ["cloudwatch_alarm_actions_enabled", "cloudwatch_alarm_actions_alarm_state_configured"],
  judge: ({ stack, functions, alarms }) =>
    on("stack", stack, ({ StackName: name = "?" }) =>
      on("alarms", alarms, (list): Judgement => {
        if (list.length === 0)
          return on("functions", functions, (all) =>
            all.length === 0
              ? nothing
              : remark(
                  "failed",
                  name,
                  "at least one alarm",
                  "the stack has none",
                  "Add an AWS::CloudWatch::Alarm on Errors of each function, with an SNS topic (infra/alarms.yaml).",
                ),
          );
        return join(
          list.map(({ AlarmName: alarm = "?", ActionsEnabled, AlarmActions }) =>
            ActionsEnabled === false
              ? remark(
                  "failed",
                  alarm,
                  "actions",
                  "its actions are switched off",
                  `aws cloudwatch enable-alarm-actions --alarm-names '${alarm}'`,
                )
              : unless((AlarmActions ?? []).length > 0, alarm, "failed", {
                  expected: "somebody who hears it",
                  found: "it has no action",
                  mend: `In the template: ${alarm}: AlarmActions: [!Ref AlarmTopic]`,
                }),
          ),
        );
      }),
    ),
};

export const budgetsSet: Check = {
  id: "budgets",
  title: "A budget warns before the money is spent",
  profiles,
  severity: "low",
  needs: ["budgets"],
  controls: controls("A1.1", "", "", ""),
  prowler: [],
  judge: ({ budgets }) =>
    on("budgets", budgets, (list) => {
      if (list.length === 0)
        return remark("failed", "budgets", "a budget", "the account has none", "Deploy infra/budgets.yaml, or: aws budgets create-budget");
      return onEach("budgets", { state: "seen", value: list }, ({ notifications }, name) =>
        notifications.length > 0
          ? fine(name)
          : remark("failed", name, "a notification", "nobody is told", `aws budgets create-notification --budget-name '${name}' …`),
      );
    }),
};
