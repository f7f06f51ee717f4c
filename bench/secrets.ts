// What looking into many secrets takes, with the adapter and the judge of the bundle, against moto.

import { readInputs } from "@aws-deploy-actions/shared/action/inputs";
import { connectAws } from "@aws-deploy-actions/shared/aws/connect";
import { awsFields, awsSettings } from "@aws-deploy-actions/shared/aws/settings";
import { systemClock } from "@aws-deploy-actions/shared/clock";
import { awsSecrets } from "@aws-deploy-actions/shared/secrets/adapters/secrets";
import { judgeSecret } from "@aws-deploy-actions/shared/secrets/judge";
import { observeSecrets } from "@aws-deploy-actions/shared/secrets/observe";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type LocalCloud, startLocalCloud } from "../packages/local-cloud/src/start.ts";
import { heapInUse } from "./memory.ts";
import { exponent, type Figure, rounded, type Section } from "./report.ts";

const usual: readonly number[] = [1, 20, 100, 500];
const mostCalls = 60;

interface Measured {
  readonly size: number;
  readonly calls: number;
  readonly seconds: number;
  /** Of heap, with everything that was seen still held. */
  readonly megabytes: number;
}

/** Calls, time and memory for so many secrets that all lie in one account, rising. */
export async function secrets(sizes = usual): Promise<Section> {
  const cloud = await startLocalCloud();
  Object.assign(process.env, cloud.environment);
  try {
    const measured: Measured[] = [];
    for (const size of sizes) measured.push(await measure(cloud, size));
    const figures = measured.map(
      ({ size, calls, seconds, megabytes }): Figure => ({
        what: `${size} secrets`,
        values: { calls, "one by one": 2 * size, s: rounded(seconds), "heap MB": rounded(megabytes, 1) },
        ...(size === 500 ? { target: `at most ${mostCalls} calls`, met: calls <= mostCalls } : {}),
      }),
    );
    const grown = (of: (one: Measured) => number): number =>
      rounded(exponent(measured.filter(({ size }) => size >= 20).map((one) => [one.size, of(one)] as const)));
    const growth: Figure = {
      what: "exponent of growth from 20 secrets on",
      values: { calls: grown((one) => one.calls), s: grown((one) => one.seconds), "heap MB": grown((one) => one.megabytes) },
      target: "calls at most linear",
      met: grown((one) => one.calls) <= 1,
    };
    return {
      name: "secrets",
      title: "Validating secrets: AWS calls, no policies asked for",
      figures: [...figures, growth],
    };
  } finally {
    await cloud.stop();
  }
}

async function measure(cloud: LocalCloud, size: number): Promise<Measured> {
  const ids = Array.from({ length: size }, (_, at) => `bench/${size}/${at}`);
  const client = new SecretsManagerClient({});
  const queue = [...ids];
  const create = async (): Promise<void> => {
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      await client.send(new CreateSecretCommand({ Name: id, SecretString: JSON.stringify({ TOKEN: crypto.randomUUID() }) }));
    }
  };
  await Promise.all(Array.from({ length: 8 }, create));
  client.destroy();
  const clock = systemClock();
  const loaders = { secrets: () => import("@aws-sdk/client-secrets-manager"), kms: () => import("@aws-sdk/client-kms") };
  const port = awsSecrets(connectAws(loaders, awsSettings(readInputs(awsFields, {}), process.env), clock, undefined));
  cloud.calls.clear();
  const before = heapInUse();
  const begin = performance.now();
  const seen = await observeSecrets(port, ids, { mask: () => undefined, facts: true });
  const rules = { requiredKeys: ["TOKEN"], environmentClass: "non-production", encryption: "any" } as const;
  const wrong = seen.flatMap((one) => judgeSecret(one, rules, clock.now()));
  if (seen.length !== size || wrong.length > 0) throw new Error(`${wrong.length} of ${size} secrets were not judged valid`);
  const seconds = (performance.now() - begin) / 1000;
  return { size, calls: cloud.calls.length, seconds, megabytes: (heapInUse() - before) / 1e6 };
}
