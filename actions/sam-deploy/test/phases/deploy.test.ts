import { releaseTag } from "../../src/model/release.ts";
import { operationSeconds } from "../support/fake-stack.ts";
import { Stage, templateOf } from "../support/stage.ts";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

const deployed = async (description: string, inputs: Readonly<Record<string, string>> = {}) => {
  stage.template = templateOf(description);
  stage.artefacts.set(`packages/${description}`, { bucket: "packages", key: description, etag: description });
  return await stage.run({ "state-bucket": "states", ...inputs });
};

describe("a deployment", () => {
  test("creates, updates, and says when nothing changed", async () => {
    expect(await stage.run()).toMatchObject({ outcome: "deployed", ok: true });
    expect(stage.stack.status).toBe("CREATE_COMPLETE");
    expect(await stage.run()).toMatchObject({ outcome: "unchanged", ok: true });
    stage.template = templateOf("v2");
    expect(await stage.run()).toMatchObject({ outcome: "deployed", ok: true });
    expect(stage.stack.operations).toHaveLength(2);
  });

  test("that fails is not green, and names the first failure and not its followers", async () => {
    await stage.run();
    stage.template = templateOf("v2 FAIL");
    const result = await stage.run();
    expect(result).toMatchObject({ outcome: "rolled-back", ok: false });
    expect(result.reason).toContain("Function (AWS::Lambda::Function) failed: The runtime parameter of nodejs12.x is no longer supported");
    expect(result.reason).toContain("lambda-runtimes.html");
    expect(result.summary).toContain("Users see the release from before");
    expect(result.summary).toContain("1 more stopped because of it");
  });

  test("whose first creation failed is repeated: what was left is deleted, what stays is named", async () => {
    stage.template = templateOf("v1 FAIL");
    expect(await stage.run()).toMatchObject({ outcome: "failed", ok: false });
    expect(stage.stack.status).toBe("ROLLBACK_COMPLETE");
    stage.stack.retained = ["ScansTable"];
    stage.template = templateOf("v1");
    const result = await stage.run();
    expect(result).toMatchObject({ outcome: "deployed" });
    expect(result.summary).toContain("ScansTable");
    expect(stage.stack.status).toBe("CREATE_COMPLETE");
  });

  test("whose rollback failed is told apart, and the next run finishes that rollback first", async () => {
    await stage.run();
    stage.template = templateOf("v2 STUCK");
    const stuck = await stage.run();
    expect(stuck).toMatchObject({ outcome: "rollback-failed", ok: false });
    expect(stuck.mend).toContain("continue-update-rollback");
    stage.template = templateOf("v3");
    const refused = await stage.run();
    expect(refused).toMatchObject({ outcome: "failed" });
    expect(refused.reason).toContain("resources-to-skip: Function");
    expect(await stage.run({ "resources-to-skip": "Function" })).toMatchObject({ outcome: "deployed" });
  });

  test("waits for another update, or refuses", async () => {
    await stage.run();
    stage.template = templateOf("v2");
    const first = stage.run();
    await stage.until("UPDATE_IN_PROGRESS");
    expect(await stage.run({ "when-busy": "refuse" })).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("UPDATE_IN_PROGRESS"),
    });
    await first;
  });

  test("takes no longer than CloudFormation and one poll interval a phase", async () => {
    const begin = stage.clock.time;
    await stage.run();
    const [changeSet, poll] = [1, 1];
    expect(stage.clock.time - begin).toBeLessThanOrEqual(changeSet + operationSeconds + 2 * poll);
  });

  test("of two runs at once one changes the stack, and the other says so", async () => {
    await stage.run();
    stage.template = templateOf("v2");
    const results = await Promise.all([stage.run(), stage.run()]);
    expect(stage.stack.operations).toHaveLength(2);
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(["deployed", "failed"]);
    expect(results.map(({ reason }) => reason).join()).toContain("Another change of api-dev was begun in the meantime");
  });

  test("stops at a change that would delete a protected resource", async () => {
    await stage.run();
    stage.template = templateOf("v2 REMOVE");
    const result = await stage.run({ "protected-resources": "Users" });
    expect(result).toMatchObject({ outcome: "failed", reason: expect.stringContaining("Users (AWS::DynamoDB::Table): remove") });
    expect(stage.stack.operations).toHaveLength(1);
    expect(await stage.run()).toMatchObject({ outcome: "deployed", summary: expect.stringContaining("data at risk") });
  });

  test("is stopped by the linter's errors, not by its warnings, and changes nothing", async () => {
    stage.lint = { code: 1, output: "[[E3002: Invalid property] (…) matched 5]\nError: Linting failed." };
    expect(await stage.run()).toMatchObject({ outcome: "failed", reason: expect.stringContaining("E3002") });
    expect(stage.stack.operations).toEqual([]);
    stage.lint = { code: 1, output: "Error: User is not authorized to perform: iam:ListPolicies" };
    expect(await stage.run()).toMatchObject({ outcome: "deployed" });
    stage.template = templateOf("v2");
    stage.lint = { code: 1, output: "[[W1030: Some warning] matched 5]\nError: Linting failed." };
    expect(await stage.run({ lint: "true" })).toMatchObject({ outcome: "deployed" });
    expect(stage.lines.join()).toContain("warning: [[W1030");
  });

  test("reports every wrong and missing parameter and every guard together, before anything is uploaded", async () => {
    stage.template = templateOf("v1", {
      StripeSecretKey: { Type: "String" },
      CustomDomainName: { Type: "String", Default: "" },
      Needed: { Type: "String" },
    });
    const result = await stage.run({
      "config-env": "prod",
      "parameter-overrides": "StripeSecretKey=sk_test_abcdefghijkl\nTypo=1",
    });
    for (const says of ["Typo", "Needed has no value", "StripeSecretKey holds a test key", "CustomDomainName is empty"])
      expect(result.reason).toContain(says);
    expect(stage.samRuns).not.toContain("package");
    expect(JSON.stringify([result, stage.lines])).not.toContain("sk_test_abcdefghijkl");
  });

  test("that is deployed but does not answer fails, and says how to go back", async () => {
    stage.http = () => ({ ok: false, says: "answered 503" });
    const result = await stage.run({ "verify-urls": "https://api.example.com/health", "state-bucket": "states" });
    expect(result).toMatchObject({
      outcome: "failed",
      ok: false,
      reason: expect.stringContaining("https://api.example.com/health answered 503"),
    });
    expect(result.mend).toContain("mode: rollback");
  });

  test("an alarm that began to fire since fails it, one that fired before does not", async () => {
    const alarm = (since: number): void => {
      stage.stack.resources = async () => [
        { logicalId: "A", physicalId: "errors", type: "AWS::CloudWatch::Alarm", status: "CREATE_COMPLETE" },
      ];
      stage.watch = { ...stage.watch, alarms: async () => [{ name: "errors", state: "ALARM", since }] };
    };
    alarm(stage.clock.time - 100);
    expect(await stage.run()).toMatchObject({ outcome: "deployed" });
    stage.template = templateOf("v2");
    alarm(stage.clock.time + 5);
    expect(await stage.run()).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("alarm errors fires since the deployment"),
    });
  });

  test("tells how gradual deployments of functions go, and that an alarm has stopped one", async () => {
    stage.stack.resources = async () => [
      { logicalId: "App", physicalId: "api-app", type: "AWS::CodeDeploy::Application", status: "CREATE_COMPLETE" },
    ];
    await stage.run();
    const deployment = { id: "d-1", group: "api-group", status: "InProgress", percent: 10, reason: undefined };
    stage.watch = {
      ...stage.watch,
      gradualDeployments: async () =>
        stage.stack.status === "UPDATE_IN_PROGRESS"
          ? [deployment]
          : [{ ...deployment, status: "Stopped", reason: "The alarm errors fired" }],
    };
    stage.stack.seconds = 60;
    stage.template = templateOf("v2");
    const result = await stage.run();
    expect(stage.lines.join("\n")).toContain("gradual deployment d-1 of api-group: InProgress, 10 % of the requests go to the new version");
    expect(result).toMatchObject({ outcome: "failed", reason: expect.stringContaining("Stopped: The alarm errors fired") });
  });

  test("that fails says whom to call", async () => {
    await stage.run();
    stage.template = templateOf("v2 FAIL");
    const { summary } = await stage.run({ contacts: "Technical lead: +49 30 1234\nAWS Support: enterprise" });
    expect(summary).toMatch(/Whom to call[^#]*Technical lead/);
  });

  test("in production says what was changed by hand", async () => {
    await stage.run({ "config-env": "prod" });
    stage.template = templateOf("v2");
    stage.stack.drifted = {
      state: "done",
      resources: [{ logicalId: "Function", type: "AWS::Lambda::Function", status: "MODIFIED", properties: ["/Timeout"] }],
    };
    const result = await stage.run({ "config-env": "prod" });
    expect(result.summary).toContain("modified outside of CloudFormation");
    expect(result.summary).toContain("/Timeout");
  });
});

describe("a reviewed change set", () => {
  const plan = async () => {
    const result = await stage.run({ mode: "plan" });
    return { "change-set": result.outputs?.["change-set"] ?? "", "change-set-digest": result.outputs?.["change-set-digest"] ?? "" };
  };

  test("is what is executed", async () => {
    await stage.run();
    stage.template = templateOf("v2");
    const planned = await plan();
    expect(stage.stack.operations).toHaveLength(1);
    expect(await stage.run({ mode: "execute", ...planned })).toMatchObject({ outcome: "deployed" });
    expect(stage.stack.content?.template).toBe(templateOf("v2"));
  });

  test("of a new stack is executed too", async () => {
    const planned = await plan();
    expect(stage.stack.status).toBe("REVIEW_IN_PROGRESS");
    expect(await stage.run({ mode: "execute", ...planned })).toMatchObject({ outcome: "deployed" });
  });

  test.each([
    [
      "with another digest",
      async (planned: Readonly<Record<string, string>>) => ({ ...planned, "change-set-digest": "0".repeat(64) }),
      /not the reviewed/,
    ],
    [
      "after the stack was changed in between",
      async (planned: Readonly<Record<string, string>>) => {
        stage.stack.updated = stage.clock.time + 5;
        return planned;
      },
      /was changed after the change set/,
    ],
    [
      "after another change set was executed",
      async (planned: Readonly<Record<string, string>>) => {
        stage.template = templateOf("v3");
        await stage.run();
        return planned;
      },
      /no change set/,
    ],
  ])("is refused %s", async (_, meanwhile, says) => {
    await stage.run();
    stage.template = templateOf("v2");
    const planned = await meanwhile(await plan());
    const operations = stage.stack.operations.length;
    expect(await stage.run({ mode: "execute", ...planned })).toMatchObject({ outcome: "failed", reason: expect.stringMatching(says) });
    expect(stage.stack.operations).toHaveLength(operations);
  });
});

describe("releases", () => {
  const head = () => stage.stack.content?.tags[releaseTag];

  test("a rollback brings back template and parameters as CloudFormation processed them, and the next one goes one further", async () => {
    for (const version of ["v1", "v2", "v3"]) await deployed(version);
    expect(await stage.run({ mode: "rollback", "state-bucket": "states" })).toMatchObject({ outcome: "deployed", ok: true });
    expect(stage.stack.content?.template).toContain("v2");
    expect(stage.stack.content?.template).toContain("processed");
    expect(await stage.run({ mode: "rollback", "state-bucket": "states" })).toMatchObject({ outcome: "deployed" });
    expect(stage.stack.content?.template).toContain("v1");
    expect(await stage.run({ mode: "rollback", "state-bucket": "states" })).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("no release"),
    });
  });

  test("a release is named by its digest or its commit; an unknown one lists those there are", async () => {
    await deployed("v1");
    const first = head() ?? "";
    await deployed("v2");
    await deployed("v3");
    expect(await stage.run({ mode: "rollback", "state-bucket": "states", release: first.slice(0, 12) })).toMatchObject({
      outcome: "deployed",
    });
    expect(stage.stack.content?.template).toContain("v1");
    const unknown = await stage.run({ mode: "rollback", "state-bucket": "states", release: "0000000" });
    expect(unknown.reason).toContain(first.slice(0, 12));
  });

  test("a rollback that is tried again in the same workflow run does not go one further", async () => {
    for (const version of ["v1", "v2", "v3"]) await deployed(version);
    await stage.run({ mode: "rollback", "state-bucket": "states" });
    expect(await stage.run({ mode: "rollback", "state-bucket": "states" }, undefined, true)).toMatchObject({ outcome: "unchanged" });
    expect(stage.stack.content?.template).toContain("v2");
  });

  test("a failed deployment is never one of them", async () => {
    await deployed("v1");
    await deployed("v2");
    await deployed("v3 FAIL");
    const { outputs } = await stage.run({ mode: "status", "state-bucket": "states" });
    expect(JSON.parse(outputs?.["status"] ?? "{}").releases).toHaveLength(2);
    await stage.run({ mode: "rollback", "state-bucket": "states" });
    expect(stage.stack.content?.template).toContain("v1");
  });

  test("the same content again is the same release, so nothing changes", async () => {
    await deployed("v1");
    const first = head();
    expect(await deployed("v1")).toMatchObject({ outcome: "unchanged" });
    expect(head()).toBe(first);
  });

  test("a stack that was never recorded can be brought back too", async () => {
    stage.artefacts.set("packages/v1", { bucket: "packages", key: "v1", etag: "v1" });
    await stage.run();
    await deployed("v2");
    expect(await stage.run({ mode: "rollback", "state-bucket": "states" })).toMatchObject({ outcome: "deployed" });
    expect(stage.stack.content?.template).toContain("v1");
  });

  test("a record or template that was changed in the bucket is noticed", async () => {
    for (const version of ["v1", "v2"]) await deployed(version);
    for (const [key, text] of stage.templates) stage.templates.set(key, `${text} `);
    expect(await stage.run({ mode: "rollback", "state-bucket": "states" })).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("not the one that was recorded"),
    });
    for (const [key, text] of stage.records) stage.records.set(key, text.replace("octocat", "mallory"));
    expect(await stage.run({ mode: "rollback", "state-bucket": "states" })).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("was changed after"),
    });
    expect(stage.stack.content?.template).toContain("v2");
  });

  test("missing or exchanged code is noticed before anything changes", async () => {
    for (const version of ["v1", "v2"]) await deployed(version);
    stage.artefacts.set("packages/v1", { bucket: "packages", key: "v1", etag: "other" });
    expect(await stage.run({ mode: "rollback", "state-bucket": "states" })).toMatchObject({
      reason: expect.stringContaining("other than recorded: s3://packages/v1"),
    });
    stage.artefacts.delete("packages/v1");
    expect(await stage.run({ mode: "rollback", "state-bucket": "states" })).toMatchObject({
      reason: expect.stringContaining("gone: s3://packages/v1"),
    });
    expect(stage.stack.content?.template).toContain("v2");
  });

  test("secret values stand in no record, and stay as they are in a rollback", async () => {
    const parameters = { ApiSecret: { Type: "String", NoEcho: true }, Greeting: { Type: "String" } };
    const given = (secret: string, greeting: string) => ({
      "state-bucket": "states",
      "parameter-overrides": `ApiSecret=${secret}\nGreeting=${greeting}`,
    });
    stage.artefacts.set("packages/v1", { bucket: "packages", key: "v1", etag: "v1" });
    stage.template = templateOf("v1", parameters);
    await stage.run(given("first-secret", "hello"));
    stage.template = templateOf("v2", parameters);
    await stage.run(given("second-secret", "bye"));
    await stage.run({ mode: "rollback", "state-bucket": "states" });
    expect(stage.stack.content?.parameters).toEqual({ ApiSecret: "second-secret", Greeting: "hello" });
    const kept = JSON.stringify([...stage.records, ...stage.templates, stage.lines]);
    expect(kept).not.toMatch(/first-secret|second-secret/);
    expect(stage.masked).toEqual(expect.arrayContaining(["first-secret", "second-secret"]));
  });
});

describe("cancelling", () => {
  const during = (then: () => void): void => {
    const at = stage.clock.time + 8;
    stage.clock.onTime = () => {
      if (stage.clock.time >= at) then();
    };
  };

  test("a cancelled job tells CloudFormation at once, and leaves the rest to its post step", async () => {
    await stage.run();
    stage.template = templateOf("v2");
    during(() => stage.cancel.abort(new Error("cancelled by SIGINT")));
    const before = stage.stack.calls.length;
    const result = await stage.run();
    expect(result).toMatchObject({ outcome: "cancelled", ok: false });
    expect(stage.stack.calls.slice(before).slice(-2)).toEqual(["look", "cancelUpdate"]);
    expect(stage.state).toMatchObject({ operation: expect.stringContaining("api-dev") });
    expect(stage.state["finished"]).not.toBe("true");
  });

  test("before the change begins nothing is left behind", async () => {
    await stage.run();
    stage.template = templateOf("v2");
    stage.cancel.abort(new Error("cancelled by SIGINT"));
    expect(await stage.run()).toMatchObject({ outcome: "cancelled", reason: expect.stringContaining("before anything was changed") });
    expect(stage.stack.operations).toHaveLength(1);
  });

  test("mode cancel takes an update of another run back", async () => {
    await stage.run();
    stage.template = templateOf("v2");
    const other = stage.run();
    await stage.until("UPDATE_IN_PROGRESS");
    expect(await stage.run({ mode: "cancel" })).toMatchObject({ outcome: "cancelled", ok: true });
    await other;
    expect(stage.stack.content?.template).toContain("v1");
    expect(await stage.run({ mode: "cancel" })).toMatchObject({ outcome: "unchanged", ok: true });
  });

  test("a rollback during an update cancels it, and goes no release further", async () => {
    for (const version of ["v1", "v2"]) await deployed(version);
    stage.template = templateOf("v3");
    const other = stage.run({ "state-bucket": "states" });
    await stage.until("UPDATE_IN_PROGRESS");
    expect(await stage.run({ mode: "rollback", "state-bucket": "states" })).toMatchObject({ outcome: "deployed" });
    await other;
    expect(stage.stack.content?.template).toContain("v2");
  });
});
