import type { AwsCredentialIdentityProvider, MiddlewareStack } from "@smithy/types";
import type { Clock } from "../clock.ts";
import { awsTrouble } from "./errors.ts";
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
  readonly ecs: typeof import("@aws-sdk/client-ecs");
  readonly elb: typeof import("@aws-sdk/client-elastic-load-balancing-v2");
  readonly cloudwatch: typeof import("@aws-sdk/client-cloudwatch");
  readonly logs: typeof import("@aws-sdk/client-cloudwatch-logs");
  readonly secrets: typeof import("@aws-sdk/client-secrets-manager");
  readonly sts: typeof import("@aws-sdk/client-sts");
  readonly autoscaling: typeof import("@aws-sdk/client-application-auto-scaling");
  readonly ecr: typeof import("@aws-sdk/client-ecr");
  readonly ec2: typeof import("@aws-sdk/client-ec2");
  readonly s3: typeof import("@aws-sdk/client-s3");
  readonly s3control: typeof import("@aws-sdk/client-s3-control");
  readonly tagging: typeof import("@aws-sdk/client-resource-groups-tagging-api");
  readonly sns: typeof import("@aws-sdk/client-sns");
  readonly iam: typeof import("@aws-sdk/client-iam");
  readonly rds: typeof import("@aws-sdk/client-rds");
  readonly elasticache: typeof import("@aws-sdk/client-elasticache");
  readonly kms: typeof import("@aws-sdk/client-kms");
  readonly wafv2: typeof import("@aws-sdk/client-wafv2");
  readonly cloudformation: typeof import("@aws-sdk/client-cloudformation");
  readonly codedeploy: typeof import("@aws-sdk/client-codedeploy");
  readonly lambda: typeof import("@aws-sdk/client-lambda");
  readonly acm: typeof import("@aws-sdk/client-acm");
  readonly dynamodb: typeof import("@aws-sdk/client-dynamodb");
  readonly budgets: typeof import("@aws-sdk/client-budgets");
  readonly cloudtrail: typeof import("@aws-sdk/client-cloudtrail");
  readonly backup: typeof import("@aws-sdk/client-backup");
  readonly quotas: typeof import("@aws-sdk/client-service-quotas");
}
export type ServiceName = keyof Modules;

/**
 * How the SDK's modules are loaded. Each action's main lists the ones it uses, `{ ecs: () => import("@aws-sdk/client-ecs") }`:
 * a list of all here would put every client into every bundle.
 */
export type Loaders<Names extends ServiceName> = { readonly [K in Names]: () => Promise<Modules[K]> };

/** AWS in one region with one identity. What adapters are built from; tests and the fault matrix give another one. */
export type Aws<Names extends ServiceName = ServiceName> = { readonly [K in Names]: Service<Modules[K]> } & {
  readonly region: string;
  /** Another region with the same identity. */
  readonly inRegion: (region: string) => Aws<Names>;
};

interface Client {
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
  const connect = (region: string): Aws<Names> => {
    const services = Object.entries<() => Promise<object>>(loaders).map(([name, load]) => [
      name,
      service(name, load, region, settings, clock, credentials),
    ]);
    return { ...Object.fromEntries(services), region, inRegion: connect };
  };
  return connect(settings.region);
}

/** Sends one command, wherever AWS is. */
export type Send = (command: Command, options: CallOptions) => Promise<unknown>;

/** A service over anything that answers commands: retries, and trouble that names the call. Tests give it an AWS of their own. */
export function serviceOver(
  name: string,
  open: () => Promise<{ readonly sdk: object; readonly send: Send }>,
  clock: Clock,
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
      return await send(now, options);
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
  load: () => Promise<object>,
  region: string,
  settings: AwsSettings,
  clock: Clock,
  credentials: AwsCredentialIdentityProvider | undefined,
): Service<unknown> {
  const open = async () => {
    const sdk = await load();
    const client = new (clientClass(sdk))(await clientOptions(region, settings, credentials));
    const send: Send = async (command, options) => {
      keepRaw(command, options);
      return await client.send(command, options.signal === undefined ? {} : { abortSignal: options.signal });
    };
    return { sdk, send };
  };
  return serviceOver(name, open, clock);
}

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
