import { cbor } from "@smithy/core/cbor";
import type { Protocol } from "./identify.ts";

/** A request's parameters by their API names, lists as arrays. */
export type Params = Readonly<Record<string, unknown>>;

/** Decodes a body; one that cannot be decoded gives no parameters, for the service to complain about. */
export function readParams(protocol: Protocol, body: Buffer): Params {
  try {
    if (protocol === "query") return readQuery(body.toString("utf8"));
    const value: unknown = protocol === "cbor" ? cbor.deserialize(body) : JSON.parse(body.toString("utf8") || "{}");
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

/**
 * `Actions.member.1.Type=forward` → `{ Actions: [{ Type: "forward" }] }`.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
function readQuery(text: string): Params {
  const root: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (name === "Action" || name === "Version") continue;
    put(
      root,
      name.split(".").filter((part) => part !== "member"),
      value,
    );
  }
  return isRecord(root) ? (withArrays(root) as Params) : {};
}

function put(into: Record<string, unknown>, path: readonly string[], value: string): void {
  const [first = "", ...rest] = path;
  // A parameter's name is the caller's text: it must not reach the prototype.
  if (first === "__proto__") return;
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  const next = isRecord(into[first]) ? into[first] : {};
  into[first] = next;
  put(next, rest, value);
}

function withArrays(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, withArrays(item)] as const);
  const isList = entries.length > 0 && entries.every(([key]) => /^[1-9]\d*$/.test(key));
  return isList ? entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => item) : Object.fromEntries(entries);
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A parameter that must be text; undefined where it is missing or something else. */
export const textOf = (params: Params, name: string): string | undefined => {
  const value = params[name];
  return typeof value === "string" ? value : undefined;
};

/** A list parameter's texts. */
export const textsOf = (params: Params, name: string): readonly string[] => {
  const value = params[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
};
