import { Trouble } from "@aws-deploy-actions/shared/problems";
import fc from "fast-check";
import { read, spec } from "../src/inputs.ts";

const region = { AWS_REGION: "eu-central-1" };
const problems = (inputs: Record<string, string>, environment: Record<string, string> = {}): string => {
  try {
    read(inputs, { ...region, ...environment });
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};
const base = { "secret-ids": "shop", environment: "staging" };

test.each`
  inputs                                                     | problem                                                     | because
  ${{}}                                                      | ${/secret-ids is required/}                                 | ${"nobody knows which"}
  ${{ "secret-ids": "shop" }}                                | ${/environment or environment-class must be given/}         | ${"keys are judged by it"}
  ${{ ...base, "secret-ids": "a b" }}                        | ${/secret-ids: "a b" is not accepted; accepted: in item 1/} | ${"no secret is named so"}
  ${{ ...base, mode: "delete" }}                             | ${/mode: "delete" is not accepted; accepted: "validate"/}   | ${"no such mode"}
  ${{ ...base, mode: "set" }}                                | ${/key is required[\s\S]*SECRET_VALUE is required/}         | ${"both are missing"}
  ${{ ...base, mode: "set", key: "A", "secret-ids": "a,b" }} | ${/one secret at a time/}                                   | ${"a slip would change two"}
  ${{ ...base, readers: "role/x" }}                          | ${/readers: .*an ARN of iam/}                               | ${"a name is no ARN"}
  ${{ ...base, schema: "/none.json" }}                       | ${/schema: the file \/none.json cannot be read \(ENOENT\)/} | ${"it is not there"}
  ${{ ...base, "max-age-days": "0" }}                        | ${/max-age-days: .*from 1 to 3650/}                         | ${"nothing is that young"}
  ${{ ...base, encryption: "none" }}                         | ${/encryption: .*"any", "customer-key"/}                    | ${"all secrets are encrypted"}
`("$inputs are refused: $because", ({ inputs, problem }) => {
  expect(problems(inputs)).toMatch(problem);
});

test("production follows from the environment's name, and the class wins", () => {
  expect(read({ "secret-ids": "a", environment: "Prod-eu" }, region).environmentClass).toBe("production");
  expect(read({ "secret-ids": "a", environment: "staging" }, region).environmentClass).toBe("non-production");
  expect(read({ "secret-ids": "a", environment: "staging", "environment-class": "production" }, region).environmentClass).toBe(
    "production",
  );
});

test("ids are taken by line or comma, each once, ARNs of any partition", () => {
  const arn = "arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:shop/a-AbCdEf";
  expect(read({ ...base, "secret-ids": `a, b\n${arn}\na` }, region).ids).toEqual(["a", "b", arn]);
});

test("the value to set is kept out of the configuration's text", () => {
  const config = read({ ...base, mode: "set", key: "A" }, { ...region, SECRET_VALUE: "canary-9xT7mWp2LrN" });
  expect(JSON.stringify(config)).not.toContain("canary");
});

test("any text ends in a configuration or in a message that names an input, never in a crash, and never shows the value", () => {
  const names = Object.keys(spec);
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom("set", "rotate", "shop", "now", "1", "::error::", "\u0000", "x".repeat(70_000), "arn:aws:iam::123456789012:role/x"),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 }), (inputs) => {
      try {
        read(inputs, { ...region, SECRET_VALUE: "canary-9xT7mWp2LrN" });
      } catch (error) {
        expect(error).toBeInstanceOf(Trouble);
        expect((error as Error).message).not.toContain("canary");
        expect(names.some((name) => (error as Error).message.includes(name))).toBe(true);
      }
    }),
    { seed: 10, numRuns: 1000 },
  );
});
