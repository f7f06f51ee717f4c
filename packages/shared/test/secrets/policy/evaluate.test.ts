import { covers } from "../../../src/secrets/policy/conditions.ts";
import { readPolicy } from "../../../src/secrets/policy/document.ts";
import { evaluate } from "../../../src/secrets/policy/evaluate.ts";
import { exposureOf } from "../../../src/secrets/policy/exposure.ts";
import { type AccessFacts, type IdentityDecision, judgeReader, requestContext } from "../../../src/secrets/policy/readers.ts";
import type { Answer, SecretFacts } from "../../../src/secrets/types.ts";

const role = "arn:aws:iam::111111111111:role/app";
const secret = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:shop-AbCdEf";
const statement = (more: object) => ({
  Effect: "Allow",
  Principal: { AWS: role },
  Action: "secretsmanager:GetSecretValue",
  Resource: "*",
  ...more,
});
const policy = (...statements: object[]) => readPolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements })) ?? [];
const ask = { principal: role, action: "secretsmanager:GetSecretValue", resource: secret, context: requestContext(role, secret) };

describe("a resource policy", () => {
  test.each`
    statements                                                                                                | verdict      | because
    ${[]}                                                                                                     | ${"silent"}  | ${"nothing is said"}
    ${[{}]}                                                                                                   | ${"allowed"} | ${"the role is named"}
    ${[{ Principal: "*" }]}                                                                                   | ${"allowed"} | ${"anyone is meant"}
    ${[{ Principal: { AWS: "*" } }]}                                                                          | ${"allowed"} | ${"anyone is meant, too"}
    ${[{ Principal: { AWS: "111111111111" } }]}                                                               | ${"account"} | ${"the account's policies decide"}
    ${[{ Principal: { AWS: "arn:aws:iam::111111111111:root" } }]}                                             | ${"account"} | ${"root is the account"}
    ${[{ Principal: { AWS: "arn:aws:iam::222222222222:root" } }]}                                             | ${"silent"}  | ${"another account is meant"}
    ${[{ Principal: { AWS: "AROAEXAMPLEID" } }]}                                                              | ${"unknown"} | ${"an id says not who"}
    ${[{ Principal: { AWS: "arn:aws:sts::111111111111:assumed-role/app/one" } }]}                             | ${"unknown"} | ${"one session is not the role"}
    ${[{ Principal: { Service: "rds.amazonaws.com" } }]}                                                      | ${"silent"}  | ${"a service is meant"}
    ${[{ Action: "secretsmanager:Get*" }]}                                                                    | ${"allowed"} | ${"a pattern covers it"}
    ${[{ Action: "SECRETSMANAGER:getsecretvalue" }]}                                                          | ${"allowed"} | ${"actions know no case"}
    ${[{ Action: "secretsmanager:DescribeSecret" }]}                                                          | ${"silent"}  | ${"another action"}
    ${[{ Action: undefined, NotAction: "secretsmanager:DeleteSecret" }]}                                      | ${"allowed"} | ${"all but another action"}
    ${[{ Resource: `${secret}x` }]}                                                                           | ${"silent"}  | ${"another secret"}
    ${[{ Resource: secret.replace("AbCdEf", "??????") }]}                                                     | ${"allowed"} | ${"the usual pattern for the end"}
    ${[{}, { Effect: "Deny" }]}                                                                               | ${"denied"}  | ${"a denial beats all"}
    ${[{}, { Effect: "Deny", Principal: { AWS: "111111111111" } }]}                                           | ${"denied"}  | ${"the account is denied, and the role in it"}
    ${[{}, { Effect: "Deny", Principal: undefined, NotPrincipal: { AWS: role } }]}                            | ${"allowed"} | ${"all but the role are denied"}
    ${[{}, { Effect: "Deny", Principal: undefined, NotPrincipal: { AWS: `${role}2` } }]}                      | ${"denied"}  | ${"the role is not left out"}
    ${[{ Condition: { StringEquals: { "aws:PrincipalAccount": "111111111111" } } }]}                          | ${"allowed"} | ${"the account is known"}
    ${[{ Condition: { StringEquals: { "aws:PrincipalAccount": "222222222222" } } }]}                          | ${"silent"}  | ${"the account is another"}
    ${[{ Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/a*" } } }]}                         | ${"allowed"} | ${"the role's name fits"}
    ${[{ Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }]}                                       | ${"unknown"} | ${"nobody knows from where it will call"}
    ${[{ Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }]}                                     | ${"unknown"} | ${"the organisation is not known"}
    ${[{ Condition: { StringEquals: { "aws:PrincipalArn": `arn:aws:iam::\${aws:PrincipalAccount}:x` } } }]}   | ${"unknown"} | ${"variables are not filled in"}
    ${[{}, { Effect: "Deny", Condition: { StringNotEquals: { "aws:sourceVpce": "vpce-1" } } }]}               | ${"unknown"} | ${"a denial may apply"}
    ${[{ Effect: "Deny", Condition: { StringNotEquals: { "aws:sourceVpce": "vpce-1" } } }]}                   | ${"silent"}  | ${"nothing allows it, whatever the denial does"}
    ${[{}, { Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }]}                      | ${"allowed"} | ${"the SDK always uses TLS"}
    ${[{}, { Effect: "Deny", Principal: "*", Condition: { StringNotEquals: { "aws:PrincipalArn": role } } }]} | ${"allowed"} | ${"all others are denied"}
  `("says $verdict: $because", ({ statements, verdict }) => {
    expect(evaluate(policy(...statements.map(statement)), ask).verdict).toBe(verdict);
  });

  test.each(["", "[1", "null", "3", '"x"'])("that is none is known as such: %j", (text) => {
    expect(readPolicy(text)).toBeUndefined();
  });
});

test.each`
  pattern      | text           | holds
  ${"*"}       | ${""}          | ${true}
  ${"a*c"}     | ${"abbbc"}     | ${true}
  ${"a*c"}     | ${"abbbcd"}    | ${false}
  ${"a?c"}     | ${"abc"}       | ${true}
  ${"a?c"}     | ${"ac"}        | ${false}
  ${"*a*b*c*"} | ${"xxaxxbxxc"} | ${true}
  ${"a+(b"}    | ${"a+(b"}      | ${true}
`("the pattern $pattern covers $text: $holds", ({ pattern, text, holds }) => {
  expect(covers(pattern, text)).toBe(holds);
});

describe("exposure", () => {
  test.each`
    statement                                                                           | rules                                                 | because
    ${{}}                                                                               | ${[]}                                                 | ${"the own account is meant"}
    ${{ Principal: "*" }}                                                               | ${["error open-policy"]}                              | ${"anyone on the internet"}
    ${{ Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }} | ${["warning open-policy"]}                            | ${"anyone in the organisation"}
    ${{ Principal: "*", Condition: { Bool: { "aws:SecureTransport": "true" } } }}       | ${["error open-policy"]}                              | ${"TLS limits nobody"}
    ${{ Principal: undefined, NotPrincipal: { AWS: role } }}                            | ${["error open-policy"]}                              | ${"all but one is nearly all"}
    ${{ Principal: { AWS: ["222222222222", "arn:aws:iam::333333333333:role/x"] } }}     | ${["warning other-account", "warning other-account"]} | ${"two strangers"}
    ${{ Principal: { Service: "dms.amazonaws.com" } }}                                  | ${["warning other-account"]}                          | ${"a service"}
    ${{ Principal: "*", Action: "secretsmanager:DescribeSecret" }}                      | ${[]}                                                 | ${"settings are not the value"}
    ${{ Principal: "*", Effect: "Deny" }}                                               | ${[]}                                                 | ${"a denial lets nobody in"}
  `("of $statement.Principal: $because", ({ statement: one, rules }) => {
    expect(exposureOf(policy(statement(one)), secret).map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(rules);
  });
});

describe("a reader", () => {
  const facts: SecretFacts = { arn: secret, name: "shop", rotation: { enabled: false }, versions: new Map() };
  const keyArn = "arn:aws:kms:eu-central-1:111111111111:key/k";
  const custom = {
    secret: { ...facts, keyId: keyArn },
    key: { state: "found", value: { arn: keyArn, manager: "CUSTOMER", state: "Enabled" } },
  } as const;
  const found = <T>(value: T): Answer<T> => ({ state: "found", value });
  const text = (...statements: object[]) => JSON.stringify({ Statement: statements });
  const allowed: Answer<IdentityDecision> = found({ decision: "allowed" });
  const silent: Answer<IdentityDecision> = found({ decision: "silent", conditions: [] });
  const delegate = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::111111111111:root" }, Action: "kms:*", Resource: "*" };
  const denied: Answer<IdentityDecision> = found({ decision: "denied", by: "guard" });
  const unanswered: Answer<never> = { state: "unanswered", why: "AWS denied iam:SimulatePrincipalPolicy", mend: "x" };
  const none: Partial<AccessFacts> = { policy: found(undefined) };

  test.each`
    read                                                                    | decrypt    | access                                                                                                                                                 | severity     | why
    ${allowed}                                                              | ${silent}  | ${none}                                                                                                                                                | ${undefined} | ${"its own policy is enough"}
    ${silent}                                                               | ${silent}  | ${none}                                                                                                                                                | ${"error"}   | ${/own policies do not allow secretsmanager:GetSecretValue/}
    ${denied}                                                               | ${silent}  | ${{ policy: found(text(statement({}))) }}                                                                                                              | ${"error"}   | ${/deny secretsmanager:GetSecretValue \(guard\)/}
    ${silent}                                                               | ${silent}  | ${{ policy: found(text(statement({}))) }}                                                                                                              | ${undefined} | ${"the secret's policy names it"}
    ${allowed}                                                              | ${silent}  | ${{ policy: found(text(statement({ Effect: "Deny", Sid: "NoApp" }))) }}                                                                                | ${"error"}   | ${/resource policy denies it \(NoApp\)/}
    ${{ state: "missing" }}                                                 | ${silent}  | ${none}                                                                                                                                                | ${"error"}   | ${/the role does not exist/}
    ${unanswered}                                                           | ${silent}  | ${none}                                                                                                                                                | ${"unknown"} | ${/AWS denied iam/}
    ${found({ decision: "silent", conditions: ["aws:SourceVpc"] })}         | ${silent}  | ${none}                                                                                                                                                | ${"unknown"} | ${/conditions that cannot be known here \(aws:SourceVpc\)/}
    ${found({ decision: "silent", conditions: [], limitedBy: "boundary" })} | ${silent}  | ${none}                                                                                                                                                | ${"error"}   | ${/permissions boundary does not allow/}
    ${allowed}                                                              | ${allowed} | ${{ ...custom, ...none, keyPolicy: found(text(delegate)) }}                                                                                            | ${undefined} | ${"key policy and own policy agree"}
    ${allowed}                                                              | ${silent}  | ${{ ...custom, ...none, keyPolicy: found(text(delegate)) }}                                                                                            | ${"error"}   | ${/own policies do not allow kms:Decrypt/}
    ${allowed}                                                              | ${silent}  | ${{ ...custom, ...none, keyPolicy: found(text({ ...delegate, Principal: { AWS: role } })) }}                                                           | ${undefined} | ${"the key's policy names it"}
    ${allowed}                                                              | ${allowed} | ${{ ...custom, ...none, keyPolicy: found(text()) }}                                                                                                    | ${"error"}   | ${/lets neither the role nor its account use the key/}
    ${allowed}                                                              | ${silent}  | ${{ ...custom, ...none, keyPolicy: found(text()), granted: found([role]) }}                                                                            | ${undefined} | ${"a grant lets it decrypt"}
    ${allowed}                                                              | ${allowed} | ${{ ...custom, ...none, keyPolicy: unanswered }}                                                                                                       | ${"unknown"} | ${/AWS denied/}
    ${allowed}                                                              | ${allowed} | ${{ ...custom, ...none, keyPolicy: found(text({ ...delegate, Condition: { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } } })) }} | ${"error"}   | ${/lets neither/}
  `("with $read.value.decision and $decrypt.value.decision: $why", ({ read, decrypt, access, severity, why }) => {
    const remarks = judgeReader({ arn: role, read, decrypt }, { secret: facts, ...access });
    expect(remarks.map((remark) => remark.severity)).toEqual(severity === undefined ? [] : [severity]);
    if (severity !== undefined) expect(remarks[0]?.message).toMatch(why);
  });

  test.each`
    read       | policyText                                                 | key       | severity     | why
    ${allowed} | ${undefined}                                               | ${custom} | ${"error"}   | ${/of another account, and the secret's resource policy does not name it/}
    ${allowed} | ${text(statement({ Principal: { AWS: "222222222222" } }))} | ${{}}     | ${"error"}   | ${/default key, which other accounts cannot use/}
    ${allowed} | ${text(statement({ Principal: { AWS: "222222222222" } }))} | ${custom} | ${undefined} | ${"both sides allow it"}
    ${silent}  | ${text(statement({ Principal: { AWS: "222222222222" } }))} | ${custom} | ${"error"}   | ${/own policies do not allow/}
  `("of another account: $why", ({ read, policyText, key, severity, why }) => {
    const foreign = "arn:aws:iam::222222222222:role/app";
    const keyPolicy = found(text({ ...delegate, Principal: { AWS: foreign } }));
    const remarks = judgeReader({ arn: foreign, read, decrypt: allowed }, { secret: facts, policy: found(policyText), keyPolicy, ...key });
    expect(remarks.map((remark) => remark.severity)).toEqual(severity === undefined ? [] : [severity]);
    if (severity !== undefined) expect(remarks[0]?.message).toMatch(why);
  });
});
