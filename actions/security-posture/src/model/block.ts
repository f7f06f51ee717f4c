import type { PublicAccessBlockConfiguration } from "@aws-sdk/client-s3";

const settings = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"] as const;

/** The settings that neither of the blocks of public access switches on. */
export const openIn = (...blocks: readonly (PublicAccessBlockConfiguration | undefined)[]): readonly string[] =>
  settings.filter((setting) => blocks.every((block) => block?.[setting] !== true));
