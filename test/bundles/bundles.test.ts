// What users run is the bundle, so every bundle is started as a runner starts it. Where dist/ is not there yet, it is built beside the tests.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { untilExit } from "../../bench/children.ts";
import { codeSize, distOf, ourPrograms } from "../../bench/programs.ts";
import { actionNames, build } from "../../scripts/build.ts";

const scratch = mkdtempSync(join(tmpdir(), "dist-"));
const names = actionNames();
const folders = new Map<string, string>();

beforeAll(async () => {
  for (const name of names) {
    const committed = join(distOf(name), "..");
    const folder = existsSync(distOf(name)) ? committed : join(scratch, name, "dist");
    folders.set(name, folder);
    if (folder !== committed) await build(name, folder);
  }
}, 300_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** MB of code that an action may have. */
const sizeLimit = 3.0;

const folderOf = (name: string): string => folders.get(name) ?? "";

describe.each(names)("the bundle of %s", (name) => {
  /** Started by the runner's Node, without any input, at a loopback address where nobody listens: a call would be told as a failure of AWS. */
  const started = async () => {
    const [program] = ourPrograms([name]);
    if (program === undefined) throw new Error("no program");
    const env = { ...program.toExit, AWS_ENDPOINT_URL: "http://127.0.0.1:9", GITHUB_ACTIONS: "true" };
    return await untilExit({ ...program, args: [join(folderOf(name), "index.js")], toExit: env });
  };

  test("refuses missing or wrong inputs by name, and ends with 1", async () => {
    const { output } = await started();
    const inputs = Object.keys((parse(readFileSync(join(distOf(name), "../../action.yml"), "utf8")) as { inputs: object }).inputs);
    const errors = output.split("\n").filter((line) => line.startsWith("::error"));
    expect(errors.length).toBeGreaterThan(0);
    expect(inputs.some((input) => errors.join("\n").includes(input))).toBe(true);
    // A stack trace is our own defect, and says nothing to the engineer on call.
    expect(output).not.toMatch(/^\s+at .+:\d+:\d+/m);
    expect(output).not.toMatch(/ECONNREFUSED|127\.0\.0\.1:9/);
  });

  test("is as small as its clients allow, with the licences of all that is in it", () => {
    expect(codeSize(folderOf(name)) / 1e6).toBeLessThanOrEqual(sizeLimit);
    const licences = readFileSync(join(folderOf(name), "licenses.txt"), "utf8").split("\n");
    // One that ncc sees, and two that it gets without their folders (docs/adr/0071).
    for (const inside of ["@actions/core", "@smithy/core", "@aws-sdk/client-sts"]) expect(licences).toContain(inside);
  });

  test("is an ES module that names no folder of the machine that built it", () => {
    expect(JSON.parse(readFileSync(join(folderOf(name), "package.json"), "utf8"))).toMatchObject({ type: "module" });
    const root = join(import.meta.dirname, "../..");
    for (const file of readdirSync(folderOf(name))) {
      expect(`${file} ${readFileSync(join(folderOf(name), file), "utf8").includes(`${root}/`)}`).toBe(`${file} false`);
    }
  });
});

const hashOf = (folder: string): readonly string[] =>
  readdirSync(folder)
    .sort()
    .map(
      (file) =>
        `${file} ${createHash("sha256")
          .update(readFileSync(join(folder, file)))
          .digest("hex")}`,
    );

test("two builds are byte for byte the same", async () => {
  const [one, other] = [join(scratch, "one"), join(scratch, "other/deeper")];
  await build("security-scan", one);
  await build("security-scan", other);
  expect(hashOf(one)).toEqual(hashOf(other));
}, 120_000);
