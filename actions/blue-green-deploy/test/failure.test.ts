import { virtualProcess } from "@aws-deploy-actions/local-cloud/virtual/aws";
import { createStage, type Inputs, type Stage, start, surround } from "../../../test/simulation/scenario.ts";
import { blueGreenTools } from "../src/adapters/tools.ts";
import { failureOf } from "../src/failure.ts";
import { read } from "../src/inputs.ts";
import { run } from "../src/run.ts";

const given: Inputs = {
  application: "shop",
  environment: "staging",
  "aws-region": "eu-central-1",
  image: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v2",
  contacts: "#oncall",
};

/** What people are told of a run that ends with an error. */
async function told(stage: Stage, inputs: Inputs) {
  const { base, opened } = surround(stage, virtualProcess("run"), "deploy");
  const config = read({ ...given, ...inputs }, base.environment);
  const ended = run(config, blueGreenTools(config, opened, base), base).then(
    () => undefined,
    (error: unknown) => failureOf(config, error),
  );
  return await stage.clock.until(ended);
}

const alarmFires = (): Stage => {
  const stage = createStage();
  stage.account.alarms.set("shop-staging-errors", { state: "ALARM", since: stage.clock.now() - 60 });
  return stage;
};

test.each`
  what                                   | stage          | inputs                                                 | says
  ${"a load balancer that is not there"} | ${createStage} | ${{ "load-balancer": "nothing" }}                      | ${/nothing/}
  ${"a freeze"}                          | ${createStage} | ${{ "freeze-windows": "2000-01-01 - 2099-12-31 UTC" }} | ${/frozen/}
  ${"an alarm that fires"}               | ${alarmFires}  | ${{}}                                                  | ${/shop-staging-errors/}
`("$what ends a deployment before it begins, and people are told", async ({ stage: make, inputs, says }) => {
  const stage: Stage = make();
  const failure = await told(stage, inputs);
  expect(failure?.news).toMatchObject({
    event: "failure",
    title: "shop/staging: deploy failed",
    facts: [
      ["Users see now", "Users see what they saw before: the deployment did not begin."],
      ["What happened", expect.stringMatching(says)],
      ["What to do next", expect.any(String)],
      ["Contacts", "#oncall"],
    ],
  });
  expect(stage.account.calls.filter(({ operation }) => /:(Modify|Update|Register|Tag)/.test(operation))).toEqual([]);
});

test("so does another run that holds the environment", async () => {
  const stage = createStage();
  const other = start(stage, {}, virtualProcess("other"));
  void other.result;
  await stage.clock.until(stage.clock.sleep(30));
  const failure = await told(stage, {});
  expect(failure?.usersSeeNow).toContain("did not begin");
  expect(failure?.news?.facts[1]?.[1]).toContain("Another run works on this environment");
});

test("a plan or a look at the state that fails is nobody's alarm", async () => {
  expect(await told(createStage(), { mode: "plan", "load-balancer": "nothing" })).toEqual({});
  expect(await told(createStage(), { mode: "status", "load-balancer": "nothing" })).toEqual({});
});
