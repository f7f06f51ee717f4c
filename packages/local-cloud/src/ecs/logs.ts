import type { Clock } from "@aws-deploy-actions/shared/clock";
import { type Internal, InternalError } from "../aws-internal.ts";
import { isRecord, type Params } from "../proxy/params.ts";
import { StartFailure } from "./driver.ts";

/** Takes a container's output. */
export interface LogSink {
  write(text: string): void;
  /** Writes the last unfinished line and sends what is left. */
  end(): void;
}

export interface LogShipper {
  /**
   * Opens the stream `prefix/container/task-id` of a container's awslogs options.
   *
   * @throws StartFailure where the log group is missing
   */
  open(container: Params, taskId: string): Promise<LogSink>;
  /** Sends everything that waits. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** Lines wait this long, in real milliseconds, so that many travel in one call. */
const shipEvery = 300;

/** The awslogs driver: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html */
export function createLogShipper(internal: Internal, clock: Clock): LogShipper {
  const waiting = new Map<
    string,
    { readonly group: string; readonly stream: string; isOver: boolean; events: { timestamp: number; message: string }[] }
  >();
  const logs = (operation: string, params: Params) => internal.json("logs", `Logs_20140328.${operation}`, params);
  let sending: Promise<void> = Promise.resolve();
  const timer = setInterval(() => void flush(), shipEvery);
  timer.unref();

  function flush(): Promise<void> {
    sending = sending.then(async () => {
      for (const [key, entry] of waiting) {
        const logEvents = entry.events.splice(0, 5000);
        if (logEvents.length === 0 && entry.isOver) waiting.delete(key);
        if (logEvents.length === 0) continue;
        // A group that was deleted meanwhile swallows the lines, as with awslogs.
        await logs("PutLogEvents", { logGroupName: entry.group, logStreamName: entry.stream, logEvents }).catch(() => undefined);
      }
    });
    return sending;
  }

  async function createStream(logGroupName: string, logStreamName: string, createGroup: boolean): Promise<void> {
    if (createGroup) await logs("CreateLogGroup", { logGroupName }).catch(() => undefined);
    try {
      await logs("CreateLogStream", { logGroupName, logStreamName });
    } catch (error) {
      if (!(error instanceof InternalError) || error.code === "ResourceAlreadyExistsException") return;
      throw new StartFailure(
        `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ${error.code}: ${error.message}`,
      );
    }
  }

  return {
    open: async (container, taskId) => {
      const configuration = isRecord(container["logConfiguration"]) ? container["logConfiguration"] : {};
      const options = isRecord(configuration["options"]) ? configuration["options"] : {};
      const group = options["awslogs-group"];
      if (configuration["logDriver"] !== "awslogs" || typeof group !== "string") return { write: () => undefined, end: () => undefined };
      const prefix = options["awslogs-stream-prefix"];
      const stream = typeof prefix === "string" ? `${prefix}/${String(container["name"])}/${taskId}` : taskId;
      await createStream(group, stream, options["awslogs-create-group"] === "true");
      const key = `${group} ${stream}`;
      const entry = waiting.get(key) ?? { group, stream, isOver: false, events: [] };
      waiting.set(key, entry);
      const sink = lineSink((message) => entry.events.push({ timestamp: Math.round(clock.now() * 1000), message }));
      return {
        write: sink.write,
        end: () => {
          sink.end();
          entry.isOver = true;
          // Who learns that it stopped will ask for its last lines.
          void flush();
        },
      };
    },
    flush,
    stop: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}

/** Cuts text into lines; CloudWatch takes no empty event. */
function lineSink(line: (text: string) => void): LogSink {
  let rest = "";
  return {
    write: (text) => {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? "";
      for (const one of lines) if (one !== "") line(one);
    },
    end: () => {
      if (rest !== "") line(rest);
      rest = "";
    },
  };
}
