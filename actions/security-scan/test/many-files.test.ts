import { jest } from "@jest/globals";
import { manyFiles, scanOnce } from "../../../bench/scan.ts";
import { cleanUp, temporary } from "./harness.ts";

jest.setTimeout(120_000);
afterAll(cleanUp);

// The full size, 100,000 files and 200 MB, is in bench/scan.ts.
test("thousands of files and a large one are scanned to the last line, in little memory of our own", () => {
  const workspace = temporary();
  manyFiles(workspace, 3000, 8);
  const taken = scanOnce(workspace, { scanners: "gitleaks\nbandit" });
  expect(taken.scanners.map(({ name, state, reason }) => `${name} ${state}${reason}`)).toEqual(["gitleaks ran", "bandit ran"]);
  expect(taken).toMatchObject({ outcome: "findings", files: 3001, findings: 1 });
  expect(taken.peakMemory).toBeLessThan(300);
});
