import { toRoute, withWeights } from "../../src/aws/traffic.ts";

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
    expect(found?.route).toMatchObject({ weights, stickySeconds: sticky, strangers: [] });
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
      )?.route.strangers,
    ).toEqual(["arn:other"]);
  });
});

describe("setting weights keeps everything else", () => {
  const route = toRoute(about, [forward([["arn:blue", 100]], 60)], [groups])?.route;
  const login = {
    Type: "authenticate-oidc" as const,
    Order: 1,
    AuthenticateOidcConfig: {
      Issuer: "i",
      AuthorizationEndpoint: "a",
      TokenEndpoint: "t",
      UserInfoEndpoint: "u",
      ClientId: "c",
      ClientSecret: "s",
    },
  };

  test("the login stays in front, with its existing secret, and stickiness stays on", () => {
    if (route === undefined) throw new Error("no route");
    const [first, second] = withWeights([login, forward([["arn:blue", 100]], 60)], route, { blue: 0, green: 100 });
    expect(first?.AuthenticateOidcConfig).toMatchObject({ UseExistingClientSecret: true });
    expect(JSON.stringify(first)).not.toContain('ClientSecret":"s');
    expect(second).toMatchObject({
      Order: 2,
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: "arn:blue", Weight: 0 },
          { TargetGroupArn: "arn:green", Weight: 100 },
        ],
        TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
      },
    });
  });

  test("a colour without weight leaves the action", () => {
    if (route === undefined) throw new Error("no route");
    const [action] = withWeights([forward([["arn:blue", 100]])], route, { blue: 100, green: undefined });
    expect(action?.ForwardConfig?.TargetGroups).toEqual([{ TargetGroupArn: "arn:blue", Weight: 100 }]);
  });

  test("forwarding to nothing is refused before AWS is asked", () => {
    if (route === undefined) throw new Error("no route");
    expect(() => withWeights([forward([])], route, { blue: undefined, green: undefined })).toThrow("forward to nothing");
  });
});
