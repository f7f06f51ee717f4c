import { type Internal, InternalError } from "../aws-internal.ts";
import { isRecord } from "../proxy/params.ts";
import { StartFailure } from "./driver.ts";

/**
 * The value behind a container's `secrets` entry.
 *
 * @param valueFrom a secret's ARN, optionally with `:json-key:version-stage:version-id`
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html), or a parameter's name or ARN
 * @throws StartFailure in the words of the agent
 */
export async function secretValue(internal: Internal, valueFrom: string): Promise<string> {
  try {
    return valueFrom.includes(":secretsmanager:")
      ? await fromSecretsManager(internal, valueFrom)
      : await fromParameterStore(internal, valueFrom);
  } catch (error) {
    if (error instanceof StartFailure || !(error instanceof InternalError)) throw error;
    throw new StartFailure(
      `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${valueFrom} from secrets manager: ${error.code}: ${error.message}`,
    );
  }
}

async function fromSecretsManager(internal: Internal, valueFrom: string): Promise<string> {
  const parts = valueFrom.split(":");
  const [key, stage, version] = parts.slice(7);
  const params = {
    SecretId: parts.slice(0, 7).join(":"),
    ...(stage === undefined || stage === "" ? {} : { VersionStage: stage }),
    ...(version === undefined || version === "" ? {} : { VersionId: version }),
  };
  const { SecretString: text } = await internal.json("secretsmanager", "secretsmanager.GetSecretValue", params);
  if (key === undefined || key === "") return String(text);
  const value: unknown = parsed(String(text));
  if (!isRecord(value) || value[key] === undefined) {
    throw new StartFailure(
      `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key ${key}`,
    );
  }
  return typeof value[key] === "string" ? value[key] : JSON.stringify(value[key]);
}

async function fromParameterStore(internal: Internal, valueFrom: string): Promise<string> {
  const name = valueFrom.startsWith("arn:") ? valueFrom.slice(valueFrom.indexOf(":parameter") + ":parameter".length) : valueFrom;
  const { Parameter: parameter } = await internal.json("ssm", "AmazonSSM.GetParameter", { Name: name, WithDecryption: true });
  return isRecord(parameter) ? String(parameter["Value"]) : "";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
