import { redactor } from "@aws-deploy-actions/shared/findings/redact";
import { keyClassOf } from "@aws-deploy-actions/shared/secrets/key-class";
import { placeholderKind } from "@aws-deploy-actions/shared/secrets/placeholder/detect";
import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import type { Check, Judgement } from "../model/check.ts";
import { controls } from "./controls.ts";
import { every, fine, join, remark } from "./judging.ts";

const about = {
  severity: "critical",
  controls: controls("CC6.1", "8.6.2", "32", "164.312(a)(2)(i), 164.312(d)"),
} as const;

export const noHardcodedSecrets: Check = {
  ...about,
  id: "no-hardcoded-secrets",
  title: "No secret stands in a task definition in clear",
  profiles: ["container"],
  needs: ["taskDefinitions"],
  prowler: ["ecs_task_definitions_no_environment_secrets"],
  judge: ({ taskDefinitions }) =>
    every("task definitions", taskDefinitions, ({ family = "?", revision = 0, containerDefinitions }) =>
      join((containerDefinitions ?? []).map((one) => container(`${family}:${revision} · ${one.name ?? "?"}`, one))),
    ),
};

function container(name: string, { environment, command, entryPoint, healthCheck, dockerLabels }: ContainerDefinition): Judgement {
  const variables = (environment ?? []).map(({ name: variable = "?", value = "" }) => ({
    where: variable,
    why: secretKind(variable, value),
    move: variable,
  }));
  const words = { command, entryPoint, "health check": healthCheck?.command };
  const commands = Object.entries(words).flatMap(([where, list]) => [
    { where: `the ${where}`, why: inCommand(list ?? []), move: "VARIABLE" },
  ]);
  const labels = Object.entries(dockerLabels ?? {}).map(([label, value]) => ({
    where: `the label ${label}`,
    why: secretKind(label, value),
    move: "VARIABLE",
  }));
  const found = [...variables, ...commands, ...labels].filter(({ why }) => why !== undefined);
  if (found.length === 0) return fine(name);
  return join(
    found.map(({ where, why, move }) =>
      remark(
        "failed",
        name,
        "secrets by reference",
        `${where} holds ${why}`,
        `Put it into the secret, change the old value, and in the task definition: secrets: [{name: ${move}, valueFrom: SECRET_ARN:${move}::}]`,
      ),
    ),
  );
}

export const noFunctionSecrets: Check = {
  ...about,
  id: "no-hardcoded-credentials",
  title: "No credential stands in a function's environment in clear",
  profiles: ["serverless"],
  needs: ["functions"],
  prowler: ["awslambda_function_no_secrets_in_variables"],
  judge: ({ functions }) =>
    every("functions", functions, ({ FunctionName: name = "?", Environment }) => {
      const found = Object.entries(Environment?.Variables ?? {}).flatMap(([variable, value]) => {
        const why = secretKind(variable, value);
        return why === undefined ? [] : [{ variable, why }];
      });
      if (found.length === 0) return fine(name);
      return join(
        found.map(({ variable, why }) =>
          remark(
            "failed",
            name,
            "secrets by reference",
            `${variable} holds ${why}`,
            `Give the function the secret's ARN instead (${variable}_ARN), read it with GetSecretValue, and change the old value.`,
          ),
        ),
      );
    }),
};

/** Names of values that are secrets; what follows tells names of their places, sizes and settings apart. */
const secretName =
  /(^|[_.-]|(?<=[a-z]))(pass(word|wd|phrase)?|pwd|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|signing[_-]?key|encryption[_-]?key|credentials?|auth[_-]?key|dsn|webhook[_-]?url)s?([_.-]?\d{1,2})?$/i;
const settingName =
  /(^|[_.-])(id|arn|name|url|uri|path|file|dir|host|port|length|min|max|ttl|expiry|expires(_in)?|timeout|type|algorithm|rotation|version|region|count|size|prefix|header|enabled|required|issuer|audience|policy|field|limit|days|seconds|minutes)$/i;
const looks = redactor([]);

/**
 * Why a value is taken for a secret, in words that say nothing of it; undefined where it is none.
 * A name alone proves nothing: a reference, a switch, a number, a path or a stand-in is no secret.
 */
export function secretKind(name: string, value: string): string | undefined {
  const text = value.trim();
  if (text === "" || isReference(text)) return undefined;
  const key = keyClassOf(text);
  if (key?.sure === true) return `a ${key.vendor} key`;
  if (looks(text) !== text && placeholderKind(text, name) === undefined)
    return /:\/\//.test(text) ? "an address with a password in it" : "something with the form of a credential";
  if (!secretName.test(name) || settingName.test(name)) return undefined;
  if (/^(true|false|yes|no|on|off|none|null|\d{1,5}|[./~][\w./-]*)$/i.test(text) || text.length < 4) return undefined;
  return placeholderKind(text, name) === undefined ? "a value that its name calls a secret" : undefined;
}

const isReference = (text: string): boolean =>
  /^arn:aws[\w-]*:/.test(text) ||
  /^\{\{resolve:(secretsmanager|ssm-secure|ssm):/.test(text) ||
  /^(secretsmanager|ssm|vault|aws-sm|file):\/?\/?[\w/.-]+$/i.test(text) ||
  /^\$\{?\w+\}?$/.test(text) ||
  /^\/run\/secrets\//.test(text);

/** Words of a command: `--password=…`, `--password …`, `NAME=…`, and whatever has the form of a credential. */
function inCommand(words: readonly string[]): string | undefined {
  const parts = words.flatMap((word) => word.split(/\s+/)).filter((word) => word !== "");
  for (const [at, part] of parts.entries()) {
    const assigned = /^(?:--?)?([\w.-]{2,60})=(.+)$/.exec(part);
    const named = /^--([\w.-]{2,60})$/.exec(part);
    const kind =
      assigned !== null
        ? secretKind(assigned[1] ?? "", unquoted(assigned[2] ?? ""))
        : named !== null && !(parts[at + 1] ?? "-").startsWith("-")
          ? secretKind(named[1] ?? "", unquoted(parts[at + 1] ?? ""))
          : secretKind("", unquoted(part));
    if (kind !== undefined) return kind;
  }
  return undefined;
}

const unquoted = (text: string): string => text.replace(/^(["'])(.*)\1$/, "$2");
