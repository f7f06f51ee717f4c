import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult, News } from "@aws-deploy-actions/shared/action/result";
import { assertNever, deploymentTrouble, inputTrouble, problem, Trouble } from "@aws-deploy-actions/shared/problems";
import { forMarkdown, oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { explain } from "./decide/explain.ts";
import type { Config } from "./inputs.ts";
import type { Diagnostic } from "./model/messages.ts";
import { readValidation } from "./model/messages.ts";
import { savedOutputs } from "./model/outputs.ts";
import { type Plan, parsePlan, planSummary, sensitiveTexts } from "./model/plan.ts";
import type { Ended, FilesPort, TerraformPort } from "./ports.ts";
import { diagnosticsSection, page, planTable } from "./report/summary.ts";

/** What a run works with. */
export interface Work {
  readonly config: Config;
  readonly base: Base;
  readonly terraform: TerraformPort;
  readonly files: FilesPort;
}

/** Runs one mode from configuration to result. */
export async function run(work: Work): Promise<ActionResult> {
  const { config, base, terraform, files } = work;
  base.journal.say(`Terraform ${await terraform.version()} in ${config.values["working-directory"]}`);
  try {
    switch (config.mode) {
      case "validate":
        return await validate(work);
      case "plan":
        return await plan(work);
      case "apply":
        return await apply(work);
      default:
        return assertNever(config.mode);
    }
  } finally {
    files.clean();
  }
}

async function init({ config, base, terraform, files }: Work, backend = true): Promise<void> {
  const { settings, files: given } = config.backend;
  const backendConfig = [
    ...given.map((file) => files.absolute(file)),
    ...(Object.keys(settings).length === 0 ? [] : [files.temporary("backend.json", JSON.stringify(settings))]),
  ];
  await base.journal.group("terraform init", async () => {
    must(await terraform.init({ backend, backendConfig, upgrade: config.values.upgrade }), "terraform init failed");
  });
}

async function validate(work: Work): Promise<ActionResult> {
  const { base, terraform, config } = work;
  await init(work, false);
  const ended = await terraform.validate();
  const validation = readValidation(ended.out);
  if (validation === undefined) return failed("terraform validate failed", ended.diagnostics);
  const { valid, diagnostics } = validation;
  for (const one of diagnostics) annotate(base, config, one);
  if (!valid) return failed("The configuration is not valid", diagnostics);
  const reason = "The configuration is valid.";
  return { outcome: "valid", ok: true, reason, summary: page("✅ Valid", reason) };
}

async function plan(work: Work): Promise<ActionResult> {
  const { config, base, terraform, files } = work;
  const planFile = config.values["plan-file"];
  await init(work);
  const ended = await base.journal.group("terraform plan", () =>
    terraform.plan({ planFile: files.absolute(planFile), varFiles: varFiles(work) }),
  );
  if (ended.code !== 0 && ended.code !== 2) return failed("terraform plan failed", ended.diagnostics);
  // It holds every value of the state and of the variables in clear.
  files.makePrivate(planFile);
  const seen = await readPlan(work);
  mustKnow(config, seen);
  const digest = (await files.digest(planFile)) ?? "";
  const summary = planSummary(seen);
  base.journal.say(summary);
  const hasChanges = ended.code === 2;
  return {
    outcome: hasChanges ? "planned" : "unchanged",
    ok: true,
    reason: hasChanges ? `The plan would do this: ${summary}. Nothing was changed.` : "Nothing is to be changed.",
    outputs: { "has-changes": String(hasChanges), "plan-summary": summary, "plan-digest": digest },
    summary: page(
      title(config, hasChanges ? "📋 Planned" : "✅ No changes"),
      `${forMarkdown(summary)}. Nothing was changed. To apply exactly this: \`mode: apply\` with the plan file and \`plan-digest\` of this step.`,
      planTable(seen),
    ),
  };
}

async function apply(work: Work): Promise<ActionResult> {
  const { config, base, terraform, files } = work;
  const planFile = config.values["plan-file"];
  const digest = await files.digest(planFile);
  if (digest === undefined)
    throw inputTrouble(
      `plan-file: there is no file ${oneLine(planFile, 200)}.`,
      "Hand the plan file on from the planning job, as an encrypted artefact (see the README).",
    );
  if (digest !== config.values["plan-digest"])
    throw new Trouble(
      problem(
        "deployment",
        `The plan file ${oneLine(planFile, 200)} has the digest ${digest}, not the reviewed ${config.values["plan-digest"]}: it is not the plan that was reviewed. Nothing was changed.`,
        "Plan and review again, and hand the digest on as an output of the planning job.",
      ),
    );
  await init(work);
  const seen = await readPlan(work);
  const summary = planSummary(seen);
  base.journal.say(summary);
  if (base.cancelled.aborted) return cancelledResult(config, "before anything was changed");
  const ended = await base.journal.group("terraform apply", () => terraform.apply(files.absolute(planFile)));
  if (base.cancelled.aborted)
    return cancelledResult(config, `and Terraform was interrupted; it ended with ${ended.code} and has saved its state`);
  const outputs = { "has-changes": String(seen.hasChanges), "plan-summary": summary, "plan-digest": digest };
  if (ended.code !== 0)
    return {
      ...failed("terraform apply failed", ended.diagnostics, planTable(seen)),
      outputs,
      news: news(config, base, "failed", ended.diagnostics),
    };
  const saved = await saveOutputs(work);
  return {
    outcome: seen.hasChanges ? "applied" : "unchanged",
    ok: true,
    reason: seen.hasChanges ? `Applied: ${summary}.` : "Nothing was to be changed.",
    outputs: { ...outputs, "outputs-path": config.outputsPath },
    summary: page(title(config, seen.hasChanges ? "✅ Applied" : "✅ No changes"), forMarkdown(summary), planTable(seen), saved),
    ...(seen.hasChanges ? { news: news(config, base, "applied", []) } : {}),
  };
}

/** Reads a saved plan, and masks what it marks as sensitive before anything of it can be printed. */
async function readPlan({ config, base, terraform, files }: Work): Promise<Plan> {
  const shown = await terraform.show(files.absolute(config.values["plan-file"]));
  must(shown, "The plan cannot be read");
  for (const text of sensitiveTexts(shown.out)) base.runner.mask(text);
  return parsePlan(shown.out);
}

async function saveOutputs({ config, base, terraform, files }: Work): Promise<string> {
  const shown = await terraform.show(files.absolute(config.values["plan-file"]));
  const answer = await terraform.outputs();
  must(answer, "The outputs cannot be read");
  const { text, names, leftOut } = savedOutputs(answer.out, shown.code === 0 ? sensitiveTexts(shown.out) : []);
  files.write(config.outputsPath, text);
  base.journal.say(
    `saved ${names.length} outputs in ${config.outputsPath}${leftOut.length === 0 ? "" : `, without the sensitive ${leftOut.join(", ")}`}`,
  );
  const left =
    leftOut.length === 0 ? "" : ` Left out because they are sensitive: ${leftOut.map((name) => forMarkdown(name, 80)).join(", ")}.`;
  return `Outputs saved: ${names.map((name) => forMarkdown(name, 80)).join(", ") || "none"}.${left}`;
}

/** The variables' files, the last of which wins: the environment's, and the workflow's own values. */
function varFiles({ config, files }: Work): readonly string[] {
  const { environment, "var-file": given, "working-directory": directory } = config.values;
  const usual = environment === undefined ? undefined : `${directory}/environments/${environment}.tfvars`;
  if (given !== undefined && !files.exists(given)) throw inputTrouble(`var-file: there is no file ${oneLine(given, 200)}.`);
  const file = given ?? (usual !== undefined && files.exists(usual) ? usual : undefined);
  return [
    ...(file === undefined ? [] : [files.absolute(file)]),
    ...(Object.keys(config.variables).length === 0 ? [] : [files.temporary("variables.tfvars.json", JSON.stringify(config.variables))]),
  ];
}

/** Terraform only warns of a variable in a file that nothing declares; here it was given on purpose. */
function mustKnow({ variables }: Config, { variables: declared }: Plan): void {
  const unknown = Object.keys(variables).filter((name) => !declared.includes(name));
  if (unknown.length > 0)
    throw inputTrouble(`variables: the configuration declares no ${unknown.join(", ")}; it has ${declared.join(", ") || "none"}.`);
}

function must({ code, diagnostics }: Ended, what: string): void {
  if (code === 0) return;
  const sentence = errorSentence(diagnostics);
  const advice = diagnostics.map(explain).find((one) => one !== undefined);
  throw deploymentTrouble(`${what}: ${sentence}`, advice ?? "Its output stands above. Nothing was changed.");
}

function errorSentence(diagnostics: readonly Diagnostic[]): string {
  const [first, ...others] = diagnostics.filter(({ severity }) => severity === "error");
  if (first === undefined) return "it named no error";
  const where = first.address === undefined ? "" : `${first.address}: `;
  return `${where}${oneLine(`${first.summary}. ${first.detail}`, 600)}${others.length === 0 ? "" : ` (and ${others.length} more)`}`;
}

function failed(what: string, diagnostics: readonly Diagnostic[], more = ""): ActionResult {
  const advice = diagnostics.map(explain).find((one) => one !== undefined);
  return {
    outcome: "failed",
    ok: false,
    reason: `${what}: ${errorSentence(diagnostics)}`,
    summary: page(`❌ ${what}`, diagnosticsSection(diagnostics), more),
    ...(advice === undefined ? {} : { mend: advice }),
  };
}

const cancelledResult = (config: Config, how: string): ActionResult => ({
  outcome: "failed",
  ok: false,
  reason: `The job was cancelled ${how}.`,
  summary: page(title(config, "⏹️ Cancelled"), `The job was cancelled ${how}. The next plan shows what is still to be done.`),
});

const title = ({ values }: Config, what: string): string =>
  values.environment === undefined ? what : `${what} · ${forMarkdown(values.environment)}`;

function annotate(base: Base, config: Config, { severity, summary, detail, file, line }: Diagnostic): void {
  const directory = config.values["working-directory"];
  const place =
    file === undefined ? {} : { file: directory === "." ? file : `${directory}/${file}`, ...(line === undefined ? {} : { line }) };
  base.journal.annotate(severity, oneLine(`${summary}. ${detail}`, 600), place);
}

function news(config: Config, base: Base, outcome: string, diagnostics: readonly Diagnostic[]): News {
  const { runUrl, commit } = base.context;
  return {
    event: outcome === "applied" ? "success" : "failure",
    title: `Terraform ${config.values.environment ?? config.values["working-directory"]}: ${outcome}`,
    facts: [
      ...(diagnostics.length === 0 ? [] : [["Reason", errorSentence(diagnostics)] as const]),
      ...(commit === "" ? [] : [["Commit", commit.slice(0, 12)] as const]),
      ...(runUrl === undefined ? [] : [["Run", runUrl] as const]),
    ],
  };
}
