import { digestOf, shortDigest } from "./canonical.ts";
import type { ParameterSetting } from "./parameters.ts";
import type { Tags } from "./stack.ts";

/** The stack tag that holds the digest of the deployed release. */
export const releaseTag = "deploy:release";

/** An object in S3 that a release needs to be deployed again. */
export interface Artefact {
  readonly bucket: string;
  readonly key: string;
  /** S3's entity tag: it changes with the content. */
  readonly etag: string;
}

/** A parameter of a release. A secret one is only named: a rollback leaves it at the value that the stack has. */
export type ReleaseParameter = { readonly name: string; readonly value: string } | { readonly name: string; readonly secret: true };

/** What makes two releases the same. */
export interface ReleaseContent {
  /** SHA-256 of the template that was given to CloudFormation. */
  readonly template: string;
  readonly parameters: readonly ReleaseParameter[];
  readonly capabilities: readonly string[];
  readonly tags: Tags;
  readonly artefacts: readonly Artefact[];
  readonly images: readonly string[];
}

/**
 * A release as it is kept. Its digest stands in a tag of the stack, and CloudFormation takes the tag back when an update fails: so the tag always
 * names the release that is really deployed, and the chain of `previous` from there holds the releases that succeeded, and no others.
 */
export interface Release {
  readonly version: 1;
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  readonly content: ReleaseContent;
  readonly previous: PreviousRelease | undefined;
  /** Digest of the release that this one brings back. */
  readonly restores: string | undefined;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly commit: string;
  readonly repository: string;
  readonly run: string;
  readonly actor: string;
}

export interface PreviousRelease {
  readonly digest: string;
  /**
   * SHA-256 of the template as CloudFormation processed it, read from the stack itself just before it was replaced. With it the whole record of the
   * past hangs on the one digest in the stack's tag, which the bucket cannot change.
   */
  readonly processedTemplate: string;
}

export const digestOfRelease = (release: Release): string => digestOf(release);
export const sameContent = (a: ReleaseContent, b: ReleaseContent): boolean => digestOf(a) === digestOf(b);

/** A release in its place in the history. */
export interface KnownRelease {
  readonly digest: string;
  readonly release: Release;
  /** undefined for the one that is deployed: its processed template is in the stack itself. */
  readonly processedTemplate: string | undefined;
}

/**
 * The release that a rollback without a name goes back to: the one before what is deployed now. Where that is itself a rollback, the
 * one before the release it brought back: a second rollback goes one further and does not swing forward again.
 *
 * @param history the deployed release first
 */
export function releaseBefore(history: readonly KnownRelease[]): KnownRelease | undefined {
  const [head] = history;
  if (head === undefined) return undefined;
  const effective = origin(head, history);
  const at = history.indexOf(effective);
  return history.slice(at + 1).find((one) => !sameContent(one.release.content, effective.release.content));
}

/** The release whose content this one carries: itself, or what it restores. */
function origin(one: KnownRelease, history: readonly KnownRelease[]): KnownRelease {
  const restored = history.find(({ digest }) => digest === one.release.restores);
  return restored === undefined ? one : origin(restored, history);
}

/** Finds a release by the beginning of its digest, or by its commit. */
export function findRelease(history: readonly KnownRelease[], wanted: string): readonly KnownRelease[] {
  return history.filter(
    ({ digest, release }) =>
      digest.startsWith(wanted) || (release.restores === undefined && wanted.length >= 7 && release.commit.startsWith(wanted)),
  );
}

/** What the change set of a rollback is given for each parameter. */
export function settingsOfRelease(
  { content }: Release,
  given: ReadonlyMap<string, string>,
  existing: ReadonlySet<string>,
): { readonly settings: readonly ParameterSetting[]; readonly missing: readonly string[] } {
  const settings: ParameterSetting[] = [];
  const missing: string[] = [];
  for (const one of content.parameters) {
    const value = given.get(one.name);
    if ("value" in one) settings.push({ name: one.name, value: one.value });
    else if (value !== undefined) settings.push({ name: one.name, value });
    else if (existing.has(one.name)) settings.push({ name: one.name, previous: true });
    else missing.push(one.name);
  }
  return { settings, missing };
}

/** `3f9a1c20b7d4 · 2026-11-22T04:48:01Z · commit 1a2b3c4 · by octocat`. */
export function describeRelease({ digest, release }: KnownRelease): string {
  const facts = [
    shortDigest(digest),
    release.created.replace(/\.\d+Z$/, "Z"),
    release.commit === "" ? "commit unknown" : `commit ${release.commit.slice(0, 7)}`,
    release.actor === "" ? undefined : `by ${release.actor}`,
    release.restores === undefined ? undefined : `brought back ${shortDigest(release.restores)}`,
  ];
  return facts.filter((fact) => fact !== undefined).join(" · ");
}
