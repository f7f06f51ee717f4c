import type { AwsCredentialIdentityProvider, DeserializeMiddleware, MiddlewareStack } from "@smithy/types";
import type { Clock } from "../clock.ts";
import { awsTrouble, failureKind } from "./errors.ts";
import { inTurn, type Turn } from "./load-in-turn.ts";
import { createPace, type Pace } from "./pace.ts";
import { defaultRetry, type RetryPolicy, withRetry } from "./retry.ts";
import type { AwsSettings } from "./settings.ts";

/** One call's options. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly retry?: RetryPolicy;
  /** Sent as the body instead of the command's input: members that the SDK does not know survive. JSON protocols only. */
  readonly rawBody?: object;
  /** Gets the answer's JSON with the members that the SDK drops. JSON protocols only. */
  readonly onRawAnswer?: (body: unknown) => void;
}

/** A command of the SDK, as far as its output type can be read off it. */
export interface Command {
  readonly input: object;
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's middleware types are invariant in every other type parameter
  readonly middlewareStack: { readonly clone: () => any };
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly resolveMiddleware: (...parameters: any[]) => (...parameters: any[]) => Promise<{ output: any }>;
}
// biome-ignore lint/suspicious/noExplicitAny: the output is what is inferred
type OutputOf<C> = C extends { middlewareStack: import("@smithy/types").MiddlewareStack<any, infer O extends object> } ? O : never;

/** Sends one command to a service: `aws.ecs((sdk) => new sdk.DescribeServicesCommand({ … }))`. The SDK's module is loaded with the first call. */
export type Service<Module> = <C extends Command>(make: (sdk: Module) => C, options?: CallOptions) => Promise<OutputOf<C>>;

interface Modules {
  readonly ecs: typeof import("./clients/ecs.ts");
  readonly elb: typeof import("./clients/elb.ts");
  readonly cloudwatch: typeof import("./clients/cloudwatch.ts");
  readonly logs: typeof import("./clients/logs.ts");
  readonly secrets: typeof import("./clients/secrets.ts");
  readonly sts: typeof import("./clients/sts.ts");
  readonly autoscaling: typeof import("./clients/autoscaling.ts");
  readonly ecr: typeof import("./clients/ecr.ts");
  readonly ec2: typeof import("./clients/ec2.ts");
  readonly s3: typeof import("./clients/s3.ts");
  readonly s3control: typeof import("./clients/s3control.ts");
  readonly tagging: typeof import("./clients/tagging.ts");
  readonly sns: typeof import("./clients/sns.ts");
  readonly iam: typeof import("./clients/iam.ts");
  readonly rds: typeof import("./clients/rds.ts");
  readonly elasticache: typeof import("./clients/elasticache.ts");
  readonly kms: typeof import("./clients/kms.ts");
  readonly wafv2: typeof import("./clients/wafv2.ts");
  readonly cloudformation: typeof import("./clients/cloudformation.ts");
  readonly codedeploy: typeof import("./clients/codedeploy.ts");
  readonly lambda: typeof import("./clients/lambda.ts");
  readonly acm: typeof import("./clients/acm.ts");
  readonly dynamodb: typeof import("./clients/dynamodb.ts");
  readonly budgets: typeof import("./clients/budgets.ts");
  readonly cloudtrail: typeof import("./clients/cloudtrail.ts");
  readonly backup: typeof import("./clients/backup.ts");
  readonly quotas: typeof import("./clients/quotas.ts");
}
export type ServiceName = keyof Modules;

/**
 * How the SDK's modules are loaded. Each action's main lists the ones it uses, `{ ecs: () => import("@aws-deploy-actions/shared/aws/clients/ecs") }`:
 * a list of all here would put every client into every bundle.
 */
export type Loaders<Names extends ServiceName> = { readonly [K in Names]: () => Promise<Modules[K]> };

/** AWS in one region with one identity. What adapters are built from; tests and the fault matrix give another one. */
export type Aws<Names extends ServiceName = ServiceName> = { readonly [K in Names]: Service<Modules[K]> } & {
  readonly region: string;
  /** How fast this run may read. */
  readonly pace: Pace;
  /** Another region with the same identity. */
  readonly inRegion: (region: string) => Aws<Names>;
};

interface Client {
  readonly middlewareStack: Pick<MiddlewareStack<object, object>, "add">;
  send(command: unknown, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
}
type ClientClass = new (configuration: object) => Client;

/** Connects to AWS. Nothing is loaded and nothing is called until a service is used. */
export function connectAws<Names extends ServiceName>(
  loaders: Loaders<Names>,
  settings: AwsSettings,
  clock: Clock,
  credentials: AwsCredentialIdentityProvider | undefined,
): Aws<Names> {
  const turn = inTurn(clock);
  const connect = (region: string): Aws<Names> => {
    // The buckets are those of one account in one region.
    const pace = createPace(clock);
    const services = Object.entries<() => Promise<object>>(loaders).map(([name, load]) => [
      name,
      service(name, async () => await turn(load), region, settings, clock, credentials, pace),
    ]);
    return { ...Object.fromEntries(services), region, pace, inRegion: connect };
  };
  return connect(settings.region);
}

/** Sends one command, wherever AWS is. */
export type Send = (command: Command, options: CallOptions) => Promise<unknown>;

const reading = /^(Describe|List|Get|BatchGet|Filter|Head)/;

/** A service over anything that answers commands: retries, and trouble that names the call. Tests give it an AWS of their own. */
export function serviceOver(
  name: string,
  open: () => Promise<{ readonly sdk: object; readonly send: Send }>,
  clock: Clock,
  pace: Pace = createPace(clock),
): Service<unknown> {
  let opened: ReturnType<typeof open> | undefined;
  return async (make, options = {}) => {
    opened ??= open();
    const { sdk, send } = await opened;
    const operation = (command: Command): string => `${name}:${command.constructor.name.replace(/Command$/, "")}`;
    // A command's middleware is spent with it, so each attempt gets a fresh one.
    const first = make(sdk);
    let command: Command | undefined = first;
    const attempt = async (): Promise<unknown> => {
      const now = command ?? make(sdk);
      command = undefined;
      // What changes something is never held back: users may wait for it.
      if (reading.test(now.constructor.name)) await pace.ready(name, options.signal);
      try {
        return await send(now, options);
      } catch (error) {
        if (failureKind(error) === "throttled") pace.refused(name);
        throw error;
      }
    };
    try {
      return (await withRetry(clock, options.retry ?? defaultRetry, attempt, Math.random, options.signal)) as never;
    } catch (error) {
      throw awsTrouble(operation(first), error);
    }
  };
}

function service(
  name: string,
  load: () => Promise<Turn>,
  region: string,
  settings: AwsSettings,
  clock: Clock,
  credentials: AwsCredentialIdentityProvider | undefined,
  pace: Pace,
): Service<unknown> {
  const open = async () => {
    const { module: sdk, sent } = await load();
    const client = new (clientClass(sdk))(await clientOptions(region, settings, credentials));
    client.middlewareStack.add(tellWhenSent(sent), { step: "deserialize", name: "sent", priority: "low" });
    const send: Send = async (command, options) => {
      keepRaw(command, options);
      return await client.send(command, options.signal === undefined ? {} : { abortSignal: options.signal });
    };
    return { sdk, send };
  };
  return serviceOver(name, open, clock, pace);
}

/** Stands next to the wire. A request is written when its connection is there: on this machine two turns of the event loop later. */
const tellWhenSent =
  (sent: () => void): DeserializeMiddleware<object, object> =>
  (next) =>
  async (given) => {
    const answer = next(given);
    setImmediate(() => setImmediate(sent));
    return await answer;
  };

/** The SDK drops members that it does not know, both ways; middleware at the wire sees them all. */
function keepRaw(command: Command, { rawBody, onRawAnswer }: CallOptions): void {
  const stack = command.middlewareStack as unknown as MiddlewareStack<object, object>;
  if (rawBody !== undefined) {
    stack.add(
      (next) => async (given) => {
        (given.request as { body: string }).body = JSON.stringify(rawBody);
        return await next(given);
      },
      { step: "build", name: "rawBody", priority: "high" },
    );
  }
  if (onRawAnswer !== undefined) {
    stack.add(
      (next) => async (given) => {
        const answer = await next(given);
        const response = answer.response as { statusCode: number; body: Uint8Array | AsyncIterable<Uint8Array> };
        const chunks: Uint8Array[] = [];
        if (response.body instanceof Uint8Array) chunks.push(response.body);
        else for await (const chunk of response.body) chunks.push(chunk);
        const bytes = Buffer.concat(chunks);
        response.body = bytes;
        if (response.statusCode === 200) onRawAnswer(JSON.parse(bytes.toString("utf8")));
        return answer;
      },
      { step: "deserialize", name: "rawAnswer", priority: "low" },
    );
  }
}

/** The client among a module's exports: the one class named …Client that is not the bare base class. */
function clientClass(sdk: object): ClientClass {
  const found = Object.entries(sdk).find(([name]) => name.endsWith("Client") && !name.startsWith("__"));
  if (found === undefined) throw new Error("the SDK module has no client class");
  return found[1] as ClientClass;
}

/** The SDK's own retries are off: ours run on the injected clock. Its time-outs make silence end. */
async function clientOptions(
  region: string,
  settings: AwsSettings,
  credentials: AwsCredentialIdentityProvider | undefined,
): Promise<object> {
  return {
    region,
    maxAttempts: 1,
    forcePathStyle: true,
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
      ...(await proxyAgents(settings.proxy)),
    },
    ...(credentials === undefined ? {} : { credentials }),
  };
}

/** The SDK does not look at HTTPS_PROXY by itself; Node's own agents do when they are told to. */
async function proxyAgents(proxy: AwsSettings["proxy"]): Promise<object> {
  if (proxy === undefined) return {};
  const [http, https] = await Promise.all([import("node:http"), import("node:https")]);
  const options = { keepAlive: true, proxyEnv: proxy };
  return { httpAgent: new http.Agent(options), httpsAgent: new https.Agent(options) };
}
