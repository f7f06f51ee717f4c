import { buildDigest, compareBuild, filesOutside, manifestName, manifestOf, parseManifest } from "../../src/model/build.ts";
import { canonical } from "../../src/model/canonical.ts";
import { artefactsOf, imagesOf, parseTemplate } from "../../src/model/template.ts";

const file = (path: string, sha256 = "a", executable = false) => ({ path, sha256, executable });
const files = [file("template.yaml"), file("F/index.js", "b"), file("F/run.sh", "c", true)];
const manifest = manifestOf(files);

describe("a build and its digest", () => {
  test("the order of the files and the manifest itself do not count", () => {
    expect(buildDigest(manifestOf([...files].reverse()))).toBe(buildDigest(manifest));
    expect(buildDigest(manifestOf([...files, file(manifestName)]))).toBe(buildDigest(manifest));
  });

  test.each([
    ["content", [file("template.yaml", "x"), ...files.slice(1)]],
    ["a name", [file("Template.yaml"), ...files.slice(1)]],
    ["the executable bit", [file("template.yaml", "a", true), ...files.slice(1)]],
    ["one file more", [...files, file("new")]],
  ])("another %s is another digest", (_, other) => {
    expect(buildDigest(manifestOf(other))).not.toBe(buildDigest(manifest));
  });

  test("what was lost, changed or added on the way is named", () => {
    expect(compareBuild(manifest, [file("F/index.js", "x"), file("F/run.sh", "c"), file("evil.js")])).toEqual({
      missing: ["template.yaml"],
      changed: ["F/index.js"],
      added: ["evil.js"],
      notExecutable: ["F/run.sh"],
    });
  });

  test("a manifest is read back, and nothing else is taken for one", () => {
    expect(parseManifest(canonical(manifest))).toEqual(manifest);
    for (const text of ["", "{}", "[]", '{"version":1,"files":[{}]}', '{"version":2,"files":[]}'])
      expect(parseManifest(text)).toBeUndefined();
  });
});

const template = parseTemplate(
  `
Transform: AWS::Serverless-2016-10-31
Resources:
  F: { Type: AWS::Serverless::Function, Properties: { CodeUri: "s3://bucket/dir/f" } }
  G: { Type: AWS::Lambda::Function, Properties: { Code: { S3Bucket: bucket, S3Key: g } } }
  L: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: { Bucket: other, Key: l } } }
  N: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: "https://s3.eu-central-1.amazonaws.com/bucket/n.template" } }
  I: { Type: AWS::Serverless::Function, Properties: { PackageType: Image, ImageUri: "1.dkr.ecr.eu-central-1.amazonaws.com/i@sha256:1" } }
  Same: { Type: AWS::Serverless::Function, Properties: { CodeUri: "s3://bucket/dir/f" } }
  A: { Type: AWS::Serverless::Api, Properties: { DefinitionUri: ../../openapi.yaml } }
  Q: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub "../../no-file" } }
`,
  "t",
);

test("every code package of a packaged template is found once", () => {
  expect(artefactsOf(template).map(({ bucket, key }) => `${bucket}/${key}`)).toEqual([
    "bucket/dir/f",
    "bucket/g",
    "bucket/n.template",
    "other/l",
  ]);
  expect(imagesOf(template)).toEqual(["1.dkr.ecr.eu-central-1.amazonaws.com/i@sha256:1"]);
});

test("files that a build leaves outside of its folder are found", () => {
  expect(filesOutside(template)).toEqual(["../../openapi.yaml"]);
});

test.each(["", "just text", "Resources: [", "Parameters: {}"])("%p is refused as a template", (text) => {
  expect(() => parseTemplate(text, "t.yaml")).toThrow(/t.yaml: the template/);
});
