import type { ElbAction } from "../balancer/types.ts";
import type { VirtualAccount } from "./account.ts";
import { notFound } from "./errors.ts";
import type { WorldListener } from "./world.ts";

type Handler = (account: VirtualAccount, input: Readonly<Record<string, unknown>>) => unknown;

/** The weights of an action list by target group; a group alone gets everything. */
export function weightsOf(actions: readonly ElbAction[]): ReadonlyMap<string, number> {
  const forward = actions.find((one) => one.Type === "forward");
  if (forward === undefined) return new Map();
  const tuples = forward.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: forward.TargetGroupArn ?? "" }];
  return new Map(tuples.map((one) => [one.TargetGroupArn ?? "", one.Weight ?? 100]));
}

/** Writes down what a change of weights meant when it was made: the invariants are judged by it. */
function noteWeights(account: VirtualAccount, route: string, old: readonly ElbAction[], wanted: readonly ElbAction[]): void {
  const [before, after] = [weightsOf(old), weightsOf(wanted)];
  const groups = new Map(
    [...new Set([...before.keys(), ...after.keys()])].map((arn) => {
      const healthy = account.world.health(arn).filter((target) => target.state === "healthy").length;
      return [arn, { before: before.get(arn) ?? 0, after: after.get(arn) ?? 0, healthy }] as const;
    }),
  );
  account.weightChanges.push({ at: account.now, process: account.caller, route, groups });
}

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
  "elb:DescribeTags": (account, { ResourceArns }) => ({
    TagDescriptions: (ResourceArns as readonly string[]).map((ResourceArn) => ({
      ResourceArn,
      Tags: account.listeners.flatMap((one) => one.rules).find((rule) => rule.arn === ResourceArn)?.tags ?? [],
    })),
  }),
  "elb:ModifyListener": (account, { ListenerArn, DefaultActions }) => {
    const listener = account.listeners.find((one) => one.arn === ListenerArn);
    if (listener === undefined) throw notFound("ListenerNotFoundException", "Listener not found");
    noteWeights(account, listener.arn, listener.defaultActions, DefaultActions as readonly ElbAction[]);
    listener.defaultActions = structuredClone(DefaultActions) as readonly ElbAction[];
    account.world.applyListeners();
    return {};
  },
  "elb:ModifyRule": (account, { RuleArn, Actions }) => {
    const rule = account.listeners.flatMap((one) => one.rules).find((one) => one.arn === RuleArn);
    if (rule === undefined) throw notFound("RuleNotFoundException", "Rule not found");
    noteWeights(account, rule.arn, rule.actions, Actions as readonly ElbAction[]);
    rule.actions = structuredClone(Actions) as readonly ElbAction[];
    account.world.applyListeners();
    return {};
  },
  "elb:CreateRule": (account, { ListenerArn, Priority, Conditions, Actions, Tags }) => {
    const listener = account.listeners.find((one) => one.arn === ListenerArn);
    if (listener === undefined) throw notFound("ListenerNotFoundException", "Listener not found");
    if (listener.rules.some((one) => one.priority === String(Priority))) throw notFound("PriorityInUseException", "Priority is in use");
    const arn = `${listener.arn.replace(":listener/", ":listener-rule/")}/made-${account.calls.length}`;
    const actions = structuredClone(Actions) as readonly ElbAction[];
    listener.rules.push({
      arn,
      priority: String(Priority),
      conditions: Conditions as WorldListener["rules"][number]["conditions"],
      actions,
      tags: Tags as NonNullable<WorldListener["rules"][number]["tags"]>,
    });
    account.world.applyListeners();
    return { Rules: [{ RuleArn: arn }] };
  },
  "elb:DeleteRule": (account, { RuleArn }) => {
    const listener = account.listeners.find((one) => one.rules.some((rule) => rule.arn === RuleArn));
    if (listener === undefined) throw notFound("RuleNotFoundException", "Rule not found");
    listener.rules.splice(
      listener.rules.findIndex((rule) => rule.arn === RuleArn),
      1,
    );
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
