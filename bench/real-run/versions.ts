import type { ImageEntry } from "@aws-deploy-actions/local-cloud/ecs/images";

/** What is deployed, and how each of its deployments must end. */
export interface Version {
  /** What it does: "a version that …". */
  readonly name: string;
  readonly expected: "succeeded" | "rolled-back" | "failed";
  /** The release of the example application that it is made of. */
  readonly release: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Answers of the slow version take longer than that; in the cloud's time. */
export const maxResponseTime = "20s";

const good = { expected: "succeeded", release: "v2", environment: {} } as const;
const goodOnes: readonly Version[] = [
  { ...good, name: "is good" },
  { ...good, name: "is good too" },
];
const badOnes: readonly Version[] = [
  { name: "crashes at its start", expected: "failed", release: "v4", environment: {} },
  { name: "fails a third of its pages", expected: "rolled-back", release: "v2", environment: { FAIL_PERCENT: "34" } },
  // Less than the drain time: what is under way when users are put back must be able to end.
  { name: "is slow", expected: "rolled-back", release: "v2", environment: { RESPONSE_DELAY_MS: "27000" } },
  // A minute of the cloud's: it has users by then.
  { name: "loses its database", expected: "rolled-back", release: "v2", environment: { LOSE_DATABASE_AFTER_SECONDS: "60" } },
];

/** Good and bad ones in turn. @param live the name of what users are on: a good one is another, or there would be nothing to change */
export function versionOf(index: number, live?: string): Version {
  const version = index % 2 === 0 ? goodOnes.find(({ name }) => name !== live) : badOnes[Math.floor(index / 2) % badOnes.length];
  if (version === undefined) throw new Error(`there is no version for turn ${index}`);
  return version;
}

/** Its image. @param images of the example application */
export function imageOf({ name, release, environment }: Version, images: readonly ImageEntry[]): ImageEntry {
  const base = images.find((image) => image.tag === release);
  if (base === undefined) throw new Error(`the example application has no ${release}`);
  const tag = name.replaceAll(" ", "-");
  return { ...base, tag, environment: { ...environment, RUN_VERSION: tag } };
}
