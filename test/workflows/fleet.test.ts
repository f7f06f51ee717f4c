import { step } from "./step.ts";

interface Target {
  readonly application: string;
  readonly region: string;
  readonly account: string;
}

const many = (count: number): string => Array.from({ length: count }, (_, index) => `service-${index}`).join("\n");
const plan = (given: Readonly<Record<string, string>>) =>
  step("fleet-deploy.yml", "plan", "plan", {
    APPLICATIONS: "cart\nsearch",
    REGIONS: "eu-central-1, us-east-1",
    ACCOUNTS: "111111111111 222222222222",
    WAVES: "1 25%",
    ...given,
  });

describe("the waves of a fleet", () => {
  test.each`
    waves          | services | sizes              | because
    ${"1 25%"}     | ${2}     | ${[1, 2, 5]}       | ${"a count, a share, the rest"}
    ${"1 10% 40%"} | ${25}    | ${[1, 10, 40, 49]} | ${"a hundred deployments"}
    ${"100"}       | ${2}     | ${[8]}             | ${"one wave takes all, and no empty one follows"}
    ${"50% 50%"}   | ${2}     | ${[4, 4]}          | ${"nothing is left for the rest"}
    ${"1 1 1 1"}   | ${2}     | ${[1, 1, 1, 1, 4]} | ${"four sizes and the rest"}
  `("$waves over $services services × 2 × 2: $sizes, $because", ({ waves, services, sizes }) => {
    const { outputs } = plan({ WAVES: waves, APPLICATIONS: many(services) });
    const all = JSON.parse(outputs["all"] ?? "[]") as readonly (readonly Target[])[];
    expect(all.map(({ length }) => length)).toEqual(sizes);
    for (const number of [1, 2, 3, 4, 5]) expect(JSON.parse(outputs[`wave-${number}`] ?? "")).toEqual(all[number - 1] ?? []);
    expect(new Set(all.flat().map((target) => JSON.stringify(target))).size).toBe(services * 4);
  });

  test("the first service in the first region and account comes first", () => {
    expect(JSON.parse(plan({}).outputs["wave-1"] ?? "")).toEqual([
      { application: "cart", region: "eu-central-1", account: "111111111111" },
    ]);
  });

  test.each`
    input             | value                 | said
    ${"APPLICATIONS"} | ${"cart\n$(touch x)"} | ${"applications: $(touch is none"}
    ${"APPLICATIONS"} | ${" \n "}             | ${"applications: at least one is needed"}
    ${"REGIONS"}      | ${"Frankfurt"}        | ${"regions: Frankfurt is none"}
    ${"ACCOUNTS"}     | ${"1234"}             | ${"accounts: 1234 is none"}
    ${"WAVES"}        | ${"0"}                | ${"waves: 0 is none"}
    ${"WAVES"}        | ${"1 1 1 1 1"}        | ${"waves: four sizes at most"}
    ${"APPLICATIONS"} | ${many(200)}          | ${"a matrix takes 256"}
  `("$input: $said", ({ input, value, said }) => {
    const { status, said: heard } = plan({ [input]: value });
    expect({ failed: status !== 0, heard }).toEqual({ failed: true, heard: expect.stringContaining(said) });
  });
});

describe("the table of a fleet", () => {
  const target = (application: string): Target => ({ application, region: "eu-central-1", account: "111111111111" });
  const all = JSON.stringify([[target("cart")], [target("search")]]);
  const result = (application: string, outcome: string, reason = "because") => JSON.stringify({ ...target(application), outcome, reason });
  const table = (files: Readonly<Record<string, string>>) => step("fleet-deploy.yml", "result", "table", { ALL: all }, files);

  test("all succeeded: green", () => {
    const { status, outputs } = table({ "a.json": result("cart", "succeeded"), "b.json": result("search", "unchanged") });
    expect({ status, outcomes: (JSON.parse(outputs["results"] ?? "") as { outcome: string }[]).map(({ outcome }) => outcome) }).toEqual({
      status: 0,
      outcomes: ["succeeded", "unchanged"],
    });
  });

  test("what has no result was not started, and the run is red", () => {
    const { status, summary, said } = table({ "a.json": result("cart", "rolled-back", "5xx | <b>20 %</b>\n# big") });
    expect(status).toBe(1);
    expect(summary).toContain("| 1 | cart | eu-central-1 | 111111111111 | rolled-back | 5xx    b 20 % /b  # big |");
    expect(summary).toContain("| 2 | search | eu-central-1 | 111111111111 | not started |  |");
    expect(said).toContain("search in eu-central-1, account 111111111111: not started");
  });
});

test.each`
  region             | account           | role
  ${"eu-central-1"}  | ${"111111111111"} | ${"arn:aws:iam::111111111111:role/shop-deploy-prod-eu-central-1"}
  ${"cn-north-1"}    | ${"111111111111"} | ${"arn:aws-cn:iam::111111111111:role/shop-deploy-prod-cn-north-1"}
  ${"us-gov-west-1"} | ${"111111111111"} | ${"arn:aws-us-gov:iam::111111111111:role/shop-deploy-prod-us-gov-west-1"}
`("in $region the role is $role", ({ region, account, role }) => {
  const { outputs } = step("fleet-wave.yml", "deploy", "names", {
    APPLICATION: "shop",
    REGION: region,
    ACCOUNT: account,
    ENVIRONMENT: "prod",
    IMAGE: "{account}.dkr.ecr.{region}.amazonaws.com/{application}@sha256:0",
    BUCKET_PREFIX: "state",
  });
  expect(outputs).toEqual({
    role,
    image: `${account}.dkr.ecr.${region}.amazonaws.com/shop@sha256:0`,
    bucket: `state-${account}-${region}`,
  });
});
