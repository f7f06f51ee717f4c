import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { inputTrouble } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { Action, Listener, Rule, TargetGroupTuple } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { PerColour } from "../colours.ts";
import type { Route, TargetSeen, TargetState } from "../model.ts";
import type { TrafficPort } from "../ports.ts";

/** Which of the load balancer's listeners and rules belong to the pair. */
export interface RouteScope {
  /** Listener ARNs to look at. */
  readonly listeners: readonly string[];
  /** Only these rules, where given; otherwise every listener and rule that forwards to the pair. */
  readonly rules: readonly string[];
  /** Target groups that belong together, one pair for each container behind the load balancer. */
  readonly pairs: readonly PerColour<string>[];
}

/** A route with the actions as AWS gave them: ModifyListener and ModifyRule replace all of them, so all have to be kept. */
interface RawRoute {
  readonly route: Route;
  readonly actions: readonly Action[];
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
  const raw = new Map<string, readonly Action[]>();
  const remember = (found: readonly RawRoute[]): readonly Route[] => {
    for (const { route, actions } of found) raw.set(route.id, actions);
    return found.map(({ route }) => route);
  };

  async function read(): Promise<readonly RawRoute[]> {
    const { listeners: known, rules: wantedRules } = first ?? { listeners: undefined, rules: "all" };
    first = undefined;
    const listeners = known ?? (await readListeners());
    const fromListeners = listeners.map((one) =>
      toRoute(
        { id: one.ListenerArn ?? "", kind: "listener", listener: one.ListenerArn ?? "", label: `listener :${one.Port ?? "?"}` },
        one.DefaultActions ?? [],
        scope.pairs,
      ),
    );
    const isEnough = wantedRules === "when-needed" && scope.rules.length === 0 && fromListeners.some((one) => one !== undefined);
    const rules = isEnough ? [] : await Promise.all(scope.listeners.map((listener) => readRules(listener)));
    const found = [...fromListeners, ...rules.flat()].filter((one) => one !== undefined);
    const wanted = new Set(scope.rules);
    return wanted.size === 0 ? found : found.filter(({ route }) => wanted.has(route.id));
  }

  const readListeners = async (): Promise<readonly Listener[]> =>
    (await aws.elb((sdk) => new sdk.DescribeListenersCommand({ ListenerArns: [...scope.listeners] }))).Listeners ?? [];

  async function readRules(listener: string): Promise<readonly (RawRoute | undefined)[]> {
    const answer = await aws.elb((sdk) => new sdk.DescribeRulesCommand({ ListenerArn: listener, PageSize: 400 }));
    // The default rule is the listener's default action under another name.
    const rules = (answer.Rules ?? []).filter(
      (rule) => rule.IsDefault !== true && (!leadsByHeader(rule) || scope.rules.includes(rule.RuleArn ?? "")),
    );
    return rules.map((rule) =>
      toRoute({ id: rule.RuleArn ?? "", kind: "rule", listener, label: ruleLabel(rule) }, rule.Actions ?? [], scope.pairs),
    );
  }

  return {
    routes: async () => remember(await read()),
    health: async (groups) => (await Promise.all(groups.map((group) => groupHealth(aws, group)))).flat(),
    setWeights: async (route, weights) => {
      const actions = raw.get(route.id);
      if (actions === undefined) throw new Error(`route ${route.id} was never read`);
      const changed = withWeights(actions, route, weights);
      if (route.kind === "listener")
        await aws.elb((sdk) => new sdk.ModifyListenerCommand({ ListenerArn: route.id, DefaultActions: changed }));
      else await aws.elb((sdk) => new sdk.ModifyRuleCommand({ RuleArn: route.id, Actions: changed }));
      raw.set(route.id, changed);
      return { ...route, weights };
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

/** A rule whose only condition is a header leads testers, not users: it is no route of theirs unless rule-arns names it. */
const leadsByHeader = (rule: Rule): boolean => rule.Conditions?.length === 1 && rule.Conditions[0]?.Field === "http-header";

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
): RawRoute | undefined {
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
  const route: Route = {
    ...about,
    groups,
    weights: { blue: weightOf(groups.blue), green: weightOf(groups.green) },
    strangers,
    stickySeconds,
  };
  return { route, actions };
}

const tuplesOf = (forward: Action): readonly TargetGroupTuple[] =>
  forward.ForwardConfig?.TargetGroups ?? (forward.TargetGroupArn === undefined ? [] : [{ TargetGroupArn: forward.TargetGroupArn }]);

/**
 * The same actions with other weights. Everything else stays: order, authentication, stickiness.
 * An OIDC action never shows its client secret, so it has to say that the existing one stays:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AuthenticateOidcActionConfig.html
 */
export function withWeights(actions: readonly Action[], route: Route, weights: PerColour<number | undefined>): Action[] {
  const tuple = (group: string, weight: number | undefined): TargetGroupTuple[] =>
    weight === undefined ? [] : [{ TargetGroupArn: group, Weight: weight }];
  const groups = [...tuple(route.groups.blue, weights.blue), ...tuple(route.groups.green, weights.green)];
  if (groups.length === 0) throw inputTrouble(`${route.kind} ${route.id} would forward to nothing.`);
  return actions.map((action) => {
    if (action.Type === "authenticate-oidc" && action.AuthenticateOidcConfig !== undefined) {
      const { ClientSecret: _, ...config } = action.AuthenticateOidcConfig;
      return { ...action, AuthenticateOidcConfig: { ...config, UseExistingClientSecret: true } };
    }
    if (action.Type !== "forward") return action;
    // AWS refuses an action that names both a group and a list of groups that differ.
    const { TargetGroupArn: __, ...rest } = action;
    return { ...rest, ForwardConfig: { ...action.ForwardConfig, TargetGroups: groups } };
  });
}
