export default {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2024", parser: { syntax: "typescript" } }, module: { type: "es6" } }] },
  testMatch: ["<rootDir>/{packages,actions,test}/**/*.test.ts"],
  // A busy machine is no failure: only what hangs is.
  testTimeout: 60_000,
  modulePathIgnorePatterns: ["/dist/", "/.tools/"],
};
