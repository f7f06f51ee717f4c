import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { Action, Listener, Rule, TargetGroupTuple } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { PerColour } from "../colours.ts";
import { withWeights } from "../listener-actions.ts";
import type { Route, TargetSeen, TargetState } from "../model.ts";
import type { TrafficPort } from "../ports.ts";
import { testersRules } from "./testers-rules.ts";

/** Which of the load balancer's listeners and rules belong to the pair. */
export interface RouteScope {
  /** Listener ARNs to look at. */
  readonly listeners: readonly string[];
  /** Only these rules, where given; otherwise every listener and rule that forwards to the pair. */
  readonly rules: readonly string[];
  /** Target groups that belong together, one pair for each container behind the load balancer. */
  readonly pairs: readonly PerColour<string>[];
}

/** What is known before the first look, and how far that look has to go. */
export interface FirstLook {
  /** The listeners in scope, as AWS has just shown them; undefined: they are asked for. */
  readonly listeners: readonly Listener[] | undefined;
  /** `when-needed`: one call for each listener is saved where a default action shows already where users are; the next look sees all. */
  readonly rules: "all" | "when-needed";
}

/** Traffic through an Application Load Balancer. */
export function albTraffic(aws: Aws<"elb">, scope: RouteScope, firstLook?: FirstLook): TrafficPort {
  let first = firstLook;
  const testers = testersRules(aws);

  async function read(): Promise<readonly Route[]> {
    const { listeners: known, rules: wantedRules } = first ?? { listeners: undefined, rules: "all" };
    first = undefined;
    const reading = wantedRules === "all" ? readAllRules() : undefined;
    // Told below, where the rules are waited for.
    reading?.catch(() => undefined);
    const listeners = known ?? (await readListeners());
    const fromListeners = listeners.map((one) =>
      toRoute(
        { id: one.ListenerArn ?? "", kind: "listener", listener: one.ListenerArn ?? "", label: `listener :${one.Port ?? "?"}` },
        one.DefaultActions ?? [],
        scope.pairs,
      ),
    );
    const isEnough = wantedRules === "when-needed" && scope.rules.length === 0 && fromListeners.some((one) => one !== undefined);
    const rules = isEnough ? [] : await (reading ?? readAllRules());
    const found = [...fromListeners, ...rules].filter((one) => one !== undefined);
    const wanted = new Set(scope.rules);
    return wanted.size === 0 ? found : found.filter((route) => wanted.has(route.id));
  }

  const readListeners = async (): Promise<readonly Listener[]> =>
    (await aws.elb((sdk) => new sdk.DescribeListenersCommand({ ListenerArns: [...scope.listeners] }))).Listeners ?? [];

  const readAllRules = async (): Promise<readonly Route[]> => (await Promise.all(scope.listeners.map(readRules))).flat();

  async function readRules(listener: string): Promise<readonly Route[]> {
    const answer = await aws.elb((sdk) => new sdk.DescribeRulesCommand({ ListenerArn: listener, PageSize: 400 }));
    // The default rule is the listener's default action under another name.
    const own = (answer.Rules ?? []).flatMap((rule) => {
      const about = { id: rule.RuleArn ?? "", kind: "rule", listener, label: ruleLabel(rule) } as const;
      const route = rule.IsDefault === true ? undefined : toRoute(about, rule.Actions ?? [], scope.pairs);
      return route === undefined ? [] : [{ rule, route }];
    });
    const forTesters = await testers(own.map(({ rule }) => rule).filter((rule) => !scope.rules.includes(rule.RuleArn ?? "")));
    return own.flatMap(({ route }) => (forTesters.has(route.id) ? [] : [route]));
  }

  return {
    routes: read,
    health: async (groups) => (await Promise.all(groups.map((group) => groupHealth(aws, group)))).flat(),
    setWeights: async (route, weights) => {
      const actions = withWeights(route, weights);
      if (route.kind === "listener")
        await aws.elb((sdk) => new sdk.ModifyListenerCommand({ ListenerArn: route.id, DefaultActions: actions }));
      else await aws.elb((sdk) => new sdk.ModifyRuleCommand({ RuleArn: route.id, Actions: actions }));
      return { ...route, weights, actions };
    },
  };
}

async function groupHealth(aws: Aws<"elb">, group: string): Promise<readonly TargetSeen[]> {
  const answer = await aws.elb((sdk) => new sdk.DescribeTargetHealthCommand({ TargetGroupArn: group }));
  return (answer.TargetHealthDescriptions ?? []).map((one) => ({
    group,
    id: one.Target?.Id ?? "",
    port: one.Target?.Port ?? 0,
    state: targetState(one.TargetHealth?.State),
    reason: one.TargetHealth?.Description ?? one.TargetHealth?.Reason ?? "",
  }));
}

/** `unhealthy.draining` and states of later years are nothing that may get users. */
function targetState(state: string | undefined): TargetState {
  switch (state) {
    case "initial":
    case "healthy":
    case "unused":
    case "draining":
    case "unavailable":
      return state;
    default:
      return "unhealthy";
  }
}

/** `rule 10 (/health, /api/*)`. */
const ruleLabel = (rule: Rule): string => {
  const paths = (rule.Conditions ?? []).flatMap(
    (condition) => condition.PathPatternConfig?.Values ?? condition.HostHeaderConfig?.Values ?? condition.Values ?? [],
  );
  return `rule ${rule.Priority ?? "?"}${paths.length === 0 ? "" : ` (${oneLine(paths.join(", "), 80)})`}`;
};

/** The route of an action list, or undefined when it does not forward to the pair. */
export function toRoute(
  about: Pick<Route, "id" | "kind" | "listener" | "label">,
  actions: readonly Action[],
  pairs: readonly PerColour<string>[],
): Route | undefined {
  const forward = actions.find((action) => action.Type === "forward");
  if (forward === undefined) return undefined;
  const tuples = tuplesOf(forward);
  const groups = pairs.find((pair) => tuples.some((tuple) => tuple.TargetGroupArn === pair.blue || tuple.TargetGroupArn === pair.green));
  if (groups === undefined) return undefined;
  const weightOf = (group: string): number | undefined => {
    const tuple = tuples.find((one) => one.TargetGroupArn === group);
    // A group without a weight is the only one: it gets everything.
    return tuple === undefined ? undefined : (tuple.Weight ?? 100);
  };
  const strangers = tuples.map((tuple) => tuple.TargetGroupArn ?? "").filter((group) => group !== groups.blue && group !== groups.green);
  const sticky = forward.ForwardConfig?.TargetGroupStickinessConfig;
  const stickySeconds = sticky?.Enabled === true ? (sticky.DurationSeconds ?? 86_400) : undefined;
  return {
    ...about,
    groups,
    weights: { blue: weightOf(groups.blue), green: weightOf(groups.green) },
    strangers,
    stickySeconds,
    actions,
  };
}

const tuplesOf = (forward: Action): readonly TargetGroupTuple[] =>
  forward.ForwardConfig?.TargetGroups ?? (forward.TargetGroupArn === undefined ? [] : [{ TargetGroupArn: forward.TargetGroupArn }]);
