import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import jsep from "jsep";
import type { Datapoint } from "./store.ts";

/** A number, or one per period. */
type Value = number | ReadonlyMap<Instant, number>;

interface Range {
  readonly from: Instant;
  readonly to: Instant;
  readonly period: Seconds;
}

/**
 * Metric math, as far as alarms on load balancers need it: + - * /, FILL, SUM, MAX, MIN, ABS.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 *
 * @throws Error for what it does not know
 */
export function evaluateMath(expression: string, series: ReadonlyMap<string, readonly Datapoint[]>, range: Range): readonly Datapoint[] {
  const value = evaluate(jsep(expression), series, range);
  const points = typeof value === "number" ? filled(new Map(), value, range) : value;
  return [...points].map(([at, one]) => ({ at, value: one })).sort((a, b) => a.at - b.at);
}

function evaluate(node: jsep.Expression, series: ReadonlyMap<string, readonly Datapoint[]>, range: Range): Value {
  switch (node.type) {
    case "Literal":
      return Number((node as jsep.Literal).value);
    case "Identifier": {
      const { name } = node as jsep.Identifier;
      const points = series.get(name);
      if (points === undefined) throw new Error(`metric math: there is no metric "${name}"`);
      return new Map(points.map(({ at, value }) => [at, value]));
    }
    case "UnaryExpression": {
      const { operator, argument } = node as jsep.UnaryExpression;
      if (operator !== "-") throw new Error(`metric math: unknown operator ${operator}`);
      return combine(0, evaluate(argument, series, range), (a, b) => a - b);
    }
    case "BinaryExpression": {
      const { operator, left, right } = node as jsep.BinaryExpression;
      const operation = operations[operator];
      if (operation === undefined) throw new Error(`metric math: unknown operator ${operator}`);
      return combine(evaluate(left, series, range), evaluate(right, series, range), operation);
    }
    case "CallExpression":
      return call(node as jsep.CallExpression, series, range);
    default:
      throw new Error(`metric math: ${node.type} is not supported`);
  }
}

const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  // What is divided by zero is no data.
  "/": (a, b) => (b === 0 ? Number.NaN : a / b),
};

function call({ callee, arguments: given }: jsep.CallExpression, series: ReadonlyMap<string, readonly Datapoint[]>, range: Range): Value {
  const name = String((callee as jsep.Identifier).name).toUpperCase();
  const values = given.map((one) => evaluate(one, series, range));
  const [first = 0, second = 0] = values;
  switch (name) {
    case "FILL":
      return typeof first === "number" ? first : filled(first, typeof second === "number" ? second : 0, range);
    case "ABS":
      return combine(first, 0, (a) => Math.abs(a));
    case "SUM":
      return values.reduce((a, b) => combine(a, b, (x, y) => x + y));
    case "MAX":
      return values.reduce((a, b) => combine(a, b, Math.max));
    case "MIN":
      return values.reduce((a, b) => combine(a, b, Math.min));
    default:
      throw new Error(`metric math: ${name} is not supported`);
  }
}

/** Two series give a value where both have one. */
function combine(left: Value, right: Value, operation: (a: number, b: number) => number): Value {
  if (typeof left === "number" && typeof right === "number") return operation(left, right);
  const times = typeof left === "number" ? [...(right as ReadonlyMap<Instant, number>).keys()] : [...left.keys()];
  const at = (value: Value, time: Instant): number | undefined => (typeof value === "number" ? value : value.get(time));
  return new Map(
    times.flatMap((time) => {
      const [a, b] = [at(left, time), at(right, time)];
      const result = a === undefined || b === undefined ? Number.NaN : operation(a, b);
      return Number.isFinite(result) ? [[time, result] as const] : [];
    }),
  );
}

function filled(points: ReadonlyMap<Instant, number>, value: number, { from, to, period }: Range): ReadonlyMap<Instant, number> {
  const all = new Map(points);
  for (let at = Math.ceil(from / period) * period; at < to; at += period) if (!all.has(at)) all.set(at, value);
  return all;
}
