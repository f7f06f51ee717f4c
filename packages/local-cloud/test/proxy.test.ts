import { gzipSync } from "node:zlib";
import { createAddresses } from "../src/ecs/addresses.ts";
import { completeDefinition } from "../src/ecs/records.ts";
import { errorAnswer } from "../src/proxy/answers.ts";
import { isMutating } from "../src/proxy/calls.ts";
import { faultError } from "../src/proxy/faults.ts";
import { identify, type RawRequest } from "../src/proxy/identify.ts";
import { createRateLimits } from "../src/proxy/rate-limits.ts";

const signed = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=AKID/20261122/eu-central-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
const request = (changes: Partial<RawRequest> & { readonly service?: string; readonly text?: string }): RawRequest => ({
  method: changes.method ?? "POST",
  url: changes.url ?? "/",
  headers: { ...(changes.service === undefined ? {} : { authorization: signed(changes.service) }), ...changes.headers },
  body: changes.body ?? Buffer.from(changes.text ?? ""),
});
const json = (target: string) => ({ "x-amz-target": target, "content-type": "application/x-amz-json-1.1" });
const form = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };

describe("a call is told by its request", () => {
  test.each`
    what                        | given                                                                                                                                                                                            | service                   | operation                        | params
    ${"JSON"}                   | ${{ service: "ecs", headers: json("AmazonEC2ContainerServiceV20141113.ListTasks"), text: '{"cluster":"x"}' }}                                                                                    | ${"ecs"}                  | ${"ListTasks"}                   | ${{ cluster: "x" }}
    ${"JSON without signature"} | ${{ headers: json("Logs_20140328.GetLogEvents"), text: "{}" }}                                                                                                                                   | ${"logs"}                 | ${"GetLogEvents"}                | ${{}}
    ${"broken JSON"}            | ${{ service: "ecs", headers: json("X.ListTasks"), text: "{" }}                                                                                                                                   | ${"ecs"}                  | ${"ListTasks"}                   | ${{}}
    ${"gzip"}                   | ${{ service: "monitoring", headers: { ...json("GraniteServiceVersion20100801.PutMetricData"), "content-encoding": "gzip" }, body: gzipSync('{"Namespace":"n"}') }}                               | ${"cloudwatch"}           | ${"PutMetricData"}               | ${{ Namespace: "n" }}
    ${"Query"}                  | ${{ service: "elasticloadbalancing", headers: form, text: "Action=ModifyRule&Version=1&RuleArn=r&Actions.member.1.Type=forward&Actions.member.1.ForwardConfig.TargetGroups.member.1.Weight=5" }} | ${"elasticloadbalancing"} | ${"ModifyRule"}                  | ${{ RuleArn: "r", Actions: [{ Type: "forward", ForwardConfig: { TargetGroups: [{ Weight: "5" }] } }] }}
    ${"Query with ten members"} | ${{ service: "elasticloadbalancing", headers: form, text: `Action=A&${Array.from({ length: 10 }, (_, i) => `N.member.${i + 1}=${i}`).join("&")}` }}                                              | ${"elasticloadbalancing"} | ${"A"}                           | ${{ N: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] }}
    ${"a hostile name"}         | ${{ service: "elasticloadbalancing", headers: form, text: "Action=A&__proto__.x=1&constructor.y=2" }}                                                                                            | ${"elasticloadbalancing"} | ${"A"}                           | ${{ constructor: { y: "2" } }}
    ${"unsigned web identity"}  | ${{ headers: form, text: "Action=AssumeRoleWithWebIdentity&RoleArn=r" }}                                                                                                                         | ${"sts"}                  | ${"AssumeRoleWithWebIdentity"}   | ${{ RoleArn: "r" }}
    ${"EC2"}                    | ${{ service: "ec2", headers: form, text: "Action=DescribeSubnets&SubnetId.1=a" }}                                                                                                                | ${"ec2"}                  | ${"DescribeSubnets"}             | ${{ SubnetId: ["a"] }}
    ${"an object"}              | ${{ service: "s3", method: "PUT", url: "/bucket/locks/a%20b?x-id=PutObject", headers: { "if-none-match": "*" } }}                                                                                | ${"s3"}                   | ${"PutObject"}                   | ${{ path: "/bucket/locks/a b", "x-id": "PutObject", "if-none-match": "*" }}
    ${"a bucket's policy"}      | ${{ service: "s3", method: "GET", url: "/bucket?policy" }}                                                                                                                                       | ${"s3"}                   | ${"GetBucketPolicy"}             | ${{ path: "/bucket", policy: "" }}
    ${"a list of objects"}      | ${{ service: "s3", method: "GET", url: "/bucket?list-type=2" }}                                                                                                                                  | ${"s3"}                   | ${"ListObjectsV2"}               | ${{ path: "/bucket", "list-type": "2" }}
    ${"another REST call"}      | ${{ service: "lambda", method: "GET", url: "/2015-03-31/functions/f" }}                                                                                                                          | ${"lambda"}               | ${"GET /2015-03-31/functions/f"} | ${{ path: "/2015-03-31/functions/f" }}
  `("$what is $service:$operation", ({ given, service, operation, params }) => {
    const call = identify(request(given));
    expect([call.service, call.operation]).toEqual([service, operation]);
    expect(call.params).toEqual(params);
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });
});

test.each`
  operation                      | mutating
  ${"DescribeServices"}          | ${false}
  ${"GetMetricData"}             | ${false}
  ${"BatchGetSecretValue"}       | ${false}
  ${"AssumeRoleWithWebIdentity"} | ${false}
  ${"GET /functions"}            | ${false}
  ${"UpdateService"}             | ${true}
  ${"BatchDeleteImage"}          | ${true}
  ${"PutObject"}                 | ${true}
`("$operation changes something: $mutating", ({ operation, mutating }) => {
  expect(isMutating({ operation })).toBe(mutating);
});

describe("errors are worded as the service words them", () => {
  test.each`
    service                   | protocol       | fault              | text
    ${"ecs"}                  | ${"json-1.1"}  | ${"throttle"}      | ${/"__type":"ThrottlingException"/}
    ${"elasticloadbalancing"} | ${"query"}     | ${"throttle"}      | ${/<Code>ThrottlingException<\/Code>/}
    ${"ec2"}                  | ${"ec2-query"} | ${"throttle"}      | ${/<Errors><Error><Code>RequestLimitExceeded/}
    ${"s3"}                   | ${"rest-xml"}  | ${"throttle"}      | ${/<Code>SlowDown<\/Code>/}
    ${"secretsmanager"}       | ${"json-1.1"}  | ${"server-error"}  | ${/InternalServiceError/}
    ${"sts"}                  | ${"query"}     | ${"server-error"}  | ${/<Type>Receiver<\/Type><Code>InternalFailure/}
    ${"ec2"}                  | ${"ec2-query"} | ${"access-denied"} | ${/UnauthorizedOperation.*ec2:Op/}
    ${"s3"}                   | ${"rest-xml"}  | ${"access-denied"} | ${/AccessDenied.*s3:Op/}
  `("$fault of $service", ({ service, protocol, fault, text }) => {
    const call = { service, operation: "Op", protocol, params: {} };
    const error = faultError({ kind: fault }, call);
    expect(error).toBeDefined();
    if (error !== undefined) expect(errorAnswer(protocol, error).body.toString("utf8")).toMatch(text);
  });
});

describe("the published rates", () => {
  const elb = { service: "elasticloadbalancing", operation: "DescribeTargetHealth", protocol: "query" as const, params: {} };
  test("a burst of 40 describing calls passes, then 10 a second", () => {
    const limits = createRateLimits();
    const passed = (count: number, now: number) => Array.from({ length: count }, () => limits.take(elb, now)).filter(Boolean).length;
    expect([passed(100, 0), passed(100, 1), passed(100, 1.5), passed(100, 100)]).toEqual([40, 10, 5, 40]);
  });
  test.each`
    service                   | operation                   | burst  | perSecond
    ${"ecs"}                  | ${"DescribeServices"}       | ${100} | ${20}
    ${"ecs"}                  | ${"UpdateService"}          | ${50}  | ${5}
    ${"ecs"}                  | ${"RegisterTaskDefinition"} | ${20}  | ${1}
    ${"ecs"}                  | ${"RunTask"}                | ${100} | ${40}
    ${"ecs"}                  | ${"TagResource"}            | ${20}  | ${10}
    ${"elasticloadbalancing"} | ${"ModifyListener"}         | ${20}  | ${3}
    ${"elasticloadbalancing"} | ${"ModifyRule"}             | ${20}  | ${3}
    ${"elasticloadbalancing"} | ${"RegisterTargets"}        | ${20}  | ${4}
    ${"cloudwatch"}           | ${"GetMetricData"}          | ${50}  | ${50}
  `("$service:$operation has $burst at once and $perSecond a second", ({ service, operation, burst, perSecond }) => {
    const limits = createRateLimits();
    const passed = (now: number) => Array.from({ length: 200 }, () => limits.take({ service, operation }, now)).filter(Boolean).length;
    expect([passed(0), passed(1)]).toEqual([burst, perSecond]);
  });
  test("calls of one kind share a bucket, all load balancer calls share one more, other services have none", () => {
    const limits = createRateLimits();
    for (let call = 0; call < 25; call++) limits.take(elb, 0);
    expect(Array.from({ length: 25 }, () => limits.take({ ...elb, operation: "DescribeRules" }, 0)).filter(Boolean)).toHaveLength(15);
    expect(limits.take({ ...elb, operation: "ModifyListener" }, 0)).toBe(false);
    expect(limits.take({ ...elb, service: "secretsmanager" }, 0)).toBe(true);
  });
});

test("a definition keeps what moto does not know, and what moto corrects wins", () => {
  const given = {
    family: "shop",
    tags: [{ key: "a" }],
    novelty: 1,
    containerDefinitions: [{ name: "app", novelty: { deep: true }, cpu: "wrong" }],
  };
  const fromMoto = { family: "shop", revision: 3, pidMode: null, containerDefinitions: [{ name: "app", cpu: 0 }] };
  expect(completeDefinition(fromMoto, given, { registeredAt: 5 })).toEqual({
    registeredAt: 5,
    family: "shop",
    revision: 3,
    novelty: 1,
    containerDefinitions: [{ name: "app", novelty: { deep: true }, cpu: 0 }],
  });
});

describe("task addresses", () => {
  test("are one each, on a loopback network that no other cloud has", async () => {
    const [one, other] = await Promise.all([createAddresses("linux"), createAddresses("linux")]);
    const given = [await one.give([8080]), await one.give([8080]), await other.give([8080])];
    expect(new Set(given.map(({ host }) => host)).size).toBe(3);
    expect(given.map(({ privateAddress }) => privateAddress)).toEqual(["10.0.0.5", "10.0.0.6", "10.0.0.5"]);
    expect(given[0]?.portOf(8080)).toBe(8080);
    one.close();
    other.close();
  });
  test("without such networks tasks have ports of their own", async () => {
    const addresses = await createAddresses("darwin");
    const given = [await addresses.give([8080]), await addresses.give([8080])];
    expect(given.map(({ host }) => host)).toEqual(["127.0.0.1", "127.0.0.1"]);
    expect(given[0]?.portOf(8080)).not.toBe(given[1]?.portOf(8080));
    addresses.close();
  });
});
