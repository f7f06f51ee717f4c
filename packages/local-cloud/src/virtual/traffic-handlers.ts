import type { ElbAction } from "../balancer/types.ts";
import type { VirtualAccount } from "./account.ts";
import { notFound } from "./errors.ts";

type Handler = (account: VirtualAccount, input: Readonly<Record<string, unknown>>) => unknown;

/** The load balancer's side of the virtual account. */
export const trafficHandlers: Readonly<Record<string, Handler>> = {
  "elb:DescribeLoadBalancers": (account, { Names }) => {
    const { arn, name } = account.world.options.loadBalancer;
    if (Array.isArray(Names) && !Names.includes(name)) throw notFound("LoadBalancerNotFoundException", "Load balancers not found");
    return { LoadBalancers: [{ LoadBalancerArn: arn, LoadBalancerName: name, DNSName: `${name}.local` }] };
  },
  "elb:DescribeListeners": (account, { ListenerArns }) => ({
    Listeners: account.listeners
      .filter((one) => !Array.isArray(ListenerArns) || ListenerArns.includes(one.arn))
      .map((one) => ({ ListenerArn: one.arn, Port: one.port, Protocol: "HTTP", DefaultActions: structuredClone(one.defaultActions) })),
  }),
  "elb:DescribeRules": (account, { ListenerArn }) => ({
    Rules: (account.listeners.find((one) => one.arn === ListenerArn)?.rules ?? []).map((rule) => ({
      RuleArn: rule.arn,
      Priority: rule.priority,
      IsDefault: false,
      Conditions: rule.conditions,
      Actions: structuredClone(rule.actions),
    })),
  }),
  "elb:ModifyListener": (account, { ListenerArn, DefaultActions }) => {
    const listener = account.listeners.find((one) => one.arn === ListenerArn);
    if (listener === undefined) throw notFound("ListenerNotFoundException", "Listener not found");
    listener.defaultActions = structuredClone(DefaultActions) as readonly ElbAction[];
    account.world.applyListeners();
    return {};
  },
  "elb:ModifyRule": (account, { RuleArn, Actions }) => {
    const rule = account.listeners.flatMap((one) => one.rules).find((one) => one.arn === RuleArn);
    if (rule === undefined) throw notFound("RuleNotFoundException", "Rule not found");
    rule.actions = structuredClone(Actions) as readonly ElbAction[];
    account.world.applyListeners();
    return {};
  },
  "elb:DescribeTargetHealth": (account, { TargetGroupArn }) => ({
    TargetHealthDescriptions: account.world.health(String(TargetGroupArn)).map(({ id, port, state, reason, description }) => ({
      Target: { Id: id, Port: port },
      TargetHealth: { State: state, Reason: reason, Description: description },
    })),
  }),
};
