import { parse } from "smol-toml";
import { parseSamOverrides, parseSamTags, readSamConfig, settingsOf } from "../../src/model/samconfig.ts";

const file = parse(`
version = 0.1
[default.global.parameters]
stack_name = "api-default"
[prod.global.parameters]
region = "eu-central-1"
stack_name = "api"
[prod.deploy.parameters]
stack_name = "api-prod"
resolve_s3 = true
capabilities = "CAPABILITY_IAM CAPABILITY_NAMED_IAM"
parameter_overrides = "Environment=prod Greeting='hello world'"
tags = "Project=api Owner=\\"the team\\""
image_repositories = ["F=1.dkr.ecr.eu-central-1.amazonaws.com/f"]
[prod.package.parameters]
s3_bucket = "packages"
`);

test("a command's own settings win over the environment's global ones", () => {
  const config = readSamConfig(settingsOf(file, "prod", "deploy", "f"), settingsOf(file, "prod", "package", "f"));
  expect(config).toMatchObject({
    stackName: "api-prod",
    region: "eu-central-1",
    bucket: "packages",
    resolveBucket: true,
    capabilities: ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    tags: { Project: "api", Owner: "the team" },
    imageRepositories: ["F=1.dkr.ecr.eu-central-1.amazonaws.com/f"],
  });
  expect(Object.fromEntries(config.parameters)).toEqual({ Environment: "prod", Greeting: "hello world" });
});

test("a missing environment is an error that names those there are", () => {
  expect(() => settingsOf(file, "staging", "deploy", "samconfig.toml")).toThrow(/no environment "staging"; it has default, prod/);
  expect(settingsOf({ version: 0.1 }, "default", "deploy", "f")).toEqual({});
  expect(() => settingsOf({ version: 1 }, "default", "deploy", "samconfig.toml")).toThrow(/samconfig.toml needs a version/);
});

test.each`
  given                                          | means
  ${"A=b C=d"}                                   | ${{ A: "b", C: "d" }}
  ${'A="b c" D=e'}                               | ${{ A: "b c", D: "e" }}
  ${"A='b c'"}                                   | ${{ A: "b c" }}
  ${'ParameterKey=A,ParameterValue="a b=c, d"'}  | ${{ A: "a b=c, d" }}
  ${["A=1", 'B="2 3"']}                          | ${{ A: "1", B: "2 3" }}
  ${{ A: 1, B: true, C: ["x", " y "], D: null }} | ${{ A: "1", B: "true", C: "x,y", D: "" }}
  ${""}                                          | ${{}}
`("parameter_overrides $given", ({ given, means }) => {
  expect(Object.fromEntries(parseSamOverrides(given))).toEqual(means);
});

test.each(["file://parameters.yaml", "nonsense"])("parameter_overrides %s is refused with the reason", (given) => {
  expect(() => parseSamOverrides(given)).toThrow(/parameter_overrides/);
});

test.each`
  given                | means
  ${"A=b C=d"}         | ${{ A: "b", C: "d" }}
  ${"A=b with blanks"} | ${{ A: "b with blanks" }}
  ${["A=b", "C=d e"]}  | ${{ A: "b", C: "d e" }}
  ${'A="b c" D="e f"'} | ${{ A: "b c", D: "e f" }}
  ${{ A: "b" }}        | ${{ A: "b" }}
`("tags $given", ({ given, means }) => {
  expect(parseSamTags(given)).toEqual(means);
});
