import { addressFields, addressOf, checkFields } from "@aws-deploy-actions/rollout/inputs";
import { custom, type Field, flag, oneOf, optional, Refusal, text, withDefault } from "@aws-deploy-actions/shared/action/fields";
import { type RawInputs, readInputs, type Values } from "@aws-deploy-actions/shared/action/inputs";
import { type AwsSettings, awsSettings, commonFields, minutes } from "@aws-deploy-actions/shared/aws/settings";

/** The version that is asked for by name. */
export type Wanted =
  | { readonly kind: "deployment"; readonly id: string }
  /** `family:42` or an ARN. */
  | { readonly kind: "revision"; readonly name: string };

const wantedField: Field<Wanted> = custom((raw) => {
  if (/^[a-z]-\d{14}-[\w-]{1,60}$/.test(raw)) return { kind: "deployment", id: raw };
  if (/^(arn:aws(-[a-z]+)*:ecs:[a-z0-9-]+:\d{12}:task-definition\/)?[\w-]{1,255}:\d{1,9}$/.test(raw))
    return { kind: "revision", name: raw };
  throw new Refusal(
    "a deployment's id as mode: status shows it, such as d-20261122034801-1234-1, or a revision such as shop:41 or its ARN",
  );
});

const reasonField: Field<string> = custom((raw) => {
  if (raw.length > 2000) throw new Refusal("at most 2000 characters");
  return raw;
});

/** Every input of the action; action.yml and the README's table are checked against it. */
export const spec = {
  mode: oneOf("rollback", "status"),
  ...addressFields,
  reason: optional(reasonField),
  type: oneOf("immediate", "graceful"),
  confirm: optional(text()),
  force: flag(),
  "break-lock": flag(),
  to: optional(wantedField),
  ...checkFields,
  "rollback-window": withDefault(minutes(0, 24 * 3600), "0"),
  timeout: withDefault(minutes(60, 24 * 3600), "30m"),
  ...commonFields,
} as const;

export type Given = Values<typeof spec>;

/** The action's configuration. */
export interface Config {
  readonly given: Given;
  readonly aws: AwsSettings;
  readonly address: ReturnType<typeof addressOf>;
  /** Twelve digits, where the inputs tell: nobody has to be asked for it in an emergency. */
  readonly account: string | undefined;
}

function acrossInputs(given: Given): readonly string[] {
  if (given.mode === "status") return [];
  const conditions: readonly (readonly [broken: boolean, sentence: string])[] = [
    [given.reason === undefined, "reason is required and was not given; accepted: why users have to go back, in your own words."],
    [
      !given.force && given.confirm !== given.environment,
      `confirm: ${given.confirm === undefined ? "nothing is given" : `"${given.confirm.slice(0, 80)}" is not the environment's name`}; accepted: "${given.environment}", or force: true.`,
    ],
    [
      given.timeout < given["rollback-window"],
      `timeout: ${Math.round(given.timeout / 60)} min are shorter than the rollback window (${Math.ceil(given["rollback-window"] / 60)} min).`,
    ],
  ];
  return conditions.flatMap(([broken, sentence]) => (broken ? [sentence] : []));
}

/** Reads and checks everything, or reports every wrong input at once. */
export function read(raw: RawInputs, environment: Readonly<Record<string, string | undefined>>): Config {
  const given = readInputs(spec, raw, acrossInputs);
  const role = given["role-to-assume"] ?? given["oidc-role-to-assume"];
  return {
    given,
    aws: awsSettings(given, environment, given.mode === "status" ? 0 : given.timeout),
    address: addressOf(given),
    account: given["expected-account-id"] ?? role?.split(":")[4],
  };
}
