import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { testRoute } from "../../src/aws/test-route.ts";

/** A load balancer whose test listener has these actions; keeps what it is changed to. */
function balancer(actions: readonly sdk.Action[]) {
  const changes: (readonly sdk.Action[] | undefined)[] = [];
  const elb = async (make: (given: typeof sdk) => object) => {
    const command = make(sdk);
    if (command instanceof sdk.ModifyListenerCommand) changes.push(command.input.DefaultActions);
    return { Listeners: [{ DefaultActions: [...actions] }] };
  };
  return { aws: { elb } as unknown as Aws<"elb">, changes };
}

const pair = { blue: "blue-group", green: "green-group" };
const forward = { Type: "forward", ForwardConfig: { TargetGroups: [{ TargetGroupArn: "green-group", Weight: 100 }] } };
const config = { Issuer: "i", AuthorizationEndpoint: "a", TokenEndpoint: "t", UserInfoEndpoint: "u", ClientId: "c" };
const login: sdk.Action = { Type: "authenticate-oidc", Order: 1, AuthenticateOidcConfig: config };
// AWS never shows the client secret, and refuses the action without it unless it is told that the old one stays.
const loginKept = { ...login, AuthenticateOidcConfig: { ...config, UseExistingClientSecret: true } };

// A listener takes exactly one action that ends a request: a second one beside the forward is a ValidationError.
test.each`
  before                                                                             | after
  ${[{ Type: "forward", TargetGroupArn: "blue-group" }]}                             | ${[forward]}
  ${[{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "503" } }]}        | ${[forward]}
  ${[{ Type: "redirect", RedirectConfig: { StatusCode: "HTTP_301" } }]}              | ${[forward]}
  ${[login, { Type: "fixed-response", FixedResponseConfig: { StatusCode: "503" } }]} | ${[loginKept, { ...forward, Order: 50_000 }]}
`("a test listener with $before is pointed at the new colour by $after", async ({ before, after }) => {
  const { aws, changes } = balancer(before);
  await testRoute(aws, { kind: "listener", listener: "listener" }, pair).open("green");
  expect(changes).toEqual([after]);
});
