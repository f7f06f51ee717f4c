// A relay that goes away in the middle of a conversation.
import { connect, createServer, type Socket } from "node:net";

export interface Relay {
  readonly port: number;
  stop(): void;
}

/** Passes bytes on to a port of this machine, and cuts the connection once the client has sent this many. */
export async function startRelay(target: number, cutAfter: number): Promise<Relay> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    let sent = 0;
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    client.on("data", (chunk: Buffer) => {
      sent += chunk.length;
      if (sent < cutAfter) upstream.write(chunk);
      else client.destroy();
    });
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    stop: () => {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
