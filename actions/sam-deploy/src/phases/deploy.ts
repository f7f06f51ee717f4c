import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { deploymentTrouble, type Problem, Trouble } from "@aws-deploy-actions/shared/problems";
import { type Finding, findingsOf } from "../decide/findings.ts";
import { guardProblems } from "../decide/guards.ts";
import { sha256 } from "../model/canonical.ts";
import { mergeParameters, type ParameterSetting, valuesToMask } from "../model/parameters.ts";
import { releaseTag } from "../model/release.ts";
import type { StackSeen, Tags } from "../model/stack.ts";
import type { Template } from "../model/template.ts";
import type { ChangeSetRequest, TemplateSource } from "../ports.ts";
import { executedResult, plannedResult, unchangedResult } from "../report/results.ts";
import { checkpoint, pause, type Work } from "../work.ts";
import { type Built, build, type Linting, packageBuild, sourceTemplate, startLinting, takeBuild } from "./build.ts";
import { checkProtected, execute, type Reviewed, review, reviewedChangeSet } from "./change.ts";
import { answerFor, prepare, refuse } from "./prepare.ts";
import { keepProcessed, recordRelease } from "./releases.ts";
import { verify } from "./verify.ts";

/** Templates up to this size in bytes go with the call: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const inlineLimit = 51_200;

/** Builds, shows the change set and, with `mode: deploy`, executes it. */
export async function deploy(work: Work): Promise<ActionResult> {
  const { config, stack, base } = work;
  const purpose = config.mode === "plan" ? "plan" : "deploy";
  const seen = await stack.look();
  const answer = answerFor(work, purpose, seen);
  if (answer.do === "refuse") throw await refuse(work, answer, seen);
  const drift = await startDrift(work, seen);

  const source = config.values["build-digest"] === undefined ? sourceTemplate(work) : undefined;
  const linting = source === undefined ? undefined : startLinting(work, source);
  const built = await base.journal.group(source === undefined ? "Taking the build" : "Building", () =>
    source === undefined ? takeBuild(work, config.values["build-digest"] ?? "") : build(work, source),
  );
  const checked = checkTemplate(work, built.template, seen);
  const packaged = await base.journal.group("Packaging", () => packageBuild(work, built));

  const prepared = await prepare(work, purpose);
  // A stack that was deleted on the way has no parameters to keep.
  const settings =
    prepared.seen === seen || prepared.changeSetType === "UPDATE"
      ? checked.settings
      : checkTemplate(work, built.template, undefined).settings;
  const drifted = drift === undefined ? [] : await driftLines(work, drift);
  const tags = { ...work.samConfig.tags, ...config.tags };
  const request = await requestFor(work, packaged, settings, tags, prepared.changeSetType ?? "UPDATE", prepared.seen);
  const reviewed = await base.journal.group("Change set", () => review(work, request));
  const context = { work, built, prepared: prepared.done, drifted, findings: checked.findings };
  if (reviewed === undefined) {
    await mustBeLinted(linting);
    return unchangedResult(context, await stack.look());
  }
  base.journal.say(reviewed.summary);
  checkProtected(work, reviewed.changes);
  await mustBeLinted(linting);
  return purpose === "plan" ? plannedResult(context, reviewed) : await change(context, reviewed);
}

/** What the result tells besides the change itself. */
export interface Context {
  readonly work: Work;
  readonly built: Built | undefined;
  readonly prepared: readonly string[];
  readonly drifted: readonly string[];
  readonly findings: readonly Finding[];
}

/** Executes a reviewed change set, and looks whether what it made works. */
export async function change(context: Context, reviewed: Reviewed): Promise<ActionResult> {
  const { work } = context;
  const since = work.base.clock.now();
  checkpoint(work);
  const executed = await work.base.journal.group("Change", () => execute(work, reviewed));
  if (!executed.ending.ok || executed.stack === undefined) return executedResult(context, reviewed, executed, []);
  const { stack } = executed;
  if (work.store !== undefined) await keepProcessed(work, work.store);
  const checks = await work.base.journal.group("Verification", () => verify(work, stack, since));
  for (const { ok, name, says } of checks) work.base.journal.say(`${ok ? "✔" : "✖"} ${name}: ${says}`);
  return executedResult(context, reviewed, executed, checks);
}

/** Executes the change set that was reviewed in an earlier job. */
export async function executePlanned(work: Work): Promise<ActionResult> {
  const { config } = work;
  const prepared = await prepare(work, "execute");
  const reviewed = await reviewedChangeSet(work, config.values["change-set"] ?? "", config.values["change-set-digest"] ?? "");
  checkProtected(work, reviewed.changes);
  return await change({ work, built: undefined, prepared: prepared.done, drifted: [], findings: [] }, reviewed);
}

/** What can be judged before anything is sent: parameters, guards, findings; all problems at once. */
function checkTemplate(
  work: Work,
  template: Template,
  seen: StackSeen | undefined,
): { readonly settings: readonly ParameterSetting[]; readonly findings: readonly Finding[] } {
  const { config, samConfig, stackName, base } = work;
  const existing = seen !== undefined && hasParameters(seen) ? seen.parameters : undefined;
  const merged = mergeParameters(template, config.parameters, samConfig.parameters, existing);
  for (const value of valuesToMask(template, merged.settings)) base.runner.mask(value);
  for (const warning of merged.warnings) base.journal.annotate("warning", warning);
  const problems: readonly Problem[] = [
    ...merged.problems,
    ...guardProblems(template, merged.settings, existing ?? [], config.environmentClass),
  ];
  if (problems.length > 0) throw new Trouble(problems);
  const findings = findingsOf({
    template,
    stackName,
    environment: config.environment,
    environmentClass: config.environmentClass,
    tags: { ...samConfig.tags, ...config.tags },
    terminationProtection: seen?.terminationProtection,
  });
  return { settings: merged.settings, findings };
}

/** A stack that never came into being has no values that could be kept. */
const hasParameters = ({ status }: StackSeen): boolean => !/^(REVIEW_IN_PROGRESS|ROLLBACK_COMPLETE|DELETE_COMPLETE)$/.test(status);

async function requestFor(
  work: Work,
  template: Template,
  settings: readonly ParameterSetting[],
  tags: Tags,
  type: "CREATE" | "UPDATE",
  seen: StackSeen | undefined,
): Promise<ChangeSetRequest> {
  const { config, samConfig, store } = work;
  const capabilities = config.values.capabilities ?? (samConfig.capabilities.length > 0 ? samConfig.capabilities : ["CAPABILITY_IAM"]);
  const release = store === undefined ? undefined : await recordRelease(work, store, { template, settings, capabilities, tags }, seen);
  return {
    ...changeSetBasics(work),
    type,
    template: await templateSource(work, template),
    parameters: settings,
    tags: release === undefined ? tags : { ...tags, [releaseTag]: release },
    capabilities,
    nested: Object.values(template.resources).some(({ type: one }) => /^AWS::(CloudFormation::Stack|Serverless::Application)$/.test(one)),
  };
}

/** What every change set of this run has. Its name is unique, so that a repeated call cannot make a second one. */
export function changeSetBasics({
  config,
  samConfig,
  base,
}: Work): Pick<ChangeSetRequest, "name" | "role" | "notificationTopics" | "description"> {
  const { commit, runId, runUrl } = base.context;
  return {
    name: `${config.mode}-${runId || "local"}-${crypto.randomUUID().slice(0, 8)}`,
    role: samConfig.role,
    notificationTopics: samConfig.notificationTopics,
    description: `${config.mode} of ${commit.slice(0, 12) || "an unknown commit"}${runUrl === undefined ? "" : `, ${runUrl}`}`.slice(
      0,
      1024,
    ),
  };
}

async function templateSource(work: Work, template: Template): Promise<TemplateSource> {
  const size = new TextEncoder().encode(template.text).length;
  if (size <= inlineLimit) return { body: template.text };
  const hash = sha256(template.text);
  if (work.store !== undefined) {
    await work.store.saveTemplate(hash, template.text);
    return { url: work.store.templateUrl(hash) };
  }
  if (work.samConfig.bucket === undefined)
    throw deploymentTrouble(
      `The packaged template has ${size} bytes; CloudFormation takes more than ${inlineLimit} only from S3.`,
      "Give a bucket: s3_bucket in samconfig, or\nwith:\n  state-bucket: your-bucket",
    );
  const key = [work.samConfig.prefix, `${hash}.template`].filter((part) => part !== undefined && part !== "").join("/");
  return { url: await work.artefacts.putTemplate(work.samConfig.bucket, key, template.text) };
}

async function mustBeLinted(linting: Linting | undefined): Promise<void> {
  const trouble = await linting?.done;
  if (trouble !== undefined) throw trouble;
}

/** Drift is looked for while the build runs, and only said: what was changed by hand is overwritten where the template sets it. */
async function startDrift({ config, stack, base }: Work, seen: StackSeen | undefined): Promise<string | undefined> {
  if (config.environmentClass !== "production" || seen === undefined) return undefined;
  try {
    return await stack.startDrift();
  } catch (error) {
    base.journal.say(`drift could not be looked for: ${(error as Error).message}`);
    return undefined;
  }
}

/** At most this long for drift beyond what the build took anyway. */
const driftPatience = 60;

async function driftLines(work: Work, detection: string): Promise<readonly string[]> {
  const { clock, journal } = work.base;
  const until = clock.now() + driftPatience;
  try {
    for (;;) {
      const drift = await work.stack.drift(detection);
      if (drift.state === "unknown") return [`Drift is unknown: ${drift.because}`];
      if (drift.state === "done")
        return drift.resources.map(
          ({ logicalId, type, status, properties }) =>
            `${logicalId} (${type}) was ${status.toLowerCase()} outside of CloudFormation: ${properties.join(", ") || "as a whole"}`,
        );
      if (clock.now() >= until) return ["Drift is unknown: its detection takes too long."];
      await pause(work, 2);
    }
  } catch (error) {
    checkpoint(work);
    journal.say(`drift could not be read: ${(error as Error).message}`);
    return ["Drift is unknown: it could not be read."];
  }
}
