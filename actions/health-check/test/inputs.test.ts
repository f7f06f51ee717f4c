import { Trouble } from "@aws-deploy-actions/shared/problems";
import fc from "fast-check";
import { componentOf, read, spec } from "../src/inputs.ts";
import { resultOf, resultsInLine, taskLine } from "../src/report.ts";
import { taskInputs, withTaskInputs } from "../src/task-inputs.ts";

const region = { AWS_REGION: "eu-central-1" };
const problems = (inputs: Record<string, string>): string => {
  try {
    read(inputs, region);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("inputs", () => {
  test.each`
    inputs                                                               | problem                                                | because
    ${{}}                                                                | ${/nothing to check is given/}                         | ${"nobody knows what to check"}
    ${{ components: "database" }}                                        | ${/"database" needs database-secret-id, or/}           | ${"a login is needed"}
    ${{ components: "ecs,secrets" }}                                     | ${/"secrets" needs application[\s\S]*"ecs" needs app/} | ${"each is named"}
    ${{ components: "frontend", "health-checks": "api https://x.y/z" }}  | ${/"frontend" needs a line of health-checks/}          | ${"no check is the front end's"}
    ${{ components: "certificate", "health-checks": "a http://x.y/" }}   | ${/"certificate" needs certificate-hosts/}             | ${"http shows no certificate"}
    ${{ components: "everything" }}                                      | ${/components: "everything" is not accepted/}          | ${"no such component"}
    ${{ application: "shop" }}                                           | ${/environment is required with application/}          | ${"both make a name"}
    ${{ application: "shop", environment: "staging", via: "task" }}      | ${/check-task-definition is required/}                 | ${"the task must be known"}
    ${{ "certificate-hosts": "https://x.y" }}                            | ${/accepted: in item 1: hosts such as/}                | ${"a URL is no host"}
    ${{ "health-checks": "a https://x.y", "ca-file": "/none" }}          | ${/ca-file: \/none cannot be read \(ENOENT\)/}         | ${"the file is not there"}
    ${{ "health-checks": "a https://x.y", "ca-file": "package.json" }}   | ${/ca-file: package.json holds no certificate/}        | ${"the file is another one"}
    ${{ timeout: "0", retries: "99", "health-checks": "a https://x.y" }} | ${/timeout: [\s\S]*retries: /}                         | ${"both are out of bounds"}
  `("$inputs are refused: $because", ({ inputs, problem }) => {
    expect(problems(inputs)).toMatch(problem);
  });

  test("follow the convention of names, and overrides win", () => {
    const config = read({ application: "shop", environment: "staging", cluster: "mine", database: "db1" }, region);
    expect(config.names).toMatchObject({
      cluster: "mine",
      database: "db1",
      cache: "shop-staging",
      secret: "shop-staging",
      services: { blue: "shop-blue-staging", green: "shop-green-staging" },
      loadBalancer: "shop-alb-staging",
    });
    expect(config).toMatchObject({ databaseSecret: "shop-staging", redisSecret: "shop-staging", asked: undefined });
  });

  test("certificates are those of the https checks, each once, where no host is named", () => {
    const lines =
      "front https://shop.example.com/\nb https://shop.example.com/health\nc https://api.example.com:8443/\nd http://plain.example.com/";
    expect(read({ "health-checks": lines }, {}).certificates).toEqual([
      { host: "shop.example.com", port: 443 },
      { host: "api.example.com", port: 8443 },
    ]);
  });

  test.each`
    name            | component
    ${"frontend"}   | ${"frontend"}
    ${"front-page"} | ${"frontend"}
    ${"backend"}    | ${"backend"}
    ${"checkout"}   | ${"backend"}
    ${"database"}   | ${"database"}
    ${"db-pool"}    | ${"database"}
    ${"dbx"}        | ${"backend"}
    ${"redis"}      | ${"redis"}
    ${"cache-hit"}  | ${"redis"}
  `("a check named $name is of $component", ({ name, component }) => {
    expect(componentOf({ name, url: "", statuses: [], headers: [], json: [] })).toBe(component);
  });

  test("any text ends in a configuration or in a message that names an input, never in a crash", () => {
    const names = Object.keys(spec);
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom("all", "task", "shop", "a https://x.y/ $.a=b", "1", "::error::", "\u0000", "x".repeat(5000)),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 }), (inputs) => {
        try {
          read(inputs, region);
        } catch (error) {
          expect(error).toBeInstanceOf(Trouble);
          expect(names.some((name) => (error as Error).message.includes(name))).toBe(true);
        }
      }),
      { seed: 9, numRuns: 1000 },
    );
  });
});

describe("the task's inputs", () => {
  const config = read(
    {
      application: "shop",
      environment: "staging",
      "check-task-definition": "check",
      "health-checks": "frontend https://shop.example.com/ header:X-Key=hidden-value\nbackend https://api.example.com/health $.status=ok",
    },
    region,
  );

  test("hold no check with headers, whose values may be secret, and no credential", () => {
    const inputs = taskInputs(config, ["frontend", "backend", "database", "certificate"]);
    expect(inputs).toMatchObject({
      "health-checks": "backend https://api.example.com/health $.status=ok",
      "database-secret-id": "shop-staging",
      via: "runner",
      "aws-region": "eu-central-1",
    });
    expect(JSON.stringify(inputs)).not.toContain("hidden-value");
    const back = read(inputs, region);
    expect(back.asked).toEqual(["frontend", "backend", "database", "certificate"].filter((one) => one !== "frontend"));
  });

  test("are taken from one variable, and only inside the task", () => {
    const given = { HEALTH_CHECK_INPUTS: '{"database-secret-id":"shop"}' };
    expect(withTaskInputs({ ...given, HEALTH_CHECK_TASK: "true" })).toMatchObject({ "INPUT_DATABASE-SECRET-ID": "shop" });
    expect(withTaskInputs(given)).toEqual(given);
    expect(withTaskInputs({ HEALTH_CHECK_INPUTS: "{ broken", HEALTH_CHECK_TASK: "true" })).not.toHaveProperty("INPUT_");
  });
});

describe("a task's answer", () => {
  const result = { component: "database", subject: "the server", state: "healthy", detail: "fine" } as const;

  test("comes back as it was written", () => {
    expect(resultsInLine(taskLine([result]))).toEqual([result]);
  });

  test.each([
    "",
    "health-check-result",
    "health-check-result {",
    "health-check-result {}",
    'health-check-result [{"component":"x"}]',
    "health-check-result [null]",
    'health-check-result [{"component":"database","subject":"s","state":"fine","detail":"d"}]',
  ])("that is none is none: %j", (line) => {
    expect(resultsInLine(line)).toBeUndefined();
  });

  test("loses what could fool a log, and is cut", () => {
    const [one] = resultsInLine(taskLine([{ ...result, detail: `a\u001b[31m\n::error::${"x".repeat(1000)}` }])) ?? [];
    expect(one?.detail).toMatch(/^a ::error::x+…$/);
    expect(one?.detail.length).toBeLessThanOrEqual(300);
  });
});

test("nothing looked at is not healthy", () => {
  expect(resultOf([])).toMatchObject({ outcome: "incomplete", ok: false });
});
