import { systemClock } from "@aws-deploy-actions/shared/clock";
import { createKeeper } from "../../../packages/local-cloud/src/process/keeper.ts";
import { startMoto } from "../../../packages/local-cloud/src/process/moto.ts";
import { valueAnswer } from "../../../packages/local-cloud/src/proxy/answers.ts";
import type { CallLog } from "../../../packages/local-cloud/src/proxy/calls.ts";
import type { Faults } from "../../../packages/local-cloud/src/proxy/faults.ts";
import { type Handler, startProxy } from "../../../packages/local-cloud/src/proxy/server.ts";
import { createUpstream } from "../../../packages/local-cloud/src/proxy/upstream.ts";

/** moto alone behind the proxy that counts calls and refuses them on demand: nothing runs here, so there is no data plane. */
export interface BareCloud {
  readonly endpoint: string;
  readonly calls: CallLog;
  readonly faults: Faults;
  /** What answers in moto's place, by `service.Operation`. */
  readonly handlers: Map<string, Handler>;
  readonly stop: () => Promise<void>;
}

const variables = (endpoint: string): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: "eu-central-1",
  AWS_DEFAULT_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "localcloud",
  AWS_SECRET_ACCESS_KEY: "local",
});

/** moto knows no selections of AWS Backup: this plan has these, by their names. */
export function selectionsOf({ handlers }: BareCloud, plan: string, selections: Readonly<Record<string, readonly string[]>>): void {
  const at = `backup.GET /backup/plans/${plan}/selections`;
  const json =
    (body: unknown): Handler =>
    async () =>
      valueAnswer("rest-json", body);
  const ids = Object.keys(selections);
  handlers.set(at, json({ BackupSelectionsList: ids.map((SelectionName) => ({ SelectionName, SelectionId: SelectionName })) }));
  for (const id of ids)
    handlers.set(
      `${at}/${id}`,
      json({ BackupSelection: { SelectionName: id, IamRoleArn: "arn:aws:iam::1:role/b", Resources: selections[id] } }),
    );
}

/** Starts it and points this process's AWS SDK at it; `stop` undoes both. */
export async function startBareCloud(): Promise<BareCloud> {
  const clock = systemClock();
  const keeper = createKeeper();
  const moto = await startMoto(keeper, { accountId: "123456789012", timeFactor: 1, origin: clock.now() });
  const upstream = createUpstream(moto.host, moto.port);
  const handlers = new Map<string, Handler>();
  const proxy = await startProxy({ clock, upstream, handlers });
  const before = { ...process.env };
  const mine = variables(proxy.endpoint);
  Object.assign(process.env, mine);
  return {
    endpoint: proxy.endpoint,
    calls: proxy.calls,
    faults: proxy.faults,
    handlers,
    stop: async () => {
      for (const name of Object.keys(mine)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
      await proxy.stop();
      upstream.close();
      await keeper.stop();
    },
  };
}
