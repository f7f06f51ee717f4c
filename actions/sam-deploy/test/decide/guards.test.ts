import { findingsOf } from "../../src/decide/findings.ts";
import { guardProblems } from "../../src/decide/guards.ts";
import { parseTemplate } from "../../src/model/template.ts";

const template = (names: readonly string[]) =>
  parseTemplate(
    JSON.stringify({ Parameters: Object.fromEntries(names.map((name) => [name, { Type: "String", Default: "" }])), Resources: {} }),
    "t",
  );

const judged = (name: string, value: string, environment: "production" | "non-production") =>
  guardProblems(template([name]), [{ name, value }], [], environment).map(({ what }) => what);

describe("what keeps a stack from changing", () => {
  test.each`
    name                      | value                                  | production         | elsewhere
    ${"StripeSecretKey"}      | ${"sk_live_51Hq7fK2vTzWm9"}            | ${""}              | ${"a live key"}
    ${"StripeSecretKey"}      | ${"rk_live_51Hq7fK2vTzWm9"}            | ${""}              | ${"a live key"}
    ${"StripeSecretKey"}      | ${"sk_test_51Hq7fK2vTzWm9"}            | ${"a test key"}    | ${""}
    ${"StripePublishableKey"} | ${"pk_test_51Hq7fK2vTzWm9"}            | ${"a test key"}    | ${""}
    ${"StripePublishableKey"} | ${"pk_live_51Hq7fK2vTzWm9"}            | ${""}              | ${"a live key"}
    ${"StripeSecretKey"}      | ${""}                                  | ${"no live key"}   | ${""}
    ${"PaymentConfig"}        | ${'{"key":"sk_test_51Hq7fK2vTzWm9"}'}  | ${"a test key"}    | ${""}
    ${"PaymentConfig"}        | ${'{"key":"sk_live_51Hq7fK2vTzWm9"}'}  | ${""}              | ${"a live key"}
    ${"StripeWebhookSecret"}  | ${"whsec_Zk3Wq8vT5mXc2L"}              | ${""}              | ${""}
    ${"CustomDomainName"}     | ${""}                                  | ${"custom domain"} | ${""}
    ${"CustomDomainName"}     | ${"api.example.com"}                   | ${""}              | ${""}
    ${"SSLCertificateArn"}    | ${""}                                  | ${"certificate"}   | ${""}
    ${"JwtSecret"}            | ${"changeme"}                          | ${"a placeholder"} | ${"a placeholder"}
    ${"GoogleClientId"}       | ${"your_google_client_id"}             | ${"a placeholder"} | ${"a placeholder"}
    ${"StripeSecretKey"}      | ${"sk_live_..."}                       | ${"a placeholder"} | ${"a placeholder"}
    ${"StripeSecretKey"}      | ${"{{resolve:secretsmanager:stripe}}"} | ${""}              | ${""}
    ${"Environment"}          | ${"dev"}                               | ${"another kind"}  | ${""}
    ${"Environment"}          | ${"prod"}                              | ${""}              | ${"another kind"}
    ${"TaskName"}             | ${"task_test_run"}                     | ${""}              | ${""}
  `("$name=$value: in production '$production', elsewhere '$elsewhere'", ({ name, value, production, elsewhere }) => {
    for (const [environment, says] of [
      ["production", production],
      ["non-production", elsewhere],
    ] as const) {
      const found = judged(name, value, environment);
      if (says === "") expect(found).toEqual([]);
      else expect(found.join()).toContain(says);
      if (value.length > 8) expect(found.join()).not.toContain(value);
    }
  });

  test("a value that the stack keeps is judged where it can be seen", () => {
    const kept = (value: string) =>
      guardProblems(
        template(["StripePublishableKey"]),
        [{ name: "StripePublishableKey", previous: true }],
        [{ name: "StripePublishableKey", value }],
        "production",
      );
    expect(kept("pk_test_51Hq7fK2vTzWm9")).toHaveLength(1);
    expect(kept("****")).toEqual([]);
  });
});

describe("what is worth mending", () => {
  const found = (resources: object, given: Partial<Parameters<typeof findingsOf>[0]> = {}) =>
    findingsOf({
      template: parseTemplate(
        JSON.stringify({ Resources: resources, Parameters: { ApiToken: { Type: "String" }, TokenTableName: { Type: "String" } } }),
        "t",
      ),
      stackName: "api-prod",
      environment: "prod",
      environmentClass: "production",
      tags: { Project: "api", Environment: "prod" },
      terminationProtection: true,
      ...given,
    }).map(({ what }) => what);
  const sound = {
    F: { Type: "AWS::Serverless::Function", Properties: { Timeout: 10, MemorySize: 512 } },
    T: { Type: "AWS::DynamoDB::Table", DeletionPolicy: "Retain" },
  };
  const token = "Parameter ApiToken looks like a secret, but the template lets CloudFormation show it.";

  test("a sound template leaves only the parameter without NoEcho", () => {
    expect(found(sound)).toEqual([token]);
  });

  test.each`
    what                                      | change                                                                                                                            | says
    ${"no time-out"}                          | ${{ F: { Type: "AWS::Serverless::Function", Properties: { MemorySize: 512 } } }}                                                  | ${"default time-out"}
    ${"no memory"}                            | ${{ F: { Type: "AWS::Lambda::Function", Properties: { Timeout: 5 } } }}                                                           | ${"default memory"}
    ${"a time-out longer than the gateway's"} | ${{ F: { Type: "AWS::Serverless::Function", Properties: { Timeout: 60, MemorySize: 512, Events: { E: { Type: "HttpApi" } } } } }} | ${"gives up after 29 s"}
    ${"a table without a policy"}             | ${{ T: { Type: "AWS::DynamoDB::Table" } }}                                                                                        | ${"would be deleted with the stack"}
  `("$what", ({ change, says }) => {
    expect(found({ ...sound, ...change }).join()).toContain(says);
  });

  test.each`
    what                        | given                               | says
    ${"a name without its env"} | ${{ stackName: "api" }}             | ${"does not hold its environment"}
    ${"missing tags"}           | ${{ tags: {} }}                     | ${"no tag Project and no tag Environment"}
    ${"no protection"}          | ${{ terminationProtection: false }} | ${"termination protection"}
  `("$what", ({ given, says }) => {
    expect(found(sound, given).join()).toContain(says);
  });

  test("functions inherit from Globals", () => {
    const template = parseTemplate(
      "Globals: {Function: {Timeout: 10, MemorySize: 512}}\nResources: {F: {Type: 'AWS::Serverless::Function'}}",
      "t",
    );
    expect(found({}, { template })).toEqual([]);
  });
});
