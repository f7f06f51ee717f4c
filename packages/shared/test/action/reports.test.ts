import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeReports } from "../../src/action/reports.ts";
import { incidentReport } from "../../src/report/incident.ts";
import { rolledBack } from "../report/stories.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reports-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function journalIn(directory: string, name: string) {
  const said: string[] = [];
  return { journal: { path: join(directory, name), annotate: (level: string, text: string) => void said.push(`${level}: ${text}`) }, said };
}

test.each(["deploy-1.log", "deploy-1"])("the reports lie beside the log %s under its name", async (name) => {
  const { journal, said } = journalIn(folder, name);
  expect(await writeReports(rolledBack, journal, { ".txt": incidentReport })).toBe(join(folder, "deploy-1.html"));
  expect(readFileSync(join(folder, "deploy-1.html"), "utf8")).toMatch(/^<!doctype html>/i);
  expect(readFileSync(join(folder, "deploy-1.txt"), "utf8")).toBe(incidentReport(rolledBack));
  expect(said).toEqual([]);
});

test("there is a page alone where no other report is asked for", async () => {
  expect(await writeReports(rolledBack, journalIn(folder, "a.log").journal)).toBe(join(folder, "a.html"));
  expect(existsSync(join(folder, "a.txt"))).toBe(false);
});

test("what cannot be written is said and changes nothing", async () => {
  const { journal, said } = journalIn(join(folder, "missing"), "a.log");
  expect(await writeReports(rolledBack, journal)).toBeUndefined();
  expect(said).toEqual([expect.stringMatching(/^warning: The reports beside .*a\.log could not be written: ENOENT/)]);
});

test("a symbolic link in a report's place is not followed", async () => {
  const elsewhere = join(folder, "elsewhere");
  writeFileSync(elsewhere, "mine");
  symlinkSync(elsewhere, join(folder, "a.html"));
  const { journal, said } = journalIn(folder, "a.log");
  expect(await writeReports(rolledBack, journal)).toBeUndefined();
  expect(readFileSync(elsewhere, "utf8")).toBe("mine");
  expect(said).toEqual([expect.stringMatching(/ELOOP/)]);
});
