// Makes a bare clone ready: node modules and the Python tools. Node's own modules only, since nothing is installed yet.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const tools = join(root, ".tools");
const say = (text) => process.stderr.write(`${text}\n`);
const hashOf = (file) =>
  createHash("sha256")
    .update(readFileSync(join(root, file)))
    .digest("hex");

function upToDate(stampName, hash) {
  const stamp = join(tools, stampName);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
}

function markDone(stampName, hash) {
  mkdirSync(tools, { recursive: true });
  writeFileSync(join(tools, stampName), hash);
}

function run(command, args, label) {
  // Standard output belongs to the command that follows (it may end in JSON): set-up talks on stderr alone.
  const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
  if (result.status !== 0) {
    say(`${result.stdout ?? ""}${result.stderr ?? ""}`);
    say(
      `✖ ${label} failed (exit ${result.status ?? result.error?.message}). The lines above are its own output; mend that and run the command again.`,
    );
    process.exit(1);
  }
}

function installNodeModules() {
  const hash = hashOf("package-lock.json");
  if (existsSync(join(root, "node_modules")) && upToDate("node-modules.stamp", hash)) return;
  say("setting up: node modules (npm ci)");
  const npm = process.env.npm_execpath;
  const args = ["ci", "--loglevel=error"];
  if (npm?.endsWith("js")) run(process.execPath, [npm, ...args], "npm ci");
  else run(npm ?? "npm", args, "npm ci");
  markDone("node-modules.stamp", hash);
}

/** The first Python of version 3.10 or later in PATH. */
function findPython() {
  for (const candidate of ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"]) {
    try {
      const version = execFileSync(candidate, ["-c", "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }).trim();
      const [major, minor] = version.split(".").map(Number);
      if (major === 3 && minor >= 10) return candidate;
    } catch {
      // Not installed, or without venv: the next candidate may do.
    }
  }
  say(
    "✖ Python 3.10 or later with its venv module is needed (moto and act come as Python packages). Install it, for example: apt-get install python3 python3-venv, or brew install python@3.12.",
  );
  process.exit(1);
}

function installPythonTools(name) {
  const requirements = `scripts/requirements/${name}.txt`;
  const hash = hashOf(requirements);
  if (upToDate(`${name}.stamp`, hash)) return;
  const environment = join(tools, name);
  const python = findPython();
  say(`setting up: Python tools "${name}" (${requirements})`);
  run(python, ["-m", "venv", "--clear", environment], `the virtual environment ${name}`);
  run(
    join(environment, "bin", "python"),
    ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", join(root, requirements)],
    `pip install of ${requirements}`,
  );
  markDone(`${name}.stamp`, hash);
}

const wanted = process.argv.slice(2);
installNodeModules();
for (const name of wanted.length > 0 ? wanted : ["cloud"]) installPythonTools(name);
