import type { Seconds } from "@aws-deploy-actions/shared/units";
import { AwsError } from "./answers.ts";
import type { ApiCall } from "./identify.ts";

/** What goes wrong with a call. Times are in the cloud's (possibly compressed) seconds. */
export type Fault =
  /** Rate exceeded; nothing was applied. */
  | { readonly kind: "throttle" }
  /** AWS's own trouble; nothing was applied. */
  | { readonly kind: "server-error"; readonly status?: 500 | 502 | 503 }
  | { readonly kind: "access-denied" }
  /** Applied, answered late. */
  | { readonly kind: "delay"; readonly seconds: Seconds }
  /** Not applied, not answered: the connection stays open and silent, then is cut. Default: 600 s. */
  | { readonly kind: "silence"; readonly seconds?: Seconds }
  /** Applied, and the connection cut before the answer. */
  | { readonly kind: "reply-lost" }
  /** The connection cut before anything was applied. */
  | { readonly kind: "cut" }
  /** Any error by its code; nothing was applied. */
  | { readonly kind: "error"; readonly code: string; readonly message: string; readonly status: number };

/** Which calls a fault meets. What is left out matches everything. */
export interface FaultRule {
  readonly service?: string;
  readonly operation?: string | RegExp;
  /** Only calls for which this holds. */
  readonly when?: (call: ApiCall) => boolean;
  /** Of the matching calls, the first one that is met, counted from 1. Default 1. */
  readonly nth?: number;
  /** How many are met from then on. Default: 1. `Infinity` until removed. */
  readonly times?: number;
  readonly fault: Fault;
}

/** The faults that are set: several may wait for the same call, the first that fits is applied. */
export interface Faults {
  /** @returns a function that takes the fault away again */
  inject(rule: FaultRule): () => void;
  clear(): void;
  /** For the proxy: the fault that this call meets. Counts the call. */
  take(call: ApiCall): Fault | undefined;
}

export function createFaults(): Faults {
  const rules: { readonly rule: FaultRule; seen: number }[] = [];
  return {
    inject: (rule) => {
      const entry = { rule, seen: 0 };
      rules.push(entry);
      return () => {
        const at = rules.indexOf(entry);
        if (at >= 0) rules.splice(at, 1);
      };
    },
    clear: () => {
      rules.length = 0;
    },
    take: (call) => {
      let met: Fault | undefined;
      for (const entry of rules) {
        if (!matches(entry.rule, call)) continue;
        entry.seen += 1;
        const first = entry.rule.nth ?? 1;
        if (met === undefined && entry.seen >= first && entry.seen < first + (entry.rule.times ?? 1)) met = entry.rule.fault;
      }
      return met;
    },
  };
}

function matches(rule: FaultRule, call: ApiCall): boolean {
  if (rule.service !== undefined && rule.service !== call.service) return false;
  if (typeof rule.operation === "string" && rule.operation !== call.operation) return false;
  if (rule.operation instanceof RegExp && !rule.operation.test(call.operation)) return false;
  return rule.when?.(call) ?? true;
}

/** The error that a fault answers with, in the words of the service; undefined for faults of the connection. */
export function faultError(fault: Fault, call: ApiCall): AwsError | undefined {
  switch (fault.kind) {
    case "throttle":
      return throttled(call);
    case "server-error":
      return new AwsError(
        serverErrorCode(call),
        "An internal error has occurred. Try your query again at a later time.",
        fault.status ?? 500,
      );
    case "access-denied":
      return denied(call);
    case "error":
      return new AwsError(fault.code, fault.message, fault.status);
    case "delay":
    case "silence":
    case "reply-lost":
    case "cut":
      return undefined;
  }
}

/** The codes differ by service; the SDK knows them all as throttling: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
export function throttled(call: ApiCall): AwsError {
  if (call.service === "ec2") return new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503);
  if (call.service === "s3") return new AwsError("SlowDown", "Please reduce your request rate.", 503);
  if (call.service === "dynamodb") return new AwsError("ThrottlingException", "Rate of requests exceeds the allowed throughput.", 400);
  // The load balancers' page names the same code as JSON services have; other Query services keep the old one.
  const isOld = call.protocol === "query" && call.service !== "elasticloadbalancing";
  return new AwsError(isOld ? "Throttling" : "ThrottlingException", "Rate exceeded", 400);
}

function serverErrorCode(call: ApiCall): string {
  if (call.service === "ecs" || call.service === "ecr") return "ServerException";
  if (call.service === "secretsmanager") return "InternalServiceError";
  if (call.service === "s3") return "InternalError";
  return call.protocol === "query" || call.protocol === "ec2-query" ? "InternalFailure" : "InternalServerException";
}

function denied(call: ApiCall): AwsError {
  const action = `${call.service}:${call.operation}`;
  const message = `User: arn:aws:sts::123456789012:assumed-role/deploy/session is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
  if (call.protocol === "ec2-query") return new AwsError("UnauthorizedOperation", message, 403);
  const isXml = call.protocol === "query" || call.protocol === "rest-xml";
  return new AwsError(isXml ? "AccessDenied" : "AccessDeniedException", message, isXml ? 403 : 400);
}
