import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "test-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("counts what passed and failed, also where an error refers to itself and a suite does not load", () => {
  const suites = {
    "good.test.js": 'test("one", () => {}); test("two", () => {});',
    "circular.test.js":
      'test("one", () => { const error = new Error("no"); error.self = { error }; throw error; }); test("two", () => {});',
    "broken.test.js": 'throw new Error("does not load");',
  };
  for (const [name, text] of Object.entries(suites)) writeFileSync(join(folder, name), text);
  const config = JSON.stringify({ rootDir: folder, transform: {}, testMatch: ["<rootDir>/*.test.js"] });
  const command = [join(import.meta.dirname, "../../scripts/test.ts"), "good", "circular", "broken", "--config", config, "--runInBand"];
  const { status, stdout } = spawnSync(process.execPath, command, { encoding: "utf8" });
  expect({ status, last: stdout.trimEnd().split("\n").at(-1) }).toEqual({ status: 1, last: "3 passed, 2 failed" });
}, 60_000);
