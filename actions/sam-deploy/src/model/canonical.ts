import { createHash } from "node:crypto";

/** JSON with sorted keys and nothing that depends on how it was made: the same content has the same text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const pairs = Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`);
    return `{${pairs.join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}

/** SHA-256 as 64 hexadecimal digits. */
export const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

export const digestOf = (value: unknown): string => sha256(canonical(value));

/** How a digest is shown to people, and the least that they may give back. */
export const shortDigest = (digest: string): string => digest.slice(0, 12);
