import { get } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { LongLivedTally } from "./tally.ts";

interface Place {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

const now = (): number => Date.now() / 1000;
// Before a connection that failed is tried again.
const pauseMs = 500;
const echoLimitMs = 30_000;

/** Holds one WebSocket open, and opens it again when it ends, until the signal. */
export async function holdWebSocket(place: Place, tally: LongLivedTally, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await oneWebSocket(place, tally, signal);
    await wait(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

function oneWebSocket(place: Place, tally: LongLivedTally, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const openedAt = now();
    const socket = new WebSocket(`ws://${place.host}:${place.port}${place.path}`);
    let lastEcho = Date.now();
    const talk = setInterval(() => {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (Date.now() - lastEcho > echoLimitMs) socket.close(4000, "no echo");
      else socket.send(`hello ${Date.now()}`);
    }, 1000);
    const leave = () => socket.close(1000);
    signal.addEventListener("abort", leave, { once: true });
    socket.addEventListener("open", () => {
      tally.opened();
      lastEcho = Date.now();
      socket.send("hello");
    });
    socket.addEventListener("message", () => {
      lastEcho = Date.now();
      tally.message();
    });
    socket.addEventListener("close", ({ code, reason }) => {
      clearInterval(talk);
      signal.removeEventListener("abort", leave);
      // 1000 and 1001 are said by an end that means it; 1006 is what the client makes of a connection that just breaks.
      if (signal.aborted || code === 1000 || code === 1001) tally.ended();
      else tally.cut(now(), now() - openedAt, `closed with ${code}${reason === "" ? "" : ` ${reason}`}`);
      resolve();
    });
    if (signal.aborted) leave();
  });
}

/** Reads one streaming answer after the other until the signal; the last one may end. */
export async function readStreams(place: Place, tally: LongLivedTally, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const whole = await oneStream(place, tally);
    if (!whole) await wait(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

function oneStream(place: Place, tally: LongLivedTally): Promise<boolean> {
  return new Promise((resolve) => {
    const openedAt = now();
    const cut = (cause: string): void => {
      tally.cut(now(), now() - openedAt, cause);
      resolve(false);
    };
    const asked = get({ ...place, agent: false, timeout: 70_000 }, (answer) => {
      let tail = "";
      tally.opened();
      answer.on("data", (data: Buffer) => {
        const text = data.toString();
        tally.message(text.split("\n").length - 1);
        tail = (tail + text).slice(-4);
      });
      answer.on("error", (error: NodeJS.ErrnoException) => cut(error.code ?? error.message));
      answer.on("end", () => {
        if (answer.statusCode !== 200 || tail !== "end\n") {
          cut(`status ${answer.statusCode}, ended with ${JSON.stringify(tail)}`);
          return;
        }
        tally.ended();
        resolve(true);
      });
    });
    asked.on("timeout", () => asked.destroy(new Error("silence")));
    asked.on("error", (error: NodeJS.ErrnoException) => cut(error.code ?? error.message));
  });
}
