// Which programs are started: our actions, what they are measured against, and peers.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import type { Program } from "./children.ts";

const root = join(import.meta.dirname, "..");
const node = process.execPath;

/** The environment through which a runner hands inputs over. */
export const asInputs = (inputs: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replace(/ /g, "_").toUpperCase()}`, value]));

const shop = { application: "shop", environment: "staging", "aws-region": "eu-central-1" };

/** Inputs with which each action gets to its first AWS call by the shortest way it has; undefined: it calls none. */
const toCall: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "blue-green-deploy": { ...shop, image: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v2" },
  "emergency-rollback": { ...shop, mode: "status" },
  "health-check": { ...shop, components: "ecs" },
  "validate-secrets": { ...shop, "secret-ids": "shop-staging" },
  "security-posture": { ...shop, profile: "container" },
  "sam-deploy": { mode: "status", "stack-name": "shop-staging", "aws-region": "eu-central-1" },
};

/** What each action refuses before anything else; without a required input nothing needs to be given. */
const toExit: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "security-scan": { "fail-on": "sometimes" },
  "sam-deploy": { mode: "sometimes" },
  "terraform-stack": { mode: "sometimes" },
};

export const distOf = (action: string): string => join(root, "actions", action, "dist", "index.js");

/** Every action whose dist was built. */
export function ourPrograms(actions: readonly string[]): readonly Program[] {
  return actions.map((name) => ({
    name,
    command: node,
    args: [distOf(name)],
    toExit: asInputs(toExit[name] ?? {}),
    ...(toCall[name] === undefined ? {} : { toCall: asInputs(toCall[name]) }),
  }));
}

export const nodeAlone: Program = { name: "node -e 0", command: node, args: ["-e", "0"] };

/** Builds the bare bundle with ncc as anybody would. */
export function bareBundle(folder: string): Program {
  const ncc = join(root, "node_modules/@vercel/ncc/dist/ncc/cli.js");
  execFileSync(node, [ncc, "build", join(root, "bench/bare/main.ts"), "--out", folder, "--transpile-only", "--no-cache"], {
    cwd: root,
    stdio: "pipe",
  });
  return {
    name: "bare bundle (core and one client)",
    command: node,
    args: [join(folder, "index.js")],
    toExit: {},
    toCall: asInputs({ cluster: "shop" }),
  };
}

/** A checked-out action with its dist; inputs for its first call as `name=value`. Without them, those of amazon-ecs-deploy-task-definition. */
export function peerAction(folder: string, inputs: readonly string[], scratch: string): Program {
  const file = ["action.yml", "action.yaml"].map((name) => join(folder, name)).find(existsSync);
  if (file === undefined) throw new Error(`${folder} holds no action.yml`);
  const action = parse(readFileSync(file, "utf8")) as { name?: string; runs?: { main?: string } };
  const definition = join(scratch, "task-definition.json");
  writeFileSync(definition, JSON.stringify({ family: "shop", containerDefinitions: [{ name: "app", image: "shop:v2", memory: 64 }] }));
  const given = inputs.length === 0 ? [`task-definition=${definition}`, "service=web", "cluster=shop"] : inputs;
  const pairs = given.map((one) => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)] as const);
  return {
    name: `peer: ${action.name ?? folder}`,
    command: node,
    args: [resolve(folder, action.runs?.main ?? "dist/index.js")],
    toExit: {},
    toCall: asInputs(Object.fromEntries(pairs)),
  };
}

/** A program with its arguments, separated by blanks, which calls AWS. */
export function peerCommand(line: string): Program {
  const [command = "", ...args] = line.split(/\s+/);
  return { name: `peer: ${line}`, command, args, toCall: {} };
}

/** ecs-deploy of PyPI, where `node scripts/bootstrap.mjs bench` has installed it. */
export function ecsDeploy(): Program | undefined {
  const command = join(root, ".tools/bench/bin/ecs");
  if (!existsSync(command)) return undefined;
  return { name: "peer: ecs-deploy (Python)", command, args: ["deploy"], callArgs: ["shop", "web", "--tag", "v2"], toExit: {}, toCall: {} };
}

/** Bytes of all code in a bundle's folder. */
export function codeSize(folder: string): number {
  return readdirSync(folder)
    .filter((name) => /\.(js|mjs|cjs)$/.test(name))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
