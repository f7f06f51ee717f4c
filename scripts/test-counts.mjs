// A jest reporter that writes down how many tests passed and failed. jest's own --json holds every failure's error too, and cannot write
// one that refers to itself.
import { writeFileSync } from "node:fs";

export default class Counts {
  onRunComplete(_, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    writeFileSync(process.env.TEST_COUNTS_FILE, JSON.stringify({ numPassedTests, numFailedTests, numRuntimeErrorTestSuites }));
  }
}
