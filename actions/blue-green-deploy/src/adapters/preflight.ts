import { logPlaces } from "@aws-deploy-actions/rollout/aws/logs";
import type { JsonObject } from "@aws-deploy-actions/rollout/definition";
import type { Toolbox } from "@aws-deploy-actions/rollout/toolbox";
import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { causeKind } from "@aws-deploy-actions/shared/aws/errors";
import { openGitHub, patience, repositoryOf } from "@aws-deploy-actions/shared/github/api";
import type { RunContext } from "@aws-deploy-actions/shared/github/context";
import { type Problem, problem, problemsOf } from "@aws-deploy-actions/shared/problems";
import type { Config } from "../inputs.ts";
import type { Prepared } from "../prepare.ts";
import type { Findings } from "../tools.ts";

const nothing: Findings = { problems: [], warnings: [], notes: [] };
const recentSeconds = 900;

/** Everything that can be looked at before a deployment besides what locating it has shown. All at once; all findings together. */
export async function preflight(
  aws: Aws<"cloudwatch" | "secrets">,
  tools: Toolbox,
  prepared: Prepared,
  config: Config,
  context: RunContext,
): Promise<Findings> {
  const all = await Promise.all([
    unanswered("alarms", alarms(aws, config)),
    unanswered("secrets", secrets(aws, prepared.after)),
    unanswered("order of commits", olderCommit(tools, prepared, config, context)),
    unanswered("error lines", errorLines(tools, prepared, config)),
    nothing,
  ]);
  return {
    problems: all.flatMap((one) => one.problems),
    warnings: all.flatMap((one) => one.warnings),
    notes: all.flatMap((one) => one.notes),
  };
}

/** A check that AWS does not answer is named: not made is not passed. */
async function unanswered(what: string, check: Promise<Findings>): Promise<Findings> {
  try {
    return await check;
  } catch (error) {
    return { ...nothing, notes: [`Not checked: ${what} (${problemsOf(error)[0]?.what ?? "no answer"})`] };
  }
}

/** An alarm that fires before anything was changed would roll back a version that has nothing to do with it. */
async function alarms(aws: Aws<"cloudwatch">, { given }: Config): Promise<Findings> {
  const which =
    given.alarms.length > 0 ? { AlarmNames: [...given.alarms] } : { AlarmNamePrefix: `${given.application}-${given.environment}-` };
  const answer = await aws.cloudwatch((sdk) => new sdk.DescribeAlarmsCommand({ ...which, AlarmTypes: ["MetricAlarm", "CompositeAlarm"] }));
  const found = [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])];
  const missing = given.alarms.filter((name) => !found.some((alarm) => alarm.AlarmName === name));
  return {
    problems: missing.map((name) =>
      problem("deployment", `The alarm ${name} does not exist.`, `aws cloudwatch describe-alarms --query 'MetricAlarms[].AlarmName'`),
    ),
    warnings: found
      .filter((alarm) => alarm.StateValue === "ALARM")
      .map((alarm) =>
        problem(
          "deployment",
          `The alarm ${alarm.AlarmName} fires already: ${alarm.StateReason ?? ""}`,
          "Mend what it warns of, or go on in spite of it with force: true",
        ),
      ),
    notes: [],
  };
}

const secretArn = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^:]+/;

/** The secrets that the new tasks will read must exist and not be on their way out. */
async function secrets(aws: Aws<"secrets">, definition: JsonObject): Promise<Findings> {
  const containers = (definition["containerDefinitions"] ?? []) as readonly JsonObject[];
  const sources = containers.flatMap((container) =>
    ((container["secrets"] ?? []) as readonly JsonObject[]).map((one) => String(one["valueFrom"])),
  );
  const arns = [...new Set(sources.flatMap((source) => secretArn.exec(source)?.[0] ?? []))];
  const problems = await Promise.all(arns.map((arn) => secretProblem(aws, arn)));
  return { ...nothing, problems: problems.flatMap((one) => (one === undefined ? [] : [one])) };
}

async function secretProblem(aws: Aws<"secrets">, arn: string): Promise<Problem | undefined> {
  try {
    const answer = await aws.secrets((sdk) => new sdk.DescribeSecretCommand({ SecretId: arn }));
    if (answer.DeletedDate === undefined) return undefined;
    return problem(
      "deployment",
      `The secret ${arn} is scheduled for deletion: new tasks cannot read it.`,
      `aws secretsmanager restore-secret --secret-id ${arn}`,
    );
  } catch (error) {
    if (causeKind(error) !== "missing") throw error;
    return problem(
      "deployment",
      `The secret ${arn} does not exist: new tasks cannot start.`,
      `aws secretsmanager create-secret --name ${arn.split(":secret:")[1]?.replace(/-\w{6}$/, "")} --secret-string file://secret.json`,
    );
  }
}

/** A version that is older than what runs is deployed by a re-run of an old job, mostly by mistake. */
async function olderCommit(tools: Toolbox, prepared: Prepared, { given }: Config, context: RunContext): Promise<Findings> {
  const { saved } = await (await tools.store(prepared.environment)).read();
  const repository = repositoryOf(context);
  const running = saved?.outcome === "succeeded" ? saved.commit : "";
  if (running === "" || context.commit === "" || context.commit.startsWith(running)) return nothing;
  if (given["github-token"] === undefined || repository === undefined) return nothing;
  const github = await openGitHub(given["github-token"], context);
  const { data } = await github.rest.repos.compareCommitsWithBasehead({
    ...repository,
    basehead: `${running}...${context.commit}`,
    per_page: 1,
    ...patience(),
  });
  if (data.status !== "behind") return nothing;
  const what = `Commit ${context.commit.slice(0, 12)} is ${data.behind_by} commits older than ${running}, which runs.`;
  return {
    ...nothing,
    warnings: [
      problem(
        "deployment",
        what,
        "Deploy the newer one, or this one in spite of it with force: true. To go back to an earlier version, use the action emergency-rollback.",
      ),
    ],
  };
}

/** What goes wrong already, so that nobody blames the new version for it. */
async function errorLines(tools: Toolbox, prepared: Prepared, { given }: Config): Promise<Findings> {
  const groups =
    given["log-groups"].length > 0 ? given["log-groups"] : [...new Set(logPlaces(prepared.before.body).map((place) => place.group))];
  const lines = await tools.recentErrors(groups, tools.clock.now() - recentSeconds);
  return {
    ...nothing,
    notes:
      lines.length === 0 ? [] : ["Error lines of the last 15 minutes, before anything was changed:", ...lines.map((line) => `  ${line}`)],
  };
}
