import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { deploymentTrouble, inputTrouble } from "@aws-deploy-actions/shared/problems";
import { formatDuration } from "@aws-deploy-actions/shared/units";
import { shortDigest } from "../model/canonical.ts";
import { isSecretParameter } from "../model/parameters.ts";
import {
  type Artefact,
  describeRelease,
  findRelease,
  type KnownRelease,
  releaseBefore,
  releaseTag,
  sameContent,
  settingsOfRelease,
} from "../model/release.ts";
import type { StackSeen } from "../model/stack.ts";
import { parseTemplate } from "../model/template.ts";
import type { ChangeSetRequest, ReleaseStore } from "../ports.ts";
import { simpleResult, unchangedResult } from "../report/results.ts";
import type { Work } from "../work.ts";
import { checkProtected, review } from "./change.ts";
import { change, changeSetBasics } from "./deploy.ts";
import { prepare } from "./prepare.ts";
import { history, recordRelease, templateOf } from "./releases.ts";

/** Brings back a recorded release exactly: its processed template, its code, its parameters. Secret parameters stay as they are. */
export async function rollback(work: Work, store: ReleaseStore): Promise<ActionResult> {
  const { config, stackName, base } = work;
  const prepared = await prepare(work, "rollback", (updating) => isThisRollback(work, store, updating));
  const { seen } = prepared;
  if (seen === undefined) throw deploymentTrouble(`There is no stack ${stackName}.`);
  // The stack itself was going back already: one release further would be one too many.
  if (prepared.wentBack && config.values.release === undefined)
    return simpleResult(work, seen, {
      outcome: "deployed",
      ok: true,
      reason: `${prepared.done.join(" ")} The update of ${stackName} was taken back; users see the release from before.`.trim(),
    });
  if (prepared.letThrough && config.values.release === undefined && seen.status === "UPDATE_COMPLETE")
    return simpleResult(work, seen, {
      outcome: "deployed",
      ok: true,
      reason: `A rollback of ${stackName} was in progress already, and has ended; users see the release from before.`,
    });
  const known = await history(store, seen);
  const target = chooseRelease(work, known);
  base.journal.say(`going back to release ${describeRelease(target)}`);
  const context = { work, built: undefined, prepared: prepared.done, drifted: [], findings: [] };
  if (isDeployed(work, known, target)) return unchangedResult(context, seen);
  await mustHaveArtefacts(work, target);
  const request = await rollbackRequest(work, store, target, seen);
  const reviewed = await base.journal.group("Change set", () => review(work, request));
  if (reviewed === undefined) return unchangedResult(context, seen);
  base.journal.say(reviewed.summary);
  checkProtected(work, reviewed.changes);
  return await change(context, reviewed);
}

/** Whether the update in progress is a rollback that this one asks for too: one whose runner was lost, for example. */
async function isThisRollback({ config }: Work, store: ReleaseStore, updating: StackSeen): Promise<boolean> {
  const [incoming] = await history(store, updating);
  const restores = incoming?.release.restores;
  return restores !== undefined && (config.values.release === undefined || restores.startsWith(config.values.release));
}

function chooseRelease({ config, stackName }: Work, known: readonly KnownRelease[]): KnownRelease {
  const wanted = config.values.release;
  if (known.length === 0)
    throw deploymentTrouble(
      `No release of ${stackName} is recorded in the state bucket: its tag ${releaseTag} names none there.`,
      "Releases are recorded from the first deployment with state-bucket on. Until then deploy the earlier commit: mode: deploy.",
    );
  if (wanted === undefined) {
    const before = releaseBefore(known);
    if (before === undefined)
      throw deploymentTrouble(`There is no release of ${stackName} before the one that is deployed.`, "mode: status lists the releases.");
    return before;
  }
  const found = findRelease(known, wanted);
  const list = known.map(describeRelease).join("\n");
  const [only] = found;
  if (only === undefined) throw inputTrouble(`release: no release of ${stackName} begins with ${wanted}.`, `There are:\n${list}`);
  if (found.length > 1)
    throw inputTrouble(`release: ${wanted} fits ${found.length} releases of ${stackName}; give more digits.`, `There are:\n${list}`);
  return only;
}

/**
 * Whether the target is what is deployed already: it is the newest release, or the newest brought just it back. A rollback without a name that is
 * run again within the same workflow run is the same rollback: its first try went through, and only its runner was lost.
 */
function isDeployed({ config, base }: Work, known: readonly KnownRelease[], target: KnownRelease): boolean {
  const [head] = known;
  if (head === undefined || head === target || sameContent(head.release.content, target.release.content)) return true;
  const { runId } = base.context;
  return (
    config.values.release === undefined && head.release.restores !== undefined && runId !== "" && head.release.run.startsWith(`${runId}/`)
  );
}

/** CloudFormation would only notice in the middle of the update. */
async function mustHaveArtefacts(work: Work, { digest, release }: KnownRelease): Promise<void> {
  const looks = await Promise.all(
    release.content.artefacts.map(
      async (artefact): Promise<readonly [Artefact, Artefact | undefined]> => [artefact, await work.artefacts.look(artefact)],
    ),
  );
  const gone = looks.filter(([, now]) => now === undefined).map(([{ bucket, key }]) => `s3://${bucket}/${key}`);
  const changed = looks
    .filter(([was, now]) => now !== undefined && was.etag !== "" && was.etag !== now.etag)
    .map(([{ bucket, key }]) => `s3://${bucket}/${key}`);
  if (gone.length + changed.length === 0) return;
  const parts = [gone.length > 0 ? `gone: ${gone.join(", ")}` : "", changed.length > 0 ? `other than recorded: ${changed.join(", ")}` : ""];
  throw deploymentTrouble(
    `Release ${shortDigest(digest)} cannot be brought back exactly; code packages are ${parts.filter(Boolean).join("; ")}. Nothing was changed.`,
    `Deploy its commit ${release.commit.slice(0, 12) || "anew"} instead, and keep code packages longer than ${formatDuration(30 * 86_400)} in the bucket's lifecycle rule.`,
  );
}

async function rollbackRequest(work: Work, store: ReleaseStore, target: KnownRelease, seen: StackSeen): Promise<ChangeSetRequest> {
  const text = await templateOf(store, target);
  const template = parseTemplate(text, `release ${shortDigest(target.digest)}`);
  const { content } = target.release;
  const { settings, missing } = settingsOfRelease(target.release, work.config.parameters, new Set(seen.parameters.map(({ name }) => name)));
  if (missing.length > 0)
    throw inputTrouble(
      `Release ${shortDigest(target.digest)} needs ${missing.join(", ")}: secret values are not recorded, and the stack no longer has them.`,
      `with:\n  parameter-overrides: |\n${missing.map((name) => `    ${name}=…`).join("\n")}`,
    );
  for (const one of settings)
    if ("value" in one && template.parameters.some((parameter) => parameter.name === one.name && isSecretParameter(parameter)))
      work.base.runner.mask(one.value);
  const { capabilities, tags } = content;
  const release = await recordRelease(work, store, { template, settings, capabilities, tags, content, restores: target.digest }, seen);
  return {
    ...changeSetBasics(work),
    type: "UPDATE",
    template: new TextEncoder().encode(text).length <= 51_200 ? { body: text } : { url: store.templateUrl(target.processedTemplate ?? "") },
    parameters: settings,
    tags: { ...tags, [releaseTag]: release },
    capabilities,
    nested: false,
  };
}
