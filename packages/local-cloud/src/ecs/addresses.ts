import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";

/** Where a task is: the address that the API shows, and where its ports really are. */
export interface TaskAddress {
  /** As in a VPC of 10.0.0.0/16; never given twice. */
  readonly privateAddress: string;
  /** For the task's HOST: the loopback address that stands for its network interface. */
  readonly host: string;
  /** The real port of a container's port. */
  readonly portOf: (containerPort: number) => number;
}

export interface Addresses {
  give(containerPorts: readonly number[]): Promise<TaskAddress>;
  close(): void;
}

/**
 * Gives each task an address of its own, as awsvpc does: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
 *
 * Linux answers on all of 127.0.0.0/8. Where only 127.0.0.1 exists (macOS) a task has free ports instead, and its PORT says which.
 */
export async function createAddresses(platform: NodeJS.Platform = process.platform): Promise<Addresses> {
  let count = 0;
  const next = () => {
    count += 1;
    return { high: Math.floor(count / 250) % 250, low: 4 + (count % 250) };
  };
  if (platform !== "linux") {
    return {
      give: async (ports) => {
        const { high, low } = next();
        const real = new Map<number, number>();
        for (const port of ports) real.set(port, await freePort());
        return { privateAddress: `10.0.${high}.${low}`, host: "127.0.0.1", portOf: (port) => real.get(port) ?? port };
      },
      close: () => undefined,
    };
  }
  const { network, lock } = await ownNetwork();
  return {
    give: async () => {
      const { high, low } = next();
      return { privateAddress: `10.0.${high}.${low}`, host: `127.${network}.${high}.${low}`, portOf: (port) => port };
    },
    close: () => lock.close(),
  };
}

/** A port that every cloud on this machine knows: holding it on 127.N.255.254 means that 127.N.0.0/16 is ours. */
const lockPort = 47_653;

async function ownNetwork(): Promise<{ readonly network: number; readonly lock: Server }> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const network = 1 + Math.floor(Math.random() * 254);
    const lock = createServer().unref();
    const isOurs = await new Promise<boolean>((resolve) => {
      lock.once("error", () => resolve(false));
      lock.listen(lockPort, `127.${network}.255.254`, () => resolve(true));
    });
    if (isOurs) return { network, lock };
  }
  throw new Error(`No free network 127.N.0.0/16: are more than 200 local clouds running on this machine, or is port ${lockPort} taken?`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
