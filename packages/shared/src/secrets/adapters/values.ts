import type { Aws } from "../../aws/connect.ts";
import { causeKind, type FailureKind, failureKind } from "../../aws/errors.ts";
import { Hidden } from "../hidden.ts";
import type { SecretValue, ValueAnswer } from "../types.ts";
import { unanswered } from "./discreet.ts";
import { chunks, eachOf, idsOf } from "./names.ts";

type SecretsAws = Aws<"secrets">;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html */
const batchSize = 20;
const batchesAtOnce = 4;
const singlesAtOnce = 8;

interface SdkValue {
  readonly ARN?: string | undefined;
  readonly Name?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
  readonly CreatedDate?: Date | undefined;
}

/** Reads current values, 20 a call; what a batch does not tell is asked for by itself. */
export async function readValues(aws: SecretsAws, ids: readonly string[], found: Map<string, ValueAnswer>): Promise<void> {
  // One secret is read by the call that every role may make.
  const batches = ids.length > 1 ? chunks(ids, batchSize) : [];
  await eachOf(batches, batchesAtOnce, (batch) => readBatch(aws, batch, found));
  await eachOf(
    ids.filter((id) => !found.has(id)),
    singlesAtOnce,
    async (id) => {
      found.set(id, await readOne(aws, id));
    },
  );
}

async function readBatch(aws: SecretsAws, ids: readonly string[], found: Map<string, ValueAnswer>): Promise<void> {
  const note = (id: string, answer: ValueAnswer): void => {
    if (ids.includes(id)) found.set(id, answer);
  };
  let token: string | undefined;
  do {
    const input = { SecretIdList: [...ids], ...(token === undefined ? {} : { NextToken: token }) };
    try {
      const answer = await aws.secrets((sdk) => new sdk.BatchGetSecretValueCommand(input));
      noteValues(answer.SecretValues ?? [], note);
      noteErrors(answer.Errors ?? [], note);
      token = answer.NextToken;
    } catch (error) {
      // A role that may read but not in batches, or one id that spoils the whole request: each is asked for by itself. An
      // AWS that is in trouble is not asked twenty times more.
      if (mayPass(causeKind(error))) {
        for (const id of ids) note(id, unanswered("its value could not be read", "secretsmanager:BatchGetSecretValue", error));
      }
      return;
    }
  } while (token !== undefined && token !== "");
}

type Note = (id: string, answer: ValueAnswer) => void;
const mayPass = (kind: FailureKind | undefined): boolean => kind === "throttled" || kind === "broken" || kind === "lost";

function noteValues(values: readonly SdkValue[], note: Note): void {
  for (const value of values) {
    for (const id of idsOf(value.ARN ?? "", value.Name ?? "")) note(id, readValue(value));
  }
}

function noteErrors(
  errors: readonly { SecretId?: string | undefined; ErrorCode?: string | undefined; Message?: string | undefined }[],
  note: Note,
): void {
  for (const { SecretId, ErrorCode, Message } of errors) {
    const failed = { name: ErrorCode ?? "", message: Message ?? "" };
    // What may pass is tried again by the single call, which knows how.
    const again = mayPass(failureKind(failed)) || /InternalService/.test(failed.name);
    if (!again && SecretId !== undefined) note(SecretId, failedValue(failed));
  }
}

/** Reads one version of one secret; the current one where none is named. */
export async function readOne(
  aws: SecretsAws,
  id: string,
  version: { readonly id?: string; readonly stage?: string } = {},
): Promise<ValueAnswer> {
  const input = {
    SecretId: id,
    ...(version.id === undefined ? { VersionStage: version.stage ?? "AWSCURRENT" } : { VersionId: version.id }),
  };
  try {
    return readValue(await aws.secrets((sdk) => new sdk.GetSecretValueCommand(input)));
  } catch (error) {
    return failedValue(error instanceof Error && error.cause !== undefined ? error.cause : error);
  }
}

function readValue({ VersionId, SecretString, SecretBinary, CreatedDate }: SdkValue): ValueAnswer {
  const made = CreatedDate === undefined ? {} : { createdAt: CreatedDate.getTime() / 1000 };
  const version = VersionId ?? "";
  if (SecretString !== undefined) return found({ versionId: version, content: { kind: "text", text: new Hidden(SecretString) }, ...made });
  if (SecretBinary !== undefined)
    return found({ versionId: version, content: { kind: "binary", bytes: new Hidden(SecretBinary) }, ...made });
  return { state: "unusable", because: "no-value" };
}

const found = (value: SecretValue): ValueAnswer => ({ state: "found", value });

/** Sorts what AWS says when it does not give a value: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html#API_GetSecretValue_Errors */
function failedValue(error: unknown): ValueAnswer {
  const { name = "", message = "" } = (error ?? {}) as { readonly name?: string; readonly message?: string };
  if (/ResourceNotFound/.test(name))
    return /secret value|staging label|version/i.test(message) ? { state: "unusable", because: "no-value" } : { state: "missing" };
  if (/InvalidRequest/.test(name) && /delet/i.test(message)) return { state: "unusable", because: "deletion" };
  if (/DecryptionFailure|KMSInvalidState|DisabledException/.test(name)) return { state: "unusable", because: "key" };
  return unanswered("its value could not be read", "secretsmanager:GetSecretValue", error);
}
