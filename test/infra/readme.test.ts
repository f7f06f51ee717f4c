import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rejectedTypes } from "./emulated.ts";
import { resolveResources } from "./resolve.ts";
import { infraFolder, loadTemplate, templateNames } from "./template.ts";

const readme = readFileSync(join(infraFolder, "README.md"), "utf8");

interface Command {
  readonly stack: string;
  readonly template: string;
  readonly capabilities: readonly string[];
  /** Parameter names with the text of their value. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Every `aws cloudformation deploy` of the page, with the variables that stand for several parameters written out. */
function commands(): readonly Command[] {
  const text = readme
    .replaceAll("\\\n", " ")
    .replaceAll("$names", "Application=shop Environment=staging")
    .replaceAll("$tags", "Application=shop Environment=staging");
  return [...text.matchAll(/^aws cloudformation deploy (.*)$/gm)].map(([, line = ""]) => {
    const option = (name: string) => new RegExp(`--${name} (.*?)(?= --|$)`).exec(line)?.[1]?.trim() ?? "";
    // A value may hold a command of its own, with spaces: NAME=$(out STACK OUTPUT).
    const pairs = [...option("parameter-overrides").matchAll(/([A-Za-z]+)=(\$\(.*?\)\S*|\S+)/g)];
    return {
      stack: option("stack-name"),
      template: /infra\/([a-z-]+)\.yaml/.exec(option("template-file"))?.[1] ?? "",
      capabilities: option("capabilities").split(" "),
      parameters: new Map(pairs.map(([, name = "", value = ""]) => [name, value])),
    };
  });
}

const byStack = new Map(commands().map((command) => [command.stack, command]));

test("the page deploys every template once", () => {
  expect(
    commands()
      .map((command) => command.template)
      .sort(),
  ).toEqual([...templateNames()]);
});

describe.each(commands())("the command for $template", ({ template, parameters, capabilities }) => {
  const { Parameters, Resources, Transform } = loadTemplate(template);

  test("gives parameters that the template has, and all that it requires", () => {
    const given = [...parameters.keys()];
    expect(given.filter((name) => !(name in Parameters))).toEqual([]);
    const required = Object.entries(Parameters).filter(([, parameter]) => parameter.Default === undefined);
    expect(required.map(([name]) => name).filter((name) => !given.includes(name))).toEqual([]);
  });

  test("reads outputs that the named stacks have, and deploys those stacks before", () => {
    const order = commands().map((command) => command.template);
    for (const value of parameters.values()) {
      const [, stack, output] = /^\$\(out (\S+) (\w+)\)/.exec(value) ?? [];
      if (stack === undefined || output === undefined) continue;
      const source = byStack.get(stack)?.template ?? "";
      expect(Object.keys(loadTemplate(source).Outputs)).toContain(output);
      expect(order.indexOf(source)).toBeLessThan(order.indexOf(template));
    }
  });

  test("acknowledges what the template does to IAM, and its transform", () => {
    const roles = Object.values(Resources).filter((resource) => /^AWS::IAM::(Role|ManagedPolicy|Policy|OIDCProvider)$/.test(resource.Type));
    const named = roles.some((role) => role.Properties?.["RoleName"] ?? role.Properties?.["ManagedPolicyName"]);
    const wanted = [
      ...(named ? ["CAPABILITY_NAMED_IAM"] : roles.length > 0 ? ["CAPABILITY_IAM"] : []),
      ...(Transform === undefined ? [] : ["CAPABILITY_AUTO_EXPAND"]),
    ];
    expect(capabilities.filter((one) => one !== "")).toEqual(wanted);
  });
});

test("every alarm of the page is one that the template makes, and none is missing", () => {
  const watched = {
    LoadBalancerFullName: "app/a/1",
    DatabaseId: "a",
    CacheId: "a",
    CertificateArn: "a",
    FunctionName: "a",
    TableName: "a",
  };
  const given = { Application: "shop", Environment: "staging", EnvironmentClass: "non-production", LogsKeyArn: "a", ...watched };
  const made = Object.values(resolveResources(loadTemplate("alarms"), given))
    .filter((resource) => resource.Type === "AWS::CloudWatch::Alarm")
    .map((resource) => String(resource.Properties?.["AlarmName"]));
  const section = readme.slice(readme.indexOf("## Alarm names"), readme.indexOf("## Costs"));
  const named = [...section.matchAll(/^\| `([a-z-]+)`/gm)].map((match) => match[1]);
  expect(named.sort()).toEqual(made.sort());
});

test("the types that the emulator rejects are really used, so that the list does not outlive its reason", () => {
  const used = new Set(templateNames().flatMap((name) => Object.values(loadTemplate(name).Resources).map((resource) => resource.Type)));
  expect([...rejectedTypes].filter((type) => !used.has(type))).toEqual([]);
});
