import { deploymentTrouble, inputTrouble, problem, Trouble } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { type BuildDifference, buildDigest, compareBuild, filesOutside, manifestName, manifestOf, parseManifest } from "../model/build.ts";
import { canonical } from "../model/canonical.ts";
import { parseTemplate, type Template } from "../model/template.ts";
import type { ProgramResult } from "../ports.ts";
import { checkpoint, type LocalWork, type Work } from "../work.ts";

/** What was built, or taken from an earlier job. */
export interface Built {
  readonly templateFile: string;
  readonly template: Template;
  readonly digest: string;
}

/** The source template: the input, or the first of the names that the SAM CLI looks for. */
export function sourceTemplate({ config, files }: LocalWork): string {
  const names = config.values.template === undefined ? ["template.yaml", "template.yml", "template.json"] : [config.values.template];
  const found = names.find((name) => files.read(name) !== undefined);
  if (found !== undefined) return found;
  throw inputTrouble(
    config.values.template === undefined
      ? "template: there is no template.yaml, template.yml or template.json in the working directory."
      : `template: there is no file ${oneLine(config.values.template, 120)}.`,
    "Check the repository out before this step, or name the file:\nwith:\n  template: backend/template.yaml",
  );
}

/** What the linter says: it is awaited before anything changes, and works beside everything that does not. */
export interface Linting {
  readonly done: Promise<Trouble | undefined>;
}

/** Runs `sam validate` beside the build. Its trouble is kept until it is asked for. */
export function startLinting(work: LocalWork, template: string): Linting {
  const { config, sam, base } = work;
  // Without --lint the SAM CLI asks IAM for the managed policies, so a job without credentials could not run it.
  const lint = config.values.lint || config.mode === "build";
  const done = sam
    .validate(template, lint, base.cancelled)
    .then((result) => lintTrouble(work, template, lint, result))
    .catch((error: unknown) =>
      error instanceof Trouble ? error : deploymentTrouble(`sam validate could not run: ${(error as Error).message}`),
    );
  return { done };
}

/** The linter fails on warnings too; only its errors stop a deployment. */
function lintTrouble({ base }: LocalWork, template: string, lint: boolean, { code, output }: ProgramResult): Trouble | undefined {
  if (code === 0) return undefined;
  if (!lint && /ListPolicies/.test(output)) {
    base.journal.say(
      "sam validate may not list IAM's managed policies (iam:ListPolicies); CloudFormation judges the template when the change set is made.",
    );
    return undefined;
  }
  const matches = [...output.matchAll(/\[\[?([EWI])(\d{4}): ([^\]]*)\]?([^[]*)/g)];
  const errors = matches.filter(([, level]) => level === "E");
  if (lint && matches.length > 0 && errors.length === 0) {
    for (const [whole] of matches) base.journal.annotate("warning", oneLine(whole, 400), { title: "sam validate", file: template });
    return undefined;
  }
  return new Trouble(
    problem(
      "deployment",
      `sam validate refuses ${template}: ${oneLine(errors.length > 0 ? errors.map(([whole]) => whole).join(" · ") : lastLines(output), 1200)}`,
      "Mend the template; the rules: https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md. Nothing was changed.",
    ),
  );
}

/** `sam build`, and the list of what it made. */
export async function build(work: LocalWork, source: string): Promise<Built> {
  const { config, files, sam, base } = work;
  const directory = config.values["build-directory"];
  const result = await sam.build(source, directory, base.cancelled);
  checkpoint(work);
  if (result.code !== 0)
    throw deploymentTrouble(`sam build failed: ${lastLines(result.output)}`, "Its output stands above. Nothing was changed.");
  const templateFile = `${directory}/template.yaml`;
  const text = files.read(templateFile);
  if (text === undefined) throw deploymentTrouble(`sam build left no ${templateFile}.`);
  const template = parseTemplate(text, templateFile);
  const manifest = manifestOf(await files.list(directory));
  files.write(`${directory}/${manifestName}`, `${canonical(manifest)}\n`);
  if (config.mode === "build")
    for (const path of filesOutside(template))
      base.journal.annotate(
        "warning",
        `${path} lies outside of ${directory}: it does not travel with the build, and the job that deploys by digest refuses it.`,
      );
  return { templateFile, template, digest: buildDigest(manifest) };
}

/** Takes a build of an earlier job, after making sure that every file in it is what was built. */
export async function takeBuild({ config, files, base }: LocalWork, wanted: string): Promise<Built> {
  const directory = config.values["build-directory"];
  const text = files.read(`${directory}/${manifestName}`);
  const manifest = text === undefined ? undefined : parseManifest(text);
  if (manifest === undefined)
    throw inputTrouble(
      `build-directory: ${directory} holds no build (${manifestName} is missing or not readable).`,
      "Upload it in the building job and download it here. actions/upload-artifact leaves hidden folders out:\nwith:\n  include-hidden-files: true",
    );
  if (buildDigest(manifest) !== wanted)
    throw deploymentTrouble(
      `build-digest: the build in ${directory} has the digest ${buildDigest(manifest)}, not ${wanted}. Nothing was changed.`,
      "Hand on the output build-digest of the job that built this directory; if that is so, the artefact was exchanged on its way.",
    );
  const difference = compareBuild(manifest, await files.list(directory));
  const wrong = differenceText(difference);
  if (wrong !== "")
    throw deploymentTrouble(`build-digest: the files in ${directory} are not those that were built: ${wrong}. Nothing was changed.`);
  for (const path of difference.notExecutable) files.makeExecutable(`${directory}/${path}`);
  if (difference.notExecutable.length > 0)
    base.journal.say(`made executable again, as they were built: ${difference.notExecutable.join(", ")}`);
  const templateFile = `${directory}/template.yaml`;
  const template = parseTemplate(files.read(templateFile) ?? "", templateFile);
  const outside = filesOutside(template);
  if (outside.length > 0)
    throw deploymentTrouble(
      `build-digest: the built template takes files from outside of ${directory}, which the digest does not cover: ${outside.join(", ")}.`,
      "Move them into a folder that sam build copies, or deploy without build-digest.",
    );
  return { templateFile, template, digest: wanted };
}

function differenceText({ missing, changed, added }: BuildDifference): string {
  const part = (what: string, paths: readonly string[]): string =>
    paths.length === 0
      ? ""
      : `${what} ${paths
          .slice(0, 5)
          .map((path) => oneLine(path, 120))
          .join(", ")}${paths.length > 5 ? `, … (${paths.length})` : ""}`;
  return [part("missing:", missing), part("changed:", changed), part("not from the build:", added)].filter((one) => one !== "").join("; ");
}

/** `sam package`: uploads the code and gives the template that names it. */
export async function packageBuild(work: Work, { templateFile }: Built): Promise<Template> {
  const { files, sam, samConfig, region, base } = work;
  const outputFile = files.temporary("packaged.yaml");
  const { bucket, prefix, kmsKey, imageRepository, imageRepositories, signingProfiles } = samConfig;
  const request = {
    templateFile,
    outputFile,
    region,
    bucket,
    resolveBucket: bucket === undefined,
    prefix,
    kmsKey,
    imageRepository,
    imageRepositories,
    signingProfiles,
  };
  const result = await sam.package(request, base.cancelled);
  checkpoint(work);
  const text = files.read(outputFile);
  if (result.code !== 0 || text === undefined)
    throw deploymentTrouble(`sam package failed: ${lastLines(result.output)}`, "Its output stands above. The stack was not changed.");
  return parseTemplate(text, outputFile);
}

/** The last lines that say something. */
export function lastLines(output: string, count = 4): string {
  const said = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return oneLine(said.slice(-count).join(" "), 800) || "it said nothing";
}
