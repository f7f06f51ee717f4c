import { type Redact, redactDeep, redactor } from "@aws-deploy-actions/shared/findings/redact";
import type { Score } from "../decide/score.ts";
import type { CheckResult } from "../model/check.ts";
import type { Answered } from "../ports.ts";

/** Who, where and when: what an auditor asks first. */
export interface About {
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly account: string;
  readonly region: string;
  readonly identity: string;
  readonly application: string;
  readonly environment: string;
  readonly environmentClass: string;
  readonly profile: string;
  readonly strict: boolean;
  readonly commit: string;
  readonly run: string | undefined;
}

/**
 * The evidence: outcome of every check, and the answers that it was judged by, as AWS gave them; only values that may be secrets are left out:
 * those of environment variables, commands, labels, and of a stack's parameters and outputs.
 */
export function evidenceOf(
  about: About,
  outcome: string,
  score: Score,
  results: readonly CheckResult[],
  answers: readonly Answered[],
): string {
  const looks = redactor([]);
  const checks = results.map(({ check, state, subjects, remarks }) => ({
    id: check.id,
    title: check.title,
    state,
    controls: check.controls,
    prowler: check.prowler,
    subjects,
    remarks: remarks.map((one) => redactDeep(one, looks)),
  }));
  const told = answers.map(({ call, region, input, answer, error }) => ({
    call,
    region,
    input: withoutValues(input, looks),
    ...(answer === undefined ? {} : { answer: withoutValues(withoutMetadata(answer), looks) }),
    ...(error === undefined ? {} : { error: looks(error) }),
  }));
  return `${JSON.stringify({ format: 1, ...about, outcome, score: score.text, checks, answers: told }, null, 2)}\n`;
}

const withoutMetadata = (answer: object): object => Object.fromEntries(Object.entries(answer).filter(([name]) => name !== "$metadata"));

const left = "[left out]";
/** Members whose texts may be secrets, wherever they stand. */
const lists = new Set(["command", "entryPoint", "Command", "EntryPoint"]);
const maps = new Set(["Variables", "dockerLabels"]);
const pairs = new Set(["environment", "Parameters", "Outputs"]);

/** The same structure without values that may be secrets. Names stay: they say what there is. */
export function withoutValues(value: unknown, looks: Redact): unknown {
  if (typeof value === "string") return looks(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => withoutValues(item, looks));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (lists.has(name)) return [name, Array.isArray(inner) ? inner.map(() => left) : left];
      if (maps.has(name) && isMap(inner)) return [name, Object.fromEntries(Object.keys(inner).map((key) => [key, left]))];
      if (pairs.has(name) && Array.isArray(inner)) return [name, inner.map((one) => withoutPair(one, looks))];
      return [name, withoutValues(inner, looks)];
    }),
  );
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Parameters of a database, which a check judges: settings, no secrets. */
const settings = new Set(["rds.force_ssl", "require_secure_transport"]);

/** A `{name, value}`, a stack's `{ParameterKey, ParameterValue}` or `{OutputKey, OutputValue}`. */
function withoutPair(pair: unknown, looks: Redact): unknown {
  if (!isMap(pair)) return left;
  if (settings.has(String(pair["ParameterName"]))) return pair;
  return Object.fromEntries(Object.entries(pair).map(([name, inner]) => [name, /value$/i.test(name) ? left : withoutValues(inner, looks)]));
}
