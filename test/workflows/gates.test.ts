import { play, ran, type Situation, workflowOf } from "./workflow.ts";

const develop = "refs/heads/develop";
const main = "refs/heads/main";
const push = (ref: string, more: Partial<Situation> = {}): Situation => ({ event: "push", ref, ...more });

describe("container-pipeline.yml", () => {
  const pipeline = workflowOf("container-pipeline.yml");
  const checks = ["test", "scan", "build"];
  const jobs = (situation: Situation) => ran(play(pipeline, situation));

  test.each<[string, Situation, readonly string[]]>([
    ["a push to develop goes to dev", push(develop), [...checks, "push", "dev"]],
    ["a push to main goes to staging and production", push(main), [...checks, "push", "staging", "production"]],
    ["a push to another branch is tested", push("refs/heads/feature"), checks],
    ["a tag is tested", push("refs/tags/v1.2.3"), checks],
    ["a pull request is tested", { event: "pull_request", ref: "refs/pull/7/merge" }, checks],
    ["a pull request whose branch is called main is tested", { event: "pull_request", ref: main }, checks],
    ["pull_request_target runs nothing", { event: "pull_request_target", ref: main }, []],
    ["a run after another workflow runs nothing", { event: "workflow_run", ref: main }, []],
    ["a schedule on main deploys nothing", { event: "schedule", ref: main }, checks],
    ["a fork's own push is tested, and deploys nothing", push(main, { fork: true }), checks],
    ["a fork's dispatch is tested, and deploys nothing", { event: "workflow_dispatch", ref: main, fork: true }, checks],
    ["a dispatch on main ends at staging", { event: "workflow_dispatch", ref: main }, [...checks, "push", "staging"]],
    ["a dispatch on develop goes to dev", { event: "workflow_dispatch", ref: develop }, [...checks, "push", "dev"]],
    [
      "an image that is given is not built",
      push(main, { inputs: { image: "registry/shop@sha256:0" } }),
      ["test", "scan", "staging", "production"],
    ],
    [
      "hooks run between staging and production",
      push(main, { inputs: { "load-tests": "k6 run" } }),
      [...checks, "push", "staging", "staging-tests", "production"],
    ],
    ["hooks do not run for dev", push(develop, { inputs: { "load-tests": "k6 run" } }), [...checks, "push", "dev"]],
    [
      "approvers are asked after staging",
      push(main, { inputs: { approvers: "ann" } }),
      [...checks, "push", "staging", "approve", "production"],
    ],
    [
      "other branches can take the place of main",
      push("refs/heads/trunk", { inputs: { "main-branch": "trunk" } }),
      [...checks, "push", "staging", "production"],
    ],
  ])("%s", (_what, situation, expected) => {
    expect(jobs(situation)).toEqual(expected);
  });

  test.each<[string, Situation, readonly string[]]>([
    ["failing tests", push(main, { ends: { test: "failure" } }), checks],
    ["findings", push(main, { ends: { scan: "failure" } }), checks],
    ["an image with findings", push(main, { ends: { build: "failure" } }), checks],
    ["a push of the image that fails", push(main, { ends: { push: "failure" } }), [...checks, "push"]],
    ["failing tests, with an image given", push(main, { ends: { test: "failure" }, inputs: { image: "x" } }), ["test", "scan"]],
    [
      "a rollback of staging; the guard looks",
      push(main, { ends: { staging: "failure" } }),
      [...checks, "push", "staging", "staging-guard"],
    ],
    [
      "failing hooks",
      push(main, { ends: { "staging-tests": "failure" }, inputs: { "smoke-tests": "x" } }),
      [...checks, "push", "staging", "staging-tests"],
    ],
    [
      "a refused approval",
      push(main, { ends: { approve: "failure" }, inputs: { approvers: "ann" } }),
      [...checks, "push", "staging", "approve"],
    ],
    ["a run that is cancelled while the tests run", push(main, { ends: { test: "cancelled" }, cancelled: true }), checks],
  ])("%s: nothing is deployed after it", (_what, situation, expected) => {
    expect(jobs(situation)).toEqual(expected);
  });

  test.each(["dev", "staging", "production"])(
    "the guard of %s runs when its job failed or was cancelled, also in a cancelled run",
    (name) => {
      const ref = name === "dev" ? develop : main;
      expect(jobs(push(ref, { ends: { [name]: "failure" } }))).toContain(`${name}-guard`);
      expect(play(pipeline, push(ref, { ends: { [name]: "cancelled" } }))[`${name}-guard`]).toBe("success");
      expect(jobs(push(ref))).not.toContain(`${name}-guard`);
      for (const outcome of ["rolled-back", "inconclusive"]) {
        expect(jobs(push(ref, { ends: { [name]: "failure" }, outputs: { [name]: { outcome } } }))).not.toContain(`${name}-guard`);
      }
    },
  );
});

describe("sam-pipeline.yml", () => {
  const pipeline = workflowOf("sam-pipeline.yml");
  const checks = ["test", "scan", "build"];

  test.each<[string, Situation, readonly string[]]>([
    ["a push to develop goes to dev", push(develop), [...checks, "dev"]],
    ["a push to main goes to staging and production", push(main), [...checks, "staging", "production"]],
    ["a pull request is tested and built", { event: "pull_request", ref: "refs/pull/7/merge" }, checks],
    ["pull_request_target runs nothing", { event: "pull_request_target", ref: main }, []],
    ["a tag is tested and built", push("refs/tags/v1"), checks],
    ["a fork deploys nothing", push(main, { fork: true }), checks],
    ["a dispatch on main ends at staging", { event: "workflow_dispatch", ref: main }, [...checks, "staging"]],
    ["failing tests deploy nothing", push(main, { ends: { test: "failure" } }), checks],
    ["findings deploy nothing", push(develop, { ends: { scan: "failure" } }), checks],
    ["a failing build deploys nothing", push(main, { ends: { build: "failure" } }), checks],
    ["a failing staging keeps production as it is", push(main, { ends: { staging: "failure" } }), [...checks, "staging"]],
    [
      "failing hooks keep production as it is",
      push(main, { ends: { "staging-tests": "failure" }, inputs: { "smoke-tests": "x" } }),
      [...checks, "staging", "staging-tests"],
    ],
  ])("%s", (_what, situation, expected) => {
    expect(ran(play(pipeline, situation))).toEqual(expected);
  });
});

describe("what runs by the button or the clock", () => {
  test.each`
    workflow                    | job           | event                    | fork     | runs
    ${"emergency-rollback.yml"} | ${"rollback"} | ${"workflow_dispatch"}   | ${false} | ${true}
    ${"emergency-rollback.yml"} | ${"rollback"} | ${"repository_dispatch"} | ${false} | ${true}
    ${"emergency-rollback.yml"} | ${"rollback"} | ${"pull_request_target"} | ${false} | ${false}
    ${"emergency-rollback.yml"} | ${"rollback"} | ${"issue_comment"}       | ${false} | ${false}
    ${"emergency-rollback.yml"} | ${"rollback"} | ${"workflow_dispatch"}   | ${true}  | ${false}
    ${"deployment-guard.yml"}   | ${"guard"}    | ${"schedule"}            | ${false} | ${true}
    ${"deployment-guard.yml"}   | ${"guard"}    | ${"pull_request_target"} | ${false} | ${false}
    ${"deployment-guard.yml"}   | ${"guard"}    | ${"schedule"}            | ${true}  | ${false}
    ${"secrets-check.yml"}      | ${"validate"} | ${"schedule"}            | ${false} | ${true}
    ${"secrets-check.yml"}      | ${"rotate"}   | ${"schedule"}            | ${false} | ${false}
    ${"secrets-check.yml"}      | ${"validate"} | ${"pull_request"}        | ${false} | ${false}
    ${"posture-check.yml"}      | ${"posture"}  | ${"schedule"}            | ${false} | ${true}
    ${"posture-check.yml"}      | ${"posture"}  | ${"pull_request_target"} | ${false} | ${false}
    ${"release.yml"}            | ${"publish"}  | ${"workflow_dispatch"}   | ${false} | ${true}
    ${"release.yml"}            | ${"publish"}  | ${"workflow_dispatch"}   | ${true}  | ${false}
  `("$workflow: $job on $event (fork: $fork): $runs", ({ workflow, job, event, fork, runs }) => {
    expect(ran(play(workflowOf(workflow), { event, ref: main, fork })).includes(job)).toBe(runs);
  });

  test("a rotation follows a check that passed, where it is asked for", () => {
    const check = workflowOf("secrets-check.yml");
    const asked: Situation = { event: "schedule", ref: main, inputs: { rotate: "if-due" } };
    expect(ran(play(check, asked))).toEqual(["validate", "rotate"]);
    expect(ran(play(check, { ...asked, ends: { validate: "failure" } }))).toEqual(["validate"]);
  });

  test("a release is made from main alone", () => {
    expect(ran(play(workflowOf("release.yml"), { event: "workflow_dispatch", ref: develop }))).toEqual([]);
  });
});

describe("fleet-deploy.yml", () => {
  const fleet = workflowOf("fleet-deploy.yml");
  const plan = { "wave-1": "[1]", "wave-2": "[1]", "wave-3": "[1]", "wave-4": "[]", "wave-5": "[]" };

  test("waves follow one another, and the result is always told", () => {
    expect(ran(play(fleet, push(main, { outputs: { plan } })))).toEqual(["plan", "wave-1", "wave-2", "wave-3", "result"]);
  });

  test("a failed wave is the last one", () => {
    const results = play(fleet, push(main, { outputs: { plan }, ends: { "wave-2": "failure" } }));
    expect(ran(results)).toEqual(["plan", "wave-1", "wave-2", "result"]);
  });

  test.each(["pull_request", "pull_request_target", "schedule"])("%s deploys nothing", (event) => {
    expect(ran(play(fleet, { event, ref: main, outputs: { plan } }))).toEqual([]);
  });
});
