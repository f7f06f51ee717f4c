import type { Balancer, BalancerConfig, TargetHealth } from "../balancer/types.ts";
import { AwsError, escapeXml, xmlAnswer } from "../proxy/answers.ts";
import type { ApiCall } from "../proxy/identify.ts";
import { isRecord, type Params, textOf } from "../proxy/params.ts";
import type { Handler } from "../proxy/server.ts";
import { attachedGroups, type ElbClient, readConfiguration } from "./configuration.ts";

/** Keeps the balancer in step with what moto's load balancer API holds. */
export interface ElbGlue {
  /** Resolves when the balancer knows of every change so far, and the ports of new listeners are open. */
  settled(): Promise<void>;
  isAttached(targetGroupArn: string): Promise<boolean>;
  configuration(): BalancerConfig;
  readonly handlers: readonly (readonly [string, Handler])[];
}

const namespace = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/";

/** Calls that change what the balancer must know. */
const changing = [
  "CreateLoadBalancer",
  "DeleteLoadBalancer",
  "ModifyLoadBalancerAttributes",
  "CreateListener",
  "DeleteListener",
  "ModifyListener",
  "CreateRule",
  "DeleteRule",
  "ModifyRule",
  "SetRulePriorities",
  "CreateTargetGroup",
  "DeleteTargetGroup",
  "ModifyTargetGroup",
  "ModifyTargetGroupAttributes",
] as const;

export function createElbGlue(client: ElbClient, balancer: Balancer): ElbGlue {
  let config: BalancerConfig = { loadBalancers: [], targetGroups: [] };
  let attached: ReadonlySet<string> = new Set();
  let last: Promise<void> = Promise.resolve();

  // One after the other: an older reading must never follow a newer one.
  const refresh = (): Promise<void> => {
    last = last
      .catch(() => undefined)
      .then(async () => {
        config = await readConfiguration(client);
        attached = attachedGroups(config);
        await balancer.applyConfig(config);
      });
    return last;
  };

  const thenRefresh: Handler = async (_call, context) => {
    const answer = await context.forward();
    // The caller does not wait for it: a change takes its time anyway.
    if (answer.status < 400) refresh().catch((error: unknown) => process.stderr.write(`local cloud: ${String(error)}\n`));
    return answer;
  };

  const targets = (params: Params): { readonly id: string; readonly port: number }[] => {
    const group = config.targetGroups.find(({ arn }) => arn === textOf(params, "TargetGroupArn"));
    const given = Array.isArray(params["Targets"]) ? params["Targets"].filter(isRecord) : [];
    return given.map((target) => ({ id: String(target["Id"]), port: Number(target["Port"] ?? group?.port ?? 80) }));
  };

  const register =
    (change: (groupArn: string, target: { readonly id: string; readonly port: number }) => void): Handler =>
    async (call, context) => {
      const answer = await context.forward();
      if (answer.status < 400) for (const target of targets(call.params)) change(textOf(call.params, "TargetGroupArn") ?? "", target);
      return answer;
    };

  const describeHealth: Handler = async (call) => {
    const arn = textOf(call.params, "TargetGroupArn") ?? "";
    await last;
    if (!config.targetGroups.some((group) => group.arn === arn)) {
      throw new AwsError("TargetGroupNotFound", "One or more target groups not found", 400);
    }
    return xmlAnswer(call.operation, namespace, healthXml(selected(balancer.targetHealth(arn), call)));
  };

  return {
    settled: () => last,
    isAttached: async (arn) => {
      await last;
      return attached.has(arn);
    },
    configuration: () => config,
    handlers: [
      ...changing.map((operation) => [`elasticloadbalancing.${operation}`, thenRefresh] as const),
      ["elasticloadbalancing.RegisterTargets", register((arn, target) => balancer.registerTarget(arn, target))],
      ["elasticloadbalancing.DeregisterTargets", register((arn, target) => balancer.deregisterTarget(arn, target))],
      ["elasticloadbalancing.DescribeTargetHealth", describeHealth],
    ],
  };
}

/** All targets, or those that were asked for: one that is not registered is `unused`. */
function selected(all: readonly TargetHealth[], call: ApiCall): readonly TargetHealth[] {
  const asked = Array.isArray(call.params["Targets"]) ? call.params["Targets"].filter(isRecord) : [];
  if (asked.length === 0) return all;
  return asked.map((one): TargetHealth => {
    const id = String(one["Id"]);
    const found = all.find((target) => target.id === id && (one["Port"] === undefined || target.port === Number(one["Port"])));
    return (
      found ?? {
        id,
        port: Number(one["Port"] ?? 80),
        state: "unused",
        reason: "Target.NotRegistered",
        description: "Target is not registered to the target group",
      }
    );
  });
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html */
function healthXml(targets: readonly TargetHealth[]): string {
  const members = targets.map(({ id, port, state, reason, description }) => {
    const why = `${reason === undefined ? "" : `<Reason>${escapeXml(reason)}</Reason>`}${description === undefined ? "" : `<Description>${escapeXml(description)}</Description>`}`;
    return `<member><HealthCheckPort>${port}</HealthCheckPort><Target><Id>${escapeXml(id)}</Id><Port>${port}</Port></Target><TargetHealth><State>${state}</State>${why}</TargetHealth></member>`;
  });
  return `<TargetHealthDescriptions>${members.join("")}</TargetHealthDescriptions>`;
}
