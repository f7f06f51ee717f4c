import { Trouble } from "@aws-deploy-actions/shared/problems";
import { albTraffic, toRoute } from "../../src/aws/traffic.ts";

const groups = { blue: "arn:blue", green: "arn:green" };
const about = { id: "arn:listener", kind: "listener" as const, listener: "arn:listener", label: "listener :443" };
const forward = (tuples: readonly (readonly [string, number | undefined])[], sticky?: number) => ({
  Type: "forward" as const,
  Order: 2,
  ForwardConfig: {
    TargetGroups: tuples.map(([TargetGroupArn, Weight]) => (Weight === undefined ? { TargetGroupArn } : { TargetGroupArn, Weight })),
    ...(sticky === undefined ? {} : { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: sticky } }),
  },
});

describe("reading a route", () => {
  test.each`
    why                                   | action                                             | weights                            | sticky
    ${"both colours with weights"} | ${forward([["arn:blue", 90], ["arn:green", 10]])} | ${{ blue: 90, green: 10 }} | ${undefined}
    ${"one colour alone, without weight"} | ${{ Type: "forward", TargetGroupArn: "arn:blue" }} | ${{ blue: 100, green: undefined }} | ${undefined}
    ${"stickiness of an hour"} | ${forward([["arn:blue", 100], ["arn:green", 0]], 3600)} | ${{ blue: 100, green: 0 }} | ${3600}
  `("$why", ({ action, weights, sticky }) => {
    const found = toRoute(about, [action], [groups]);
    expect(found).toMatchObject({ weights, stickySeconds: sticky, strangers: [] });
  });

  test("a listener that only redirects, or forwards elsewhere, is no route", () => {
    expect(toRoute(about, [{ Type: "redirect" }], [groups])).toBeUndefined();
    expect(toRoute(about, [forward([["arn:other", 1]])], [groups])).toBeUndefined();
  });

  test("a group that belongs to neither colour is named", () => {
    expect(
      toRoute(
        about,
        [
          forward([
            ["arn:blue", 50],
            ["arn:other", 50],
          ]),
        ],
        [groups],
      )?.strangers,
    ).toEqual(["arn:other"]);
  });
});

describe("which rules are users' routes", () => {
  const header = (arn: string, group: string) => ({
    RuleArn: arn,
    Priority: "10",
    Conditions: [{ Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "X-Origin", Values: ["secret"] } }],
    Actions: [forward([[group, 100]])],
  });
  const path = {
    RuleArn: "arn:path",
    Priority: "20",
    Conditions: [{ Field: "path-pattern", Values: ["/api"] }],
    Actions: [forward([["arn:blue", 100]])],
  };
  const marked = { ResourceArn: "arn:testers", Tags: [{ Key: "aws-deploy-actions", Value: "test-route" }] };

  /** A load balancer with these rules; which operations were called is kept. */
  function balancer(rules: readonly object[], tags: () => readonly object[]): { readonly aws: never; readonly calls: string[] } {
    const calls: string[] = [];
    const answers: Readonly<Record<string, () => object>> = {
      DescribeListenersCommand: () => ({
        Listeners: [{ ListenerArn: "arn:listener", Port: 443, DefaultActions: [{ Type: "fixed-response" }] }],
      }),
      DescribeRulesCommand: () => ({ Rules: rules }),
      DescribeTagsCommand: () => ({ TagDescriptions: tags() }),
    };
    const sdk = new Proxy(
      {},
      {
        get: (_, name: string) =>
          class {
            readonly command = name;
          },
      },
    );
    const elb = async (make: (module: never) => { readonly command: string }): Promise<object> => {
      const { command } = make(sdk as never);
      calls.push(command);
      return answers[command]?.() ?? {};
    };
    return { aws: { elb, region: "eu-central-1" } as never, calls };
  }
  const scope = (rules: readonly string[] = []) => ({ listeners: ["arn:listener"], rules, pairs: [groups] });
  const denied = (): never => {
    throw new Trouble([], { cause: Object.assign(new Error("denied"), { name: "AccessDeniedException" }) });
  };

  test.each([
    [
      "a rule that only a header leads to is a route: CloudFront's users may come by it",
      [header("arn:cloudfront", "arn:blue")],
      [],
      scope(),
      ["arn:cloudfront"],
    ],
    ["a rule that was made for testers is none", [header("arn:testers", "arn:green"), path], [marked], scope(), ["arn:path"]],
    [
      "a rule that was made for testers is one when it is asked for",
      [header("arn:testers", "arn:green")],
      [marked],
      scope(["arn:testers"]),
      ["arn:testers"],
    ],
    [
      "a header rule that forwards elsewhere is none, and not asked for",
      [header("arn:elsewhere", "arn:other"), path],
      [marked],
      scope(),
      ["arn:path"],
    ],
  ])("%s", async (_, rules, tags, within, expected) => {
    const { aws } = balancer(rules, () => tags);
    expect((await albTraffic(aws, within).routes()).map((route) => route.id)).toEqual(expected);
  });

  test("each rule's tags are asked for once, and only of those that could be testers'", async () => {
    const { aws, calls } = balancer([header("arn:testers", "arn:green"), path], () => [marked]);
    const traffic = albTraffic(aws, scope());
    await traffic.routes();
    await traffic.routes();
    expect(calls.filter((name) => name === "DescribeTagsCommand")).toHaveLength(1);
    const plain = balancer([path], () => []);
    await albTraffic(plain.aws, scope()).routes();
    expect(plain.calls).not.toContain("DescribeTagsCommand");
  });

  test("whoever may not read tags takes every rule for users', so none is left behind", async () => {
    const { aws } = balancer([header("arn:testers", "arn:blue")], denied);
    expect((await albTraffic(aws, scope()).routes()).map((route) => route.id)).toEqual(["arn:testers"]);
  });

  test("no answer is no answer", async () => {
    const { aws } = balancer([header("arn:testers", "arn:blue")], () => {
      throw new Error("socket hang up");
    });
    await expect(albTraffic(aws, scope()).routes()).rejects.toThrow("socket hang up");
  });
});
