import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Seconds } from "@aws-deploy-actions/shared/units";
import type { Keeper } from "./keeper.ts";

/** The control plane: moto, of which nothing here is our own. */
export interface Moto {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
}

export interface MotoOptions {
  readonly accountId: string;
  readonly timeFactor: number;
  /** The real instant, seconds since the epoch, from which time is compressed. */
  readonly origin: number;
  readonly startTimeout?: Seconds;
}

const motosAccount = "123456789012";
const root = join(import.meta.dirname, "..", "..", "..", "..");
const python = join(root, ".tools", "cloud", "bin", "python");

/**
 * Starts moto on a free port of 127.0.0.1.
 *
 * @throws when the Python tools are missing or moto does not start in time; the message holds its last lines
 */
export async function startMoto(keeper: Keeper, options: MotoOptions): Promise<Moto> {
  if (!existsSync(python)) throw new Error(`The local cloud needs moto in ${python}. Run: npm run bootstrap`);
  const child = keeper.spawn(python, [join(import.meta.dirname, "run_moto.py")], {
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      PYTHONDONTWRITEBYTECODE: "1",
      // Forced, it would hold for every caller: without it moto's own default account stays, and assumed roles lead to others.
      ...(options.accountId === motosAccount ? {} : { MOTO_ACCOUNT_ID: options.accountId }),
      // Two thousand machine images that nobody here looks at.
      MOTO_EC2_LOAD_DEFAULT_AMIS: "false",
      CLOUD_TIME_FACTOR: String(options.timeFactor),
      CLOUD_TIME_ORIGIN: String(options.origin),
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    let text = "";
    const limit = setTimeout(() => fail(`did not answer within ${options.startTimeout ?? 60} s`), (options.startTimeout ?? 60) * 1000);
    const fail = (what: string) => {
      clearTimeout(limit);
      reject(new Error(`moto ${what}:\n${text.slice(-2000)}`));
    };
    child.once("error", (error) => fail(`cannot be started (${error.message})`));
    child.once("exit", (code) => fail(`ended at its start with exit ${code}`));
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      // It says its port on a pipe that only it has: so the server that answers there is ours. Afterwards it logs every request; nobody reads that.
      if (text.length > 20_000) return;
      text += chunk;
      const match = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(text);
      if (match === null) return;
      clearTimeout(limit);
      resolve(Number(match[1]));
    });
  });
  return { host: "127.0.0.1", port, endpoint: `http://127.0.0.1:${port}` };
}
