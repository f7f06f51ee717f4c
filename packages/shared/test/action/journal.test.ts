import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "../../src/action/journal.ts";
import { githubRunner } from "../../src/github/runner.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const now = Date.UTC(2026, 10, 22, 3, 48, 1) / 1000;

function open(directory: string) {
  const screen: string[] = [];
  const journal = openJournal(
    githubRunner({}, (line) => screen.push(line)),
    directory,
    "blue-green-deploy",
    () => now,
  );
  return { journal, screen };
}

test("every line is in the log file with its time", () => {
  const { journal } = open(join(folder, "logs", "today"));
  journal.say("one\ntwo");
  journal.annotate("warning", "three");
  expect(journal.path).toBe(join(folder, "logs", "today", "blue-green-deploy-20261122-034801.log"));
  const at = "2026-11-22T03:48:01.000Z";
  expect(readFileSync(journal.path, "utf8")).toBe(`${at} one\n${at} two\n${at} warning: three\n`);
});

test.each([
  ["a file that is there", true],
  ["a file that is not there", false],
])("a symbolic link in the log file's place to %s is not followed, which is said once", (_, exists) => {
  const elsewhere = join(folder, "elsewhere");
  if (exists) writeFileSync(elsewhere, "mine\n");
  const { journal, screen } = open(folder);
  symlinkSync(elsewhere, journal.path);
  journal.say("one");
  journal.say("two");
  expect(existsSync(elsewhere) ? readFileSync(elsewhere, "utf8") : "nothing").toBe(exists ? "mine\n" : "nothing");
  expect(screen.filter((line) => /cannot be written \(ELOOP/.test(line))).toHaveLength(1);
  expect(screen).toEqual(expect.arrayContaining(["one", "two"]));
});
