import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { causeKind } from "@aws-deploy-actions/shared/aws/errors";
import type { Colour, PerColour } from "../colours.ts";
import { kept } from "../listener-actions.ts";
import { markedRules, testersTag } from "./testers-rules.ts";

/** How the new colour is reached before users are sent to it. */
export type TestRoute =
  | { readonly kind: "listener"; readonly listener: string }
  | { readonly kind: "header"; readonly listener: string; readonly name: string; readonly value: string };

/** Opens and closes the route that users do not take. */
export interface TestRoutePort {
  open(colour: Colour): Promise<void>;
  /** @param users where users are now: a listener goes there, so that nobody takes it for split traffic */
  close(users: Colour): Promise<void>;
}

/** An action list ends with exactly one of these, so the forward takes its place: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html */
const terminal: ReadonlySet<string | undefined> = new Set(["forward", "redirect", "fixed-response"]);

/** A test listener is pointed at the colour; for a header a rule is made, and removed again. */
export function testRoute(aws: Aws<"elb">, route: TestRoute, pair: PerColour<string>): TestRoutePort {
  if (route.kind === "listener") {
    const point = async (colour: Colour): Promise<void> => {
      const listeners = await aws.elb((sdk) => new sdk.DescribeListenersCommand({ ListenerArns: [route.listener] }));
      const others = (listeners.Listeners?.[0]?.DefaultActions ?? []).filter((action) => !terminal.has(action.Type));
      const forward = {
        Type: "forward" as const,
        ForwardConfig: { TargetGroups: [{ TargetGroupArn: pair[colour], Weight: 100 }] },
        ...(others.length === 0 ? {} : { Order: 50_000 }),
      };
      await aws.elb(
        (sdk) => new sdk.ModifyListenerCommand({ ListenerArn: route.listener, DefaultActions: [...others.map(kept), forward] }),
      );
    };
    return { open: point, close: point };
  }
  const findRules = async () =>
    (await aws.elb((sdk) => new sdk.DescribeRulesCommand({ ListenerArn: route.listener, PageSize: 400 }))).Rules ?? [];
  const ours = async (): Promise<readonly string[]> => {
    const rules = await findRules();
    const alike = rules.filter(
      (rule) =>
        rule.Conditions?.length === 1 && rule.Conditions[0]?.HttpHeaderConfig?.HttpHeaderName?.toLowerCase() === route.name.toLowerCase(),
    );
    const arns = alike.flatMap((rule) => (rule.RuleArn === undefined ? [] : [rule.RuleArn]));
    return [...(await markedRules(aws, arns))];
  };
  return {
    open: async (colour) => {
      const actions = [{ Type: "forward" as const, TargetGroupArn: pair[colour] }];
      const [existing] = await ours();
      if (existing !== undefined) {
        await aws.elb((sdk) => new sdk.ModifyRuleCommand({ RuleArn: existing, Actions: actions }));
        return;
      }
      const taken = new Set((await findRules()).map((rule) => rule.Priority));
      const priority = Array.from({ length: 50_000 }, (_, index) => index + 1).find((one) => !taken.has(String(one))) ?? 50_000;
      const conditions = [{ Field: "http-header", HttpHeaderConfig: { HttpHeaderName: route.name, Values: [route.value] } }];
      await aws.elb(
        (sdk) =>
          new sdk.CreateRuleCommand({
            ListenerArn: route.listener,
            Priority: priority,
            Conditions: conditions,
            Actions: actions,
            Tags: [testersTag],
          }),
      );
    },
    close: async () => {
      for (const rule of await ours()) {
        await aws
          .elb((sdk) => new sdk.DeleteRuleCommand({ RuleArn: rule }))
          .catch((error: unknown) => {
            if (causeKind(error) !== "missing") throw error;
          });
      }
    },
  };
}
