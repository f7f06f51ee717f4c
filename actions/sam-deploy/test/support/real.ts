// The action with the real SAM CLI against ministack.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Ministack } from "@aws-deploy-actions/local-cloud/ministack";
import { runAction as start } from "../../../../test/support/run-action.ts";

export { everythingWritten, type RunResult, shown } from "../../../../test/support/run-action.ts";

const root = join(import.meta.dirname, "..", "..", "..", "..");
const samFolder = join(root, ".tools", "sam", "bin");

/** Says at once what is missing, instead of failing somewhere inside. */
export function mustHaveSam(): void {
  if (!existsSync(join(samFolder, "sam"))) throw new Error("the SAM CLI is missing: node scripts/bootstrap.mjs sam");
}

export const samPath = `${samFolder}:${join(process.execPath, "..")}:/usr/local/bin:/usr/bin:/bin`;

/** The environment of a job on the local cloud, in one account. */
export const jobEnvironment = (cloud: Ministack, account: string, folder: string): Readonly<Record<string, string>> => ({
  PATH: samPath,
  HOME: folder,
  RUNNER_TEMP: join(folder, "temp"),
  SAM_CLI_TELEMETRY: "0",
  AWS_ENDPOINT_URL: cloud.namedEndpoint,
  AWS_ACCESS_KEY_ID: account,
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_REGION: "us-east-1",
  AWS_DEFAULT_REGION: "us-east-1",
});

export const runAction = (...[directory, environment, inputs, onLine]: Rest) => start("sam-deploy", directory, environment, inputs, onLine);
type Rest = Parameters<typeof start> extends [string, ...infer Others] ? Others : never;
