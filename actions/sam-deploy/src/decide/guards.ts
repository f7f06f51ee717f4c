import type { EnvironmentClass } from "@aws-deploy-actions/shared/aws/settings";
import { type Problem, problem } from "@aws-deploy-actions/shared/problems";
import { belongs, keyClassOf } from "@aws-deploy-actions/shared/secrets/key-class";
import { placeholderKind } from "@aws-deploy-actions/shared/secrets/placeholder/detect";
import type { ParameterSetting } from "../model/parameters.ts";
import type { StackParameter } from "../model/stack.ts";
import type { Template } from "../model/template.ts";

/** Parameters in which a stand-in is a mistake; in others "example" may be meant. */
const mustBeReal = /(key|client.?id|project.?id|secret|token|password)$/i;
/** Parameters that hold a key of Stripe's, which tells test and live apart by its prefix: https://docs.stripe.com/keys */
const stripeKey = /stripe.*(secret|publishable|restricted).*key|stripe.*key/i;
const domainName = /domain.?name/i;
const certificate = /certificate.*arn|cert.*arn/i;
const environmentName = /^(environment|stage|env|stagename)$/i;

/**
 * What must be so before a stack of this class may change: live keys, custom domain and certificate in production, no test keys there; no live
 * keys elsewhere; no placeholders anywhere. Messages name parameters, never values.
 *
 * @param existing the stack's parameters, for those that stay as they are
 */
export function guardProblems(
  template: Template,
  settings: readonly ParameterSetting[],
  existing: readonly StackParameter[],
  environmentClass: EnvironmentClass,
): readonly Problem[] {
  const stays = new Map(existing.map(({ name, value }) => [name, value]));
  const set = new Map(settings.map((one) => [one.name, "value" in one ? one.value : stays.get(one.name)]));
  return template.parameters.flatMap(({ name, defaultValue }) => {
    const value = set.has(name) ? set.get(name) : defaultValue;
    // A value with NoEcho that stays cannot be seen; it was judged when it was given.
    // The same for one that CloudFormation reads elsewhere: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
    if (value === undefined || value === "****" || value.startsWith("{{resolve:")) return [];
    return judge(name, value, environmentClass).map(([what, mend]) => problem("input", what, mend));
  });
}

type Finding = readonly [what: string, mend: string];

function judge(name: string, value: string, environmentClass: EnvironmentClass): readonly Finding[] {
  const give = `parameter-overrides: ${name}=…`;
  const found: Finding[] = [];
  const standIn = mustBeReal.test(name) ? placeholderKind(value, name) : undefined;
  if (standIn !== undefined) found.push([`Parameter ${name} holds a placeholder: ${standIn}.`, give]);
  const key = keyClassOf(value);
  const production = environmentClass === "production";
  if (key?.sure === true && !belongs(key.means, environmentClass))
    found.push([
      `Parameter ${name} holds a ${key.means} key (${key.vendor}), and this is ${production ? "" : "not "}production.`,
      `${give} with the ${production ? "live" : "test"} key${production ? "" : ", or environment-class: production"}`,
    ]);
  if (production) found.push(...neededInProduction(name, value, key !== undefined));
  if (environmentName.test(name) && value.toLowerCase().startsWith("prod") !== (environmentClass === "production"))
    found.push([
      `Parameter ${name} names another kind of environment than ${environmentClass}.`,
      `Correct ${name} or config-env, or set environment-class.`,
    ]);
  return found;
}

function neededInProduction(name: string, value: string, hasKey: boolean): readonly Finding[] {
  const give = `parameter-overrides: ${name}=…`;
  if (stripeKey.test(name) && !/webhook/i.test(name) && !hasKey)
    return [[`Parameter ${name} holds no live key (sk_live_, rk_live_ or pk_live_), and this is production.`, `${give} with the live key`]];
  if (value.trim() !== "") return [];
  if (domainName.test(name)) return [[`Parameter ${name} is empty, and production needs its custom domain.`, give]];
  if (certificate.test(name)) return [[`Parameter ${name} is empty, and production needs the certificate of its custom domain.`, give]];
  return [];
}
