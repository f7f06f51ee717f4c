import { deploymentTrouble } from "@aws-deploy-actions/shared/problems";
import { canonical, sha256, shortDigest } from "../model/canonical.ts";
import { isSecretParameter, type ParameterSetting } from "../model/parameters.ts";
import {
  digestOfRelease,
  type KnownRelease,
  type PreviousRelease,
  type Release,
  type ReleaseContent,
  type ReleaseParameter,
  releaseTag,
  sameContent,
} from "../model/release.ts";
import type { StackSeen, Tags } from "../model/stack.ts";
import { artefactsOf, imagesOf, type Template } from "../model/template.ts";
import type { ReleaseStore } from "../ports.ts";
import type { Work } from "../work.ts";

/** How many releases `status` lists and a rollback can go back at most. */
const historyLimit = 30;

/** What a deployment is about to put into the stack. */
export interface Incoming {
  readonly template: Template;
  readonly settings: readonly ParameterSetting[];
  readonly capabilities: readonly string[];
  readonly tags: Tags;
  readonly restores?: string;
  /** Already known content: a rollback brings back exactly that. */
  readonly content?: ReleaseContent;
}

/**
 * Records what is about to be deployed and gives its digest, for the stack's tag. Where the deployed release has the same content, it is that one: the
 * tag stays, and CloudFormation sees no change.
 */
export async function recordRelease(work: Work, store: ReleaseStore, incoming: Incoming, seen: StackSeen | undefined): Promise<string> {
  const content = incoming.content ?? (await contentOf(work, incoming, seen));
  const head = await deployedRelease(store, seen);
  if (head !== undefined && incoming.restores === undefined && sameContent(head.release.content, content)) return head.digest;
  const release: Release = {
    ...origin(work),
    content,
    previous: seen === undefined || isEmpty(seen) ? undefined : await recordDeployed(work, store, seen, head),
    restores: incoming.restores,
  };
  const digest = digestOfRelease(release);
  await store.saveRecord(digest, canonical(release));
  return digest;
}

const isEmpty = ({ status }: StackSeen): boolean => status === "REVIEW_IN_PROGRESS";

function origin({ stackName, account, region, base }: Work): Omit<Release, "content" | "previous" | "restores"> {
  const { commit, repository, runId, runAttempt, actor } = base.context;
  return {
    version: 1,
    stack: stackName,
    account,
    region,
    created: new Date(base.clock.now() * 1000).toISOString(),
    commit,
    repository,
    run: `${runId}/${runAttempt}`,
    actor,
  };
}

async function contentOf(
  work: Work,
  { template, settings, capabilities, tags }: Incoming,
  seen: StackSeen | undefined,
): Promise<ReleaseContent> {
  const artefacts = await Promise.all(
    artefactsOf(template).map(async (place) => (await work.artefacts.look(place)) ?? { ...place, etag: "" }),
  );
  return {
    template: sha256(template.text),
    parameters: recordedParameters(template, settings, seen),
    capabilities: [...capabilities].sort(),
    tags,
    artefacts,
    images: imagesOf(template),
  };
}

function recordedParameters(
  template: Template,
  settings: readonly ParameterSetting[],
  seen: StackSeen | undefined,
): readonly ReleaseParameter[] {
  const stays = new Map(seen?.parameters.map(({ name, value }) => [name, value]));
  const set = new Map(settings.map((one) => [one.name, "value" in one ? one.value : stays.get(one.name)]));
  return template.parameters.map((parameter): ReleaseParameter => {
    const { name, defaultValue } = parameter;
    const value = set.has(name) ? set.get(name) : defaultValue;
    return isSecretParameter(parameter) || value === undefined || value === "****" ? { name, secret: true } : { name, value };
  });
}

/** The release that the stack's tag names; undefined where it has none, or its record is not in the bucket. */
async function deployedRelease(store: ReleaseStore, seen: StackSeen | undefined): Promise<KnownRelease | undefined> {
  const digest = seen?.tags[releaseTag];
  return digest === undefined ? undefined : await load(store, digest, undefined);
}

/** Keeps what is deployed now, as the stack itself shows it. A stack that was never recorded becomes a release by it. */
async function recordDeployed(work: Work, store: ReleaseStore, seen: StackSeen, head: KnownRelease | undefined): Promise<PreviousRelease> {
  const processed = await work.stack.processedTemplate();
  const processedTemplate = sha256(processed);
  await store.saveTemplate(processedTemplate, processed);
  if (head !== undefined) return { digest: head.digest, processedTemplate };
  const { parseTemplate } = await import("../model/template.ts");
  const template = parseTemplate(processed, work.stackName);
  const { [releaseTag]: _, ...tags } = seen.tags;
  const found: Incoming = {
    template,
    settings: seen.parameters.map(({ name }) => ({ name, previous: true as const })),
    capabilities: seen.capabilities,
    tags,
  };
  const release: Release = {
    ...origin(work),
    created: new Date(seen.updated * 1000).toISOString(),
    commit: "",
    run: "found in the stack",
    content: await contentOf(work, found, seen),
    previous: undefined,
    restores: undefined,
  };
  const digest = digestOfRelease(release);
  await store.saveRecord(digest, canonical(release));
  return { digest, processedTemplate };
}

async function load(store: ReleaseStore, digest: string, processedTemplate: string | undefined): Promise<KnownRelease | undefined> {
  const text = await store.loadRecord(digest);
  if (text === undefined) return undefined;
  if (sha256(text) !== digest)
    throw deploymentTrouble(
      `The record of release ${shortDigest(digest)} in the state bucket was changed after it was written: it does not fit its digest.`,
      "Find out who writes to the bucket. To go back without it, deploy the earlier commit: mode: deploy.",
    );
  return { digest, release: JSON.parse(text) as Release, processedTemplate };
}

/**
 * The releases that were deployed, the present one first: from the stack's tag back along the chain, each record checked against the digest that
 * the one after it holds.
 */
export async function history(store: ReleaseStore, seen: StackSeen | undefined): Promise<readonly KnownRelease[]> {
  const found: KnownRelease[] = [];
  let next = await deployedRelease(store, seen);
  while (next !== undefined && found.length < historyLimit) {
    found.push(next);
    const { previous } = next.release;
    next = previous === undefined ? undefined : await load(store, previous.digest, previous.processedTemplate);
  }
  return found;
}

/** After a success: keeps the processed template, so that the release can be brought back even if the stack is deleted. */
export async function keepProcessed(work: Work, store: ReleaseStore): Promise<void> {
  const processed = await work.stack.processedTemplate();
  await store.saveTemplate(sha256(processed), processed);
}

/** @throws Trouble naming what the bucket no longer has, or has changed */
export async function templateOf(store: ReleaseStore, { digest, processedTemplate }: KnownRelease): Promise<string> {
  const text = processedTemplate === undefined ? undefined : await store.loadTemplate(processedTemplate);
  if (text === undefined || sha256(text) !== processedTemplate)
    throw deploymentTrouble(
      `The template of release ${shortDigest(digest)} is ${text === undefined ? "no longer in the state bucket" : "not the one that was recorded"}.`,
      "Deploy the earlier commit instead: mode: deploy.",
    );
  return text;
}
