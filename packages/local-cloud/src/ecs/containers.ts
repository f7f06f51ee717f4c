import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { dirname } from "node:path";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Internal } from "../aws-internal.ts";
import type { Keeper } from "../process/keeper.ts";
import { isRecord, type Params } from "../proxy/params.ts";
import type { Addresses, TaskAddress } from "./addresses.ts";
import { startHealthCheck } from "./container-health.ts";
import { type Definition, pairsOf, stringsOf } from "./definition.ts";
import { type ContainerNews, StartFailure, type TaskRuntime } from "./driver.ts";
import type { Images, PushedImage } from "./images.ts";
import type { LogShipper } from "./logs.ts";
import type { Task } from "./model.ts";
import { secretValue } from "./secrets.ts";

export interface ContainerRuntimeOptions {
  readonly clock: Clock;
  readonly keeper: Keeper;
  readonly internal: Internal;
  readonly images: Images;
  readonly logs: LogShipper;
  readonly addresses: Addresses;
  readonly definitionOf: (arn: string) => Definition | undefined;
  /** What every container finds in its environment: region, endpoint, credentials. */
  readonly environment: () => Readonly<Record<string, string>>;
}

/** Tasks as processes of this machine. */
export interface ContainerRuntime extends TaskRuntime {
  addressOf(taskArn: string): TaskAddress | undefined;
  digestOf(taskArn: string, container: string): string | undefined;
  /** Pids by task, for those who kill at random. */
  pids(): ReadonlyMap<string, readonly number[]>;
}

interface Running {
  address: TaskAddress | undefined;
  readonly digests: Map<string, string>;
  readonly processes: Map<string, ChildProcess>;
  readonly over: AbortController;
}

/** Starts every container of a task as a process from its image's folder, in the task definition's words. */
export function createContainerRuntime(options: ContainerRuntimeOptions): ContainerRuntime {
  const tasks = new Map<string, Running>();

  async function launch(task: Task, news: ContainerNews): Promise<void> {
    const definition = options.definitionOf(task.spec.taskDefinitionArn);
    if (definition === undefined) throw new StartFailure(`the definition ${task.spec.taskDefinitionArn} is gone`);
    const running: Running = { address: undefined, digests: new Map(), processes: new Map(), over: new AbortController() };
    tasks.set(task.arn, running);
    const prepared = [];
    for (const container of definition.containerDefinitions) prepared.push(await prepare(task, container, running));
    const ports = definition.containerDefinitions.flatMap(portsOf);
    const address = await options.addresses.give(ports);
    running.address = address;
    for (const one of prepared) await start(one, address, running, news);
  }

  interface Prepared {
    readonly name: string;
    readonly container: Params;
    readonly image: PushedImage;
    readonly command: readonly string[];
    readonly environment: Readonly<Record<string, string>>;
    readonly sink: Awaited<ReturnType<LogShipper["open"]>>;
  }

  async function prepare(task: Task, container: Params, running: Running): Promise<Prepared> {
    const name = String(container["name"]);
    const image = await options.images.pull(String(container["image"]));
    running.digests.set(name, image.digest);
    const override = overrideOf(task, name);
    const secrets = Object.fromEntries(
      await Promise.all(
        secretsOf(container).map(
          async ({ name: variable, valueFrom }) => [variable, await secretValue(options.internal, valueFrom)] as const,
        ),
      ),
    );
    const command = [override["command"], container["command"]].map(stringsOf).find(({ length }) => length > 0) ?? image.command;
    const entryPoint = stringsOf(container["entryPoint"]);
    return {
      name,
      container,
      image,
      command: [...(entryPoint.length > 0 ? entryPoint : (image.entryPoint ?? [])), ...command],
      environment: { ...image.environment, ...pairsOf(container["environment"]), ...pairsOf(override["environment"]), ...secrets },
      sink: await options.logs.open(container, task.id),
    };
  }

  async function start(prepared: Prepared, address: TaskAddress, running: Running, news: ContainerNews): Promise<void> {
    const { name, container, image, command, sink } = prepared;
    const [program = "", ...args] = command;
    const environment = environmentOf(prepared, address);
    const child = options.keeper.spawn(program, args, { cwd: image.folder, env: environment, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text: string) => sink.write(text));
    try {
      await once(child, "spawn");
    } catch (error) {
      for (const other of running.processes.values()) options.keeper.signal(other, "SIGKILL");
      throw new StartFailure(
        `CannotStartContainerError: failed to create container "${name}": exec: "${program}": ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    running.processes.set(name, child);
    const checks = isRecord(container["healthCheck"])
      ? startHealthCheck(container["healthCheck"], {
          clock: options.clock,
          keeper: options.keeper,
          folder: image.folder,
          environment,
          host: address.host,
          until: running.over.signal,
          report: (health) => news.health(name, health),
        })
      : undefined;
    child.once("close", (code, signal) => {
      checks?.abort();
      sink.end();
      news.exited(name, code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  }

  function environmentOf({ container, environment }: Prepared, address: TaskAddress): Record<string, string> {
    const [port] = portsOf(container);
    const moved = port !== undefined && address.portOf(port) !== port ? { PORT: String(address.portOf(port)) } : {};
    return {
      PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? "/usr/bin:/bin"}`,
      AWS_EXECUTION_ENV: "AWS_ECS_FARGATE",
      HOSTNAME: `ip-${address.privateAddress.replaceAll(".", "-")}`,
      ...options.environment(),
      ...environment,
      // Stands for the task's own network interface: a server must not bind other tasks' addresses too.
      HOST: address.host,
      ...moved,
    };
  }

  return {
    launch,
    signal: (taskArn, container, signal) => {
      const child = tasks.get(taskArn)?.processes.get(container);
      if (child === undefined) return;
      // SIGTERM goes to the container's first process alone: https://docs.docker.com/reference/cli/docker/container/stop/
      if (signal === "SIGKILL") options.keeper.signal(child, signal);
      else child.kill(signal);
    },
    release: (taskArn) => {
      tasks.get(taskArn)?.over.abort();
    },
    forget: (taskArn) => {
      tasks.delete(taskArn);
    },
    addressOf: (taskArn) => tasks.get(taskArn)?.address,
    digestOf: (taskArn, container) => tasks.get(taskArn)?.digests.get(container),
    pids: () => new Map([...tasks].map(([arn, { processes }]) => [arn, [...processes.values()].flatMap(livePid)] as const)),
  };
}

const livePid = ({ pid, exitCode, signalCode }: ChildProcess): number[] =>
  pid === undefined || exitCode !== null || signalCode !== null ? [] : [pid];

function portsOf(container: Params): number[] {
  const mappings = container["portMappings"];
  return Array.isArray(mappings)
    ? mappings.filter(isRecord).flatMap(({ containerPort }) => (typeof containerPort === "number" ? [containerPort] : []))
    : [];
}

function secretsOf(container: Params): { readonly name: string; readonly valueFrom: string }[] {
  const secrets = container["secrets"];
  return Array.isArray(secrets)
    ? secrets.filter(isRecord).map((one) => ({ name: String(one["name"]), valueFrom: String(one["valueFrom"]) }))
    : [];
}

/** RunTask's override of one container. */
function overrideOf(task: Task, name: string): Params {
  const overrides = isRecord(task.overrides) ? task.overrides["containerOverrides"] : undefined;
  const found = Array.isArray(overrides) ? overrides.filter(isRecord).find((one) => one["name"] === name) : undefined;
  return found ?? {};
}
