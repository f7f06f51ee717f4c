// What makes a deployment unwise stops it, and `force` goes on in spite of it.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { runContext } from "@aws-deploy-actions/shared/github/context";
import { createStage, finish, type Inputs, type Stage } from "../../../test/simulation/scenario.ts";
import { olderCommit } from "../src/adapters/checks/commits.ts";

describe("a freeze window, or an alarm that fires already", () => {
  const frozen: Inputs = { "freeze-windows": "2000-01-01 - 2099-12-31 UTC", "rollback-window": "0", "on-inconclusive": "proceed" };
  const plain = (): Stage => createStage();
  const firing = (): Stage => {
    const stage = createStage();
    stage.account.alarms.set("shop-staging-errors", { state: "ALARM", since: stage.clock.now() - 600 });
    return stage;
  };
  const quick: Inputs = { "rollback-window": "0", "on-inconclusive": "proceed" };
  test.each`
    stage     | inputs                                         | outcome        | says
    ${plain}  | ${frozen}                                      | ${"failed"}    | ${/frozen now: 2000-01-01 - 2099-12-31 UTC/}
    ${plain}  | ${{ ...frozen, force: "true" }}                | ${"succeeded"} | ${/serves all traffic/}
    ${plain}  | ${{ ...frozen, mode: "plan" }}                 | ${"planned"}   | ${/would go to green/}
    ${firing} | ${quick}                                       | ${"failed"}    | ${/shop-staging-errors fires already/}
    ${firing} | ${{ ...quick, force: "true" }}                 | ${"succeeded"} | ${/serves all traffic/}
    ${firing} | ${{ ...quick, force: "true", alarms: "gone" }} | ${"failed"}    | ${/gone does not exist/}
  `("$inputs: $outcome", async ({ stage: make, inputs, outcome, says }) => {
    const stage: Stage = make();
    const { result, lines } = await finish(stage, inputs);
    expect(result).toMatchObject({ outcome, reason: expect.stringMatching(says) });
    const changed = stage.account.calls.some(({ operation }) => /:(Modify|Update|Register)/.test(operation));
    expect(changed).toBe(outcome === "succeeded");
    if (outcome === "succeeded") expect(lines.join("\n")).toMatch(/warning: .*(frozen|fires already).*force/);
    if (outcome === "planned") expect(lines.join("\n")).toContain("It would be refused now: Deployments are frozen");
  });
});

describe("an older commit than the one that runs", () => {
  let server: Server;
  let asked: string[] = [];
  let answer: { readonly status: number; readonly body: object };
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => server.close());
  beforeEach(() => {
    asked = [];
  });

  const compared = (status: string, behind = 0) => ({ status: 200, body: { status, behind_by: behind } });
  async function warnings(of: { commit: string; running: string | undefined; token?: string }) {
    // The last deployment was rolled back: what users have is what succeeded before it.
    const written = {
      saved: { outcome: "rolled-back", commit: "cccc" },
      succeeded: of.running === undefined ? undefined : { commit: of.running },
    };
    const tools = { store: async () => ({ read: async () => written }) };
    const context = runContext({
      GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      GITHUB_REPOSITORY: "example/shop",
      GITHUB_SHA: of.commit,
    });
    const config = { given: { "github-token": "token" in of ? of.token : "ghs_token" } };
    return (await olderCommit(tools as never, { environment: {} } as never, config as never, context)).warnings;
  }

  test.each`
    what                                 | answer                     | expected
    ${"behind it: it would go back"}     | ${compared("behind", 3)}   | ${[{ kind: "deployment", what: "Commit aaaa is 3 commits older than bbbb, which runs.", mend: expect.stringContaining("force: true") }]}
    ${"ahead of it"}                     | ${compared("ahead")}       | ${[]}
    ${"on another branch: nobody knows"} | ${compared("diverged", 2)} | ${[]}
  `("$what", async ({ answer: given, expected }) => {
    answer = given;
    expect(await warnings({ commit: "aaaa", running: "bbbb" })).toEqual(expected);
    expect(asked).toEqual(["/repos/example/shop/compare/bbbb...aaaa?per_page=1"]);
  });

  test.each`
    of                                                       | because
    ${{ commit: "aaaa", running: "aaaa" }}                   | ${"the same commit again"}
    ${{ commit: "aaaa", running: "" }}                       | ${"nobody wrote down what runs"}
    ${{ commit: "", running: "bbbb" }}                       | ${"it does not run in GitHub"}
    ${{ commit: "aaaa", running: undefined }}                | ${"nothing has succeeded yet"}
    ${{ commit: "aaaa", running: "bbbb", token: undefined }} | ${"there is no token"}
  `("is not asked for: $because", async ({ of }) => {
    expect(await warnings(of)).toEqual([]);
    expect(asked).toEqual([]);
  });

  test("cannot be told when GitHub does not answer: that is an error, which the checks name and go on", async () => {
    answer = { status: 404, body: { message: "Not Found" } };
    await expect(warnings({ commit: "aaaa", running: "bbbb" })).rejects.toThrow("Not Found");
  });
});
