import { execFileSync } from "node:child_process";
import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import { byHand } from "../src/by-hand.ts";
import { withWeights } from "../src/listener-actions.ts";
import { route as anyRoute } from "./decide/build.ts";

const groups = { blue: "arn:blue", green: "arn:green" };
const route = (actions: readonly Action[], stickySeconds?: number) =>
  anyRoute(0, 100, { id: "arn:listener", groups, actions, stickySeconds });
const forward = (tuples: readonly (readonly [string, number])[], sticky?: number): Action => ({
  Type: "forward",
  Order: 2,
  ForwardConfig: {
    TargetGroups: tuples.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })),
    ...(sticky === undefined ? {} : { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: sticky } }),
  },
});

describe("setting weights keeps everything else", () => {
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
    const [first, second] = withWeights(route([login, forward([["arn:blue", 100]], 60)]), { blue: 0, green: 100 });
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
    const [action] = withWeights(route([forward([["arn:blue", 100]])]), { blue: 100, green: undefined });
    expect(action?.ForwardConfig?.TargetGroups).toEqual([{ TargetGroupArn: "arn:blue", Weight: 100 }]);
  });

  test("forwarding to nothing is refused before AWS is asked", () => {
    expect(() => withWeights(route([forward([])]), { blue: undefined, green: undefined })).toThrow("forward to nothing");
  });
});

describe("the line that a person runs", () => {
  const both = forward([
    ["arn:blue", 0],
    ["arn:green", 100],
  ]);

  /** The actions that the AWS CLI gets when a shell has read the line. */
  const read = (line: string): unknown => {
    const [, last] = execFileSync("sh", ["-c", `printf '%s\\n' ${line.slice(line.indexOf(" --default-actions ") + 1)}`], {
      encoding: "utf8",
    }).split("\n");
    return JSON.parse(last ?? "");
  };

  test("moves all of the traffic, and keeps the group that users leave, for its health", () => {
    const line = byHand(route([both]), "blue", "eu-central-1");
    expect(line).toMatch(/^aws elbv2 modify-listener --region eu-central-1 --listener-arn arn:listener --default-actions '/);
    expect(read(line)).toEqual([
      forward([
        ["arn:blue", 100],
        ["arn:green", 0],
      ]),
    ]);
  });

  test("keeps the login in front: nobody gets in without it at 3 a.m.", () => {
    const login: Action = {
      Type: "authenticate-cognito",
      Order: 1,
      AuthenticateCognitoConfig: { UserPoolArn: "p", UserPoolClientId: "c", UserPoolDomain: "d" },
    };
    expect(read(byHand(route([login, both]), "blue", "eu-central-1"))).toMatchObject([login, { Type: "forward" }]);
  });

  test("takes a sticky group out, and keeps stickiness", () => {
    const sticky = forward(
      [
        ["arn:blue", 0],
        ["arn:green", 100],
      ],
      60,
    );
    expect(read(byHand(route([sticky], 60), "blue", "eu-central-1"))).toEqual([forward([["arn:blue", 100]], 60)]);
  });

  test("is one line for a shell, whatever is in it", () => {
    const odd: Action = { ...both, ForwardConfig: { ...both.ForwardConfig } };
    const login: Action = {
      Type: "authenticate-cognito",
      AuthenticateCognitoConfig: { UserPoolArn: "it's; $(true) `x`", UserPoolClientId: "c", UserPoolDomain: "d" },
    };
    expect(read(byHand(route([login, odd]), "blue", "eu-central-1"))).toMatchObject([login, {}]);
  });
});
