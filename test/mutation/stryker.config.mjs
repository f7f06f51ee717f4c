/** What decides over users' traffic is changed in every way Stryker knows; each change must fail a test. */
export default {
  testRunner: "in-process",
  plugins: ["./test/mutation/runner.ts"],
  testRunnerNodeArgs: ["--disable-warning=ExperimentalWarning"],
  coverageAnalysis: "perTest",
  mutate: ["packages/rollout/src/{decide,judge}/*.ts"],
  ignorePatterns: ["**", "!packages/{rollout,shared,local-cloud}/{src,test}/**", "!packages/*/package.json", "!bench/**", "!package.json"],
  reporters: ["progress-append-only", "clear-text", "json"],
  jsonReporter: { fileName: "reports/mutation.json" },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 95, low: 90, break: 90 },
  concurrency: 1,
  // Loading the tests anew counts, and takes long on a busy machine; endless loops are counted, not waited for.
  timeoutMS: 60_000,
  tempDirName: ".tools/mutation",
};
