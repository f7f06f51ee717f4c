// fleet-deploy.yml as another repository calls it, run by act: its waves, and the table that tells of them. Actions are stand-ins.
import { jest } from "@jest/globals";
import { withCallsInside } from "./inline.ts";
import { calling, digest, type Ran, type Situation, situations } from "./situation.ts";
import { textOf } from "./workflow.ts";

jest.setTimeout(120_000);

const asItIs = situations();
const throughFailure = situations((name) => (name === "fleet-deploy.yml" ? withCallsInside(name) : textOf(name)));
const given = (applications: string, waves: string) => ({
  applications,
  regions: "eu-central-1",
  accounts: "111111111111",
  environment: "prod",
  image: `{account}.dkr.ecr.{region}.amazonaws.com/{application}@${digest}`,
  waves,
});
const told = `  told:
    needs: called
    runs-on: ubuntu-latest
    permissions: {}
    steps:
      - run: echo "$RESULTS"
        env:
          RESULTS: $\{{ needs.called.outputs.results }}
`;
const button: Situation = { event: "workflow_dispatch", ref: "heads/main" };
const place = "eu-central-1 111111111111";

const applications = ({ called }: Ran): readonly string[] => called.map(({ application }) => application ?? "");
/** `application wave outcome`, from the list that the caller gets. */
function results({ text }: Ran): readonly string[] {
  const line = text.split("\n").find((one) => one.startsWith('[{"application"')) ?? "[]";
  const list = JSON.parse(line) as readonly { readonly application: string; readonly wave: number; readonly outcome: string }[];
  return list.map(({ application, wave, outcome }) => `${application} ${wave} ${outcome}`);
}

test.each([
  ["as it is", asItIs],
  ["with its waves inside", throughFailure],
])("two services in two waves, %s: both are deployed, and the caller gets the table", async (_how, run) => {
  const ran = await run(calling("fleet-deploy.yml", given("cart\nsearch", "1"), told), button);
  expect({ ok: ran.ok, jobs: ran.jobs }).toEqual({
    ok: true,
    jobs: ["Plan the waves", "Result", `cart ${place}`, `search ${place}`, "told"],
  });
  expect(results(ran)).toEqual(["cart 1 succeeded", "search 2 succeeded"]);
  expect(ran.called[1]).toMatchObject({
    image: `111111111111.dkr.ecr.eu-central-1.amazonaws.com/search@${digest}`,
    "oidc-role-to-assume": "arn:aws:iam::111111111111:role/search-deploy-prod-eu-central-1",
  });
});

test("a failed wave ends the called workflow, and no later wave runs", async () => {
  const ran = await asItIs(calling("fleet-deploy.yml", given("cart\nsearch\nstock", "1 1")), {
    ...button,
    fail: "blue-green-deploy:search",
  });
  expect({ ok: ran.ok, applications: applications(ran) }).toEqual({ ok: false, applications: ["cart", "search"] });
});

test("the table tells what a failed wave did, and what was not started after it", async () => {
  const caller = calling("fleet-deploy.yml", given("cart\nsearch\nstock\nusers", "1 2"));
  const ran = await throughFailure(caller, { ...button, fail: "blue-green-deploy:stock" });
  expect({ ok: ran.ok, jobs: ran.jobs }).toEqual({
    ok: false,
    // act numbers the jobs of a matrix.
    jobs: ["Plan the waves", "Result", `cart ${place}`, `search ${place}-1`, `stock ${place}-2`],
  });
  expect(ran.text).toContain("stock in eu-central-1, account 111111111111: failed");
  expect(ran.text).toContain("users in eu-central-1, account 111111111111: not started");
  expect(ran.text).not.toMatch(/(cart|search) in eu-central-1, account/);
});

test.each<[string, Situation]>([
  ["a pull request", { event: "pull_request" }],
  ["a fork", { event: "push", ref: "heads/main", fork: true }],
  ["a schedule", { event: "schedule" }],
])("%s deploys nothing", async (_what, situation) => {
  expect(applications(await asItIs(calling("fleet-deploy.yml", given("cart", "1")), situation))).toEqual([]);
});
