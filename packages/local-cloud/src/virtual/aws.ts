import { type Aws, type CallOptions, type Command, type ServiceName, serviceOver } from "@aws-deploy-actions/shared/aws/connect";
import { createPace } from "@aws-deploy-actions/shared/aws/pace";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { VirtualAccount } from "./account.ts";
import { dead, deniedError, type Fault, lostReply, type PlannedFault, serverError, silenceSeconds, throttlingError } from "./faults.ts";
import { handlers } from "./handlers.ts";

/** One call as it was made. */
export interface VirtualCall {
  readonly at: number;
  /** When the process decided on it; the call arrives 20 to 60 ms later. */
  readonly began: number;
  readonly process: string;
  /** `ecs:UpdateService`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly fault: Fault | undefined;
}

/** One process that uses the account: it has its own faults, and it can die. */
export interface VirtualProcess {
  readonly name: string;
  readonly faults: readonly PlannedFault[];
  /** A fault at the first call of an operation, whatever its number. */
  readonly faultOf?: { readonly operation: string; readonly fault: Fault };
  /** True for a dead process: its calls never leave, and its clock never wakes it. */
  isDead: boolean;
  /** Calls made so far, retries not counted. */
  calls: number;
  /** Told of every call before it leaves, with its number. */
  onCall: (at: number) => void;
  /** Trouble that lasts: what becomes of a call that leaves at an instant. */
  trouble?: (operation: string, now: number) => Fault | undefined;
}

export const virtualProcess = (name: string, planned: readonly PlannedFault[] = []): VirtualProcess => ({
  name,
  faults: planned,
  isDead: false,
  calls: 0,
  onCall: () => undefined,
});

const sdkModules: { readonly [K in VirtualServices]: () => Promise<object> } = {
  ecs: () => import("@aws-sdk/client-ecs"),
  elb: () => import("@aws-sdk/client-elastic-load-balancing-v2"),
  autoscaling: () => import("@aws-sdk/client-application-auto-scaling"),
  cloudwatch: () => import("@aws-sdk/client-cloudwatch"),
  logs: () => import("@aws-sdk/client-cloudwatch-logs"),
  ecr: () => import("@aws-sdk/client-ecr"),
  s3: () => import("@aws-sdk/client-s3"),
  secrets: () => import("@aws-sdk/client-secrets-manager"),
  sts: () => import("@aws-sdk/client-sts"),
};
type VirtualServices = Extract<ServiceName, "ecs" | "elb" | "autoscaling" | "cloudwatch" | "logs" | "ecr" | "s3" | "secrets" | "sts">;

/** Loading a module needs real time, which a virtual clock does not wait for: so it is done before. */
export async function loadSdk(): Promise<ReadonlyMap<string, object>> {
  const loaded = await Promise.all(Object.entries(sdkModules).map(async ([name, load]) => [name, await load()] as const));
  return new Map(loaded);
}

/** AWS for one process in virtual time, with the retries of the real connection. Latency of a call: 20 to 60 ms. */
export function virtualAws(
  account: VirtualAccount,
  process: VirtualProcess,
  clock: Clock,
  sdks: ReadonlyMap<string, object>,
): Aws<VirtualServices> {
  const pace = createPace(clock, account.random);
  const services = Object.keys(sdkModules).map((name) => {
    const send = async (command: Command, options: CallOptions): Promise<unknown> =>
      await sendOne(name, command, options, account, process, clock);
    return [name, serviceOver(name, async () => ({ sdk: sdks.get(name) ?? {}, send }), clock, pace)] as const;
  });
  const aws = { ...Object.fromEntries(services), region: "eu-central-1", pace, inRegion: () => aws } as unknown as Aws<VirtualServices>;
  return aws;
}

interface Pending {
  readonly fault: Fault;
  left: number;
}
const inProgress = new WeakMap<VirtualProcess, Map<string, Pending>>();

async function sendOne(
  service: string,
  command: Command,
  options: CallOptions,
  account: VirtualAccount,
  process: VirtualProcess,
  clock: Clock,
): Promise<unknown> {
  const operation = `${service}:${command.constructor.name.replace(/Command$/, "")}`;
  if (process.isDead) return await dead();
  const began = clock.now();
  await clock.sleep(0.02 + 0.04 * account.random());
  if (process.isDead) return await dead();
  const before = process.calls;
  const planned = process.trouble?.(operation, clock.now()) ?? faultFor(process, operation);
  const fault = planned ?? (isWithin(account, operation, clock) ? undefined : "throttled");
  if (process.calls > before) process.onCall(before);
  const input = (options.rawBody ?? command.input) as Readonly<Record<string, unknown>>;
  account.calls.push({ at: clock.now(), began, process: process.name, operation, input, fault });
  const carryOut = (): unknown => {
    const handler = handlers[operation];
    if (handler === undefined) throw new Error(`the virtual cloud does not know ${operation}`);
    account.advanceTo(clock.now());
    account.caller = process.name;
    const answer = handler(account, input);
    options.onRawAnswer?.(structuredClone(answer));
    return answer;
  };
  switch (fault) {
    case undefined:
      return carryOut();
    case "killed-before":
      process.isDead = true;
      return await dead();
    case "killed-after":
      carryOut();
      process.isDead = true;
      return await dead();
    case "throttled":
      throw throttlingError();
    case "error-500":
      throw serverError();
    case "reply-lost":
      carryOut();
      throw lostReply();
    case "denied":
      throw deniedError(operation);
    case "silence":
      await clock.sleep(silenceSeconds);
      throw lostReply();
  }
}

/** Takes the call's tokens out of the account's buckets. The proxy names services as IAM does. */
function isWithin(account: VirtualAccount, operation: string, clock: Clock): boolean {
  const [service = "", name = ""] = operation.split(":");
  return account.limits?.take({ service: service === "elb" ? "elasticloadbalancing" : service, operation: name }, clock.now()) ?? true;
}

/** A fault belongs to one call; throttling goes on for three attempts of it, a denial for ever. */
function faultFor(process: VirtualProcess, operation: string): Fault | undefined {
  const pending = inProgress.get(process) ?? new Map<string, Pending>();
  inProgress.set(process, pending);
  const again = pending.get(operation);
  if (again !== undefined && again.left > 0) {
    again.left -= 1;
    return again.fault;
  }
  const isNamed = process.faultOf?.operation === operation && !pending.has(operation);
  if (isNamed) pending.set(operation, { fault: "throttled", left: 0 });
  const planned = process.faults.find((one) => one.at === process.calls) ?? (isNamed ? process.faultOf : undefined);
  process.calls += 1;
  if (planned === undefined) return undefined;
  const more = planned.fault === "throttled" ? 2 : planned.fault === "denied" ? Number.POSITIVE_INFINITY : 0;
  if (more > 0) pending.set(operation, { fault: planned.fault, left: more });
  return planned.fault;
}
