// Input sets as people get them wrong: right values, near misses, other inputs' values, and text that wants to break something.
import type { Field } from "@aws-deploy-actions/shared/action/fields";
import fc from "fast-check";
import type { InputsOf } from "./actions.ts";

/** Values that are right for some input, so that whole sets are right now and then. */
const plausible = [
  "shop",
  "staging",
  "production",
  "eu-central-1",
  "true",
  "false",
  "0",
  "1",
  "10",
  "90s",
  "5m",
  "1h",
  "10%:5m,50%:5m",
  "deploy",
  "plan",
  "status",
  "resume",
  "validate",
  "rotate",
  "set",
  "apply",
  "build",
  "rollback",
  "canary",
  "linear",
  "all",
  "auto",
  "high",
  "never",
  "p95",
  "container",
  "serverless",
  "immediate",
  "graceful",
  "app=123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v2",
  "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v2",
  "arn:aws:iam::123456789012:role/deploy",
  "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop/1/2",
  "arn:aws:sns:eu-central-1:123456789012:news",
  "123456789012",
  "https://example.com/health",
  "web https://example.com/health status=200 $.status=ok",
  "X-Preview: green",
  '["npm", "run", "migrate"]',
  "app/LOG_LEVEL=info",
  "Name=value",
  '{"Name": "value"}',
  "shop-staging",
  "Mon-Fri 09:00-17:00 Europe/Berlin",
];

const hostile = [
  "\n",
  "a\nb",
  "\0",
  "::error::x",
  "$(id)",
  "`id`",
  "'; drop table x; --",
  "../../../etc/passwd",
  "-1",
  "1e999",
  "NaN",
  "999999999999999999999",
  "٣",
  "null",
  "undefined",
  "__proto__",
  "constructor",
  "{}",
  "[]",
  "[[",
  '{"__proto__": 1}',
  "%",
  "10%",
  "50%:5m,10%:5m",
  ",,,,",
  "=",
  "a=",
  "=b",
  "\u202e",
  "\u001b[31m",
  "arn:",
  "arn:aws:iam::1:role/",
  "http://169.254.169.254/",
  "file:///etc/passwd",
  `${"a".repeat(5000)}!`,
  `${"a-".repeat(3000)}=`,
  `${"1.".repeat(2000)}`,
  "\n".repeat(2000),
  "😀",
];

const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...plausible) },
  { weight: 3, arbitrary: fc.constantFrom(...hostile) },
  { weight: 2, arbitrary: fc.string({ maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...plausible, ...hostile), { maxLength: 4 }).map((lines) => lines.join("\n")) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...plausible), fc.constantFrom(...hostile)).map(([right, wrong]) => right + wrong) },
);

/** What each input takes by itself; whole sets of these get as far as the conditions across inputs. */
function fitting(field: Field<unknown>): readonly string[] {
  return plausible.filter((one) => {
    try {
      field.parse(one);
      return true;
    } catch {
      return false;
    }
  });
}

/** Given in most sets: without them nothing else is looked at. */
const usual: Readonly<Record<string, string>> = {
  application: "shop",
  environment: "staging",
  "aws-region": "eu-central-1",
  image: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v2",
  "secret-ids": "shop-staging",
  reason: "errors since the last deployment",
  confirm: "staging",
};

/** Some of the action's inputs: now right by themselves, now with any values. */
export function inputSets({ spec }: InputsOf): fc.Arbitrary<Readonly<Record<string, string>>> {
  const right = Object.entries(spec).flatMap(([name, field]) => fitting(field).map((one): readonly [string, string] => [name, one]));
  const base = Object.fromEntries(Object.entries(usual).filter(([name]) => name in spec));
  const sets = <T extends readonly [string, string]>(pair: fc.Arbitrary<T>, maxLength: number) =>
    fc.uniqueArray(pair, { selector: ([name]) => name, maxLength }).map((pairs) => Object.fromEntries(pairs));
  const anything = fc.tuple(fc.constantFrom(...Object.keys(spec)), value);
  return fc.oneof(
    { weight: 3, arbitrary: sets(fc.constantFrom(...right), 6).map((set) => ({ ...base, ...set })) },
    {
      weight: 1,
      arbitrary: fc.tuple(sets(fc.constantFrom(...right), 6), sets(anything, 1)).map(([set, one]) => ({ ...base, ...set, ...one })),
    },
    { weight: 1, arbitrary: sets(anything, 12) },
  );
}
