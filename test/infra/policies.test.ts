import { readFileSync } from "node:fs";
import { join } from "node:path";
import { actionNames } from "../../scripts/build.ts";
import { callsInReach, callsOf, policyOf, refreshPolicies } from "../../scripts/policies.ts";
import { grants, never } from "../../scripts/policies-table.ts";

const actions = actionNames();
const allowed = (action: string): readonly string[] => policyOf(action).Statement.flatMap((statement) => statement.Action);

test("every call that an action makes is known, and the policies in infra/policies are up to date", () => {
  expect(refreshPolicies(false)).toEqual([]);
});

test("a call is found through packages, and a comment or a type is none", () => {
  expect(callsInReach("blue-green-deploy")).toEqual(expect.arrayContaining(["UpdateService", "ModifyListener", "PutObject", "Publish"]));
  expect(callsInReach("security-scan")).not.toContain("UpdateService");
});

test.each(actions)("%s may do nothing that none of its calls needs", (action) => {
  const needed = new Set(callsOf(action).flatMap((call) => (grants[call] ?? []).map((grant) => grant.action)));
  const artefacts = ["s3:GetObject", "s3:ListBucket", "s3:PutObject"];
  const extra = allowed(action).filter((one) => !needed.has(one) && !(action === "sam-deploy" && artefacts.includes(one)));
  expect(extra).toEqual([]);
});

test("nothing is written down that no action calls", () => {
  const called = new Set(actions.flatMap((action) => callsInReach(action)));
  expect(Object.keys(grants).filter((call) => !called.has(call))).toEqual([]);
  for (const [action, { calls }] of Object.entries(never)) {
    expect({ action, stale: calls.filter((call) => !callsInReach(action).includes(call)) }).toEqual({ action, stale: [] });
  }
});

test("no policy has a wildcard for an action, nor lets a change be made anywhere", () => {
  const changes = /:(Create|Delete|Modify|Put|Register|Rotate|Run|Stop|Update|Tag|Untag|Execute|Cancel|Continue|Rollback|Publish|Pass|Add)/;
  for (const action of actions) {
    for (const { Action, Resource } of policyOf(action).Statement) {
      expect(Action.filter((one) => one.includes("*"))).toEqual([]);
      // A revision has no name before it is registered: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
      const everywhere = Resource.includes("*") ? Action.filter((one) => changes.test(one) && one !== "ecs:RegisterTaskDefinition") : [];
      expect({ action, everywhere }).toEqual({ action, everywhere: [] });
    }
  }
});

test("the posture check changes nothing", () => {
  expect(allowed("security-posture").filter((one) => /:(Create|Delete|Modify|Put|Update|Register|Run)/.test(one))).toEqual([]);
});

test("only validate-secrets writes secrets", () => {
  const writing = actions.filter((action) => allowed(action).some((one) => /^secretsmanager:(Put|Rotate|Update)/.test(one)));
  expect(writing).toEqual(["validate-secrets"]);
});

test("the roles of deploy-roles.yaml may do what the actions need", () => {
  const template = readFileSync(join(import.meta.dirname, "..", "..", "infra", "deploy-roles.yaml"), "utf8");
  const missing = ["blue-green-deploy", "emergency-rollback", "sam-deploy"].flatMap((action) =>
    allowed(action).filter((one) => !template.includes(`"${one}"`) && !template.includes(`"${one}*"`)),
  );
  expect([...new Set(missing)]).toEqual([]);
});
