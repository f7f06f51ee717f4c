export default {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2024", parser: { syntax: "typescript" } }, module: { type: "es6" } }] },
  testMatch: ["<rootDir>/{packages,actions,test}/**/*.test.ts"],
  modulePathIgnorePatterns: ["/dist/", "/.tools/"],
};
