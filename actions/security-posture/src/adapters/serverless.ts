import { cloudTrouble } from "@aws-deploy-actions/shared/problems";
import type { Stack, StackResourceSummary } from "@aws-sdk/client-cloudformation";
import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import type { Named } from "../model/seen.ts";
import type { BudgetSeen, Table } from "../model/world.ts";
import { allPages, look, lookAtEach, orMissing, type PostureAws } from "./ask.ts";

export async function observeStack(aws: PostureAws, StackName: string): Promise<Stack> {
  const { Stacks } = await aws.cloudformation((sdk) => new sdk.DescribeStacksCommand({ StackName }));
  const stack = Stacks?.[0];
  if (stack === undefined) throw cloudTrouble(`there is no stack ${StackName}`, "Check stack-name, the account and the region.");
  return stack;
}

/** The stack's resources, those of stacks within it included. */
export async function observeResources(aws: PostureAws, StackName: string): Promise<readonly StackResourceSummary[]> {
  const own = await allPages(
    (NextToken) =>
      aws.cloudformation((sdk) => new sdk.ListStackResourcesCommand({ StackName, ...(NextToken === undefined ? {} : { NextToken }) })),
    ({ StackResourceSummaries }) => StackResourceSummaries,
    ({ NextToken }) => NextToken,
  );
  const standing = own.filter(({ ResourceStatus }) => ResourceStatus !== "DELETE_COMPLETE");
  const nested = standing.filter(({ ResourceType }) => ResourceType === "AWS::CloudFormation::Stack");
  const below = await Promise.all(nested.map(({ PhysicalResourceId = "" }) => observeResources(aws, PhysicalResourceId)));
  return [...standing, ...below.flat()];
}

/** Physical names of a stack's resources of one type. */
export const physical = (resources: readonly StackResourceSummary[], type: string): readonly string[] =>
  resources.flatMap(({ ResourceType, PhysicalResourceId }) =>
    ResourceType === type && PhysicalResourceId !== undefined && PhysicalResourceId !== "" ? [PhysicalResourceId] : [],
  );

/** A listing of the account takes one call for 50 functions; a look at each would take one for one. */
const fewFunctions = 4;

export async function observeFunctions(aws: PostureAws, names: readonly string[]): Promise<readonly FunctionConfiguration[]> {
  if (names.length === 0) return [];
  if (names.length <= fewFunctions)
    return await Promise.all(
      names.map(async (FunctionName) => await aws.lambda((sdk) => new sdk.GetFunctionConfigurationCommand({ FunctionName }))),
    );
  const wanted = new Set(names);
  const all = await allPages(
    (Marker) => aws.lambda((sdk) => new sdk.ListFunctionsCommand({ MaxItems: 50, ...(Marker === undefined ? {} : { Marker }) })),
    ({ Functions }) => Functions,
    ({ NextMarker }) => NextMarker,
  );
  const found = all.filter(({ FunctionName = "" }) => wanted.has(FunctionName));
  if (found.length < wanted.size) {
    const missing = names.filter((name) => !found.some(({ FunctionName }) => FunctionName === name));
    throw cloudTrouble(`the functions ${missing.slice(0, 5).join(", ")} of the stack are not there`, "Look at the stack's drift.");
  }
  return found;
}

export const observeTables = async (aws: PostureAws, names: readonly string[]): Promise<readonly Named<Table>[]> =>
  await lookAtEach(names, async (TableName) => {
    const { Table: description } = await aws.dynamodb((sdk) => new sdk.DescribeTableCommand({ TableName }));
    if (description === undefined) throw cloudTrouble(`the table ${TableName} is gone`);
    const pointInTime = await look(async () => {
      const answer = await aws.dynamodb((sdk) => new sdk.DescribeContinuousBackupsCommand({ TableName }));
      const seen = answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
      const days = seen?.RecoveryPeriodInDays;
      return { enabled: seen?.PointInTimeRecoveryStatus === "ENABLED", ...(days === undefined ? {} : { days }) };
    });
    return { description, pointInTime };
  });

/** Alarms named after the application, which may stand in a stack of their own, and those of the stack. */
export async function observeAlarms(aws: PostureAws, AlarmNamePrefix: string, own: readonly string[]): Promise<readonly MetricAlarm[]> {
  const named = await allPages(
    (NextToken) =>
      aws.cloudwatch(
        (sdk) => new sdk.DescribeAlarmsCommand({ AlarmNamePrefix, MaxRecords: 100, ...(NextToken === undefined ? {} : { NextToken }) }),
      ),
    ({ MetricAlarms }) => MetricAlarms,
    ({ NextToken }) => NextToken,
  );
  const known = new Set(named.map(({ AlarmName }) => AlarmName));
  const names = own.filter((name) => !known.has(name));
  const parts = Array.from({ length: Math.ceil(names.length / 100) }, (_, at) => names.slice(at * 100, at * 100 + 100));
  const answers = await Promise.all(
    parts.map(
      async (AlarmNames) => await aws.cloudwatch((sdk) => new sdk.DescribeAlarmsCommand({ AlarmNames: [...AlarmNames], MaxRecords: 100 })),
    ),
  );
  return [...named, ...answers.flatMap(({ MetricAlarms }) => MetricAlarms ?? [])];
}

const mostBudgets = 5;

/** Budgets of the account: those named after the stack, or, where there are none, the account's own. */
export async function observeBudgets(aws: PostureAws, AccountId: string, prefix: string): Promise<readonly Named<BudgetSeen>[]> {
  const all = await allPages(
    (NextToken) => aws.budgets((sdk) => new sdk.DescribeBudgetsCommand({ AccountId, ...(NextToken === undefined ? {} : { NextToken }) })),
    ({ Budgets }) => Budgets,
    ({ NextToken }) => NextToken,
  );
  const own = all.filter(({ BudgetName }) => BudgetName?.startsWith(prefix) === true);
  const chosen = (own.length > 0 ? own : all).slice(0, mostBudgets);
  const byName = new Map(chosen.map((budget) => [budget.BudgetName ?? "", budget]));
  return await lookAtEach([...byName.keys()], async (BudgetName) => {
    const budget = byName.get(BudgetName);
    if (budget === undefined) throw cloudTrouble(`the budget ${BudgetName} is gone`);
    const answer = await orMissing(
      aws.budgets((sdk) => new sdk.DescribeNotificationsForBudgetCommand({ AccountId, BudgetName })),
      { Notifications: [] },
    );
    return { budget, notifications: answer.Notifications ?? [] };
  });
}
