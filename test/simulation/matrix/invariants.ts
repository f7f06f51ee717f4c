// What must hold whatever broke. Each check answers with sentences; an empty list is a pass.

import { weightsOf } from "@aws-deploy-actions/local-cloud/virtual/traffic-handlers";
import { leaseFromTag, tagNames } from "@aws-deploy-actions/rollout/record/codec";
import { leaseSeconds } from "@aws-deploy-actions/rollout/record/store";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import type { Stage } from "../scenario.ts";
import { leaseOf, savedOf } from "./carry.ts";

export type On = "blue" | "green" | "split";

const leadsTesters = (rule: { readonly tags?: readonly { readonly Key: string }[] }): boolean =>
  rule.tags?.some(({ Key }) => Key === "aws-deploy-actions") === true;

/** Where the listeners send users, from the account itself. */
export function usersOn({ account }: Stage): On {
  const users = account.listeners.filter((one) => one.forTesters !== true);
  const actions = users.flatMap((one) => [
    one.defaultActions,
    ...one.rules.filter((rule) => !leadsTesters(rule)).map((rule) => rule.actions),
  ]);
  const shares = actions.map(weightsOf).filter((weights) => weights.has(account.groups.blue) || weights.has(account.groups.green));
  const on = (colour: "blue" | "green"): boolean =>
    shares.every((weights) => [...weights].every(([arn, weight]) => weight === 0 || arn === account.groups[colour]));
  return on("blue") ? "blue" : on("green") ? "green" : "split";
}

/** Over the whole trace: users, weights, revisions, tasks, leases. @param versions how many new ones were to be deployed */
export function traceViolations(stage: Stage, versions = 1): readonly string[] {
  const { account } = stage;
  const { tally } = account.world;
  const found: string[] = [];
  if (tally.lost > 0) found.push(`${tally.lost.toFixed(1)} requests lost (${tally.losses[0]?.why})`);
  if (tally.toUnhealthy > 0) found.push(`${tally.toUnhealthy.toFixed(1)} requests went to a target that was not healthy`);
  if (tally.emptySeconds > 0) found.push(`${tally.emptySeconds} s without a healthy target behind a listener`);
  for (const change of account.weightChanges) {
    const others = [...change.groups.values()];
    for (const [group, { before, after, healthy }] of change.groups) {
      const better = others.some((one) => one.healthy > 0);
      if (after > before && healthy === 0 && better)
        found.push(`users sent to ${group.split("/")[1]} without a healthy target, by ${change.process}`);
    }
  }
  if (account.definitions.size > 1 + versions) found.push(`${account.definitions.size - 1} revisions registered for ${versions} versions`);
  const oneOff = [...account.world.ecs().tasks.values()].filter((task) => task.serviceArn === undefined);
  if (oneOff.length > 1) found.push(`${oneOff.length} one-off tasks started for one deployment`);
  return [...found, ...longLeases(stage)];
}

/** Every lease that was written lasts no longer than a lease may. */
function longLeases({ account }: Stage): readonly string[] {
  return account.calls.flatMap(({ at, operation, input }) => {
    const tag = (input["tags"] as readonly { key: string; value: string }[] | undefined)?.find((one) => one.key === tagNames.lease);
    const lease =
      operation === "ecs:TagResource"
        ? leaseFromTag(tag?.value)
        : operation === "s3:PutObject" && String(input["Key"]).endsWith("/state.json")
          ? (JSON.parse(String(input["Body"])) as { lease?: { until: number } }).lease
          : undefined;
    return lease !== undefined && lease.until > at + leaseSeconds + 1 ? [`a lease of ${Math.round(lease.until - at)} s was written`] : [];
  });
}

/**
 * What a run said of itself, against where users are in that moment.
 *
 * @param goal where they are when it succeeded
 */
export function claimViolations(stage: Stage, result: ActionResult | undefined, goal: "blue" | "green" = "green"): readonly string[] {
  if (result === undefined) return [];
  const on = usersOn(stage);
  const said = result.outputs?.["traffic-on"];
  return [
    ...(result.outcome === "succeeded" && on !== goal ? [`succeeded, and users are on ${on}`] : []),
    ...(result.outcome === "rolled-back" && on !== "blue" ? [`rolled back, and users are on ${on}`] : []),
    ...(result.outcome === "cancelled" && on === "split" ? ["cancelled, and users are split"] : []),
    ...(said !== undefined && said !== "" && said !== "unknown" && said !== on ? [`traffic-on says ${said}, and users are on ${on}`] : []),
  ];
}

/** The state in which everything has come to rest. */
export function endViolations(stage: Stage, allowed: readonly On[], count: number): readonly string[] {
  const { account } = stage;
  const on = usersOn(stage);
  if (on === "split") return ["users are split between the colours for ever"];
  const found: string[] = [];
  if (!allowed.includes(on)) found.push(`users ended on ${on}`);
  const other = on === "blue" ? "green" : "blue";
  const healthy = account.world.health(account.groups[on]).filter((target) => target.state === "healthy").length;
  if (healthy < count) found.push(`${on} serves with ${healthy} of ${count} healthy targets`);
  const service = account.world.ecs().services.get(account.services.get(`shop-${other}-staging`)?.arn ?? "");
  if ((service?.desiredCount ?? 0) > 0) found.push(`${other} keeps ${service?.desiredCount} tasks that nobody uses`);
  const running = [...account.world.ecs().tasks.values()].filter((one) => one.serviceArn === undefined && one.lastStatus !== "STOPPED");
  if (running.length > 0) found.push(`${running.length} one-off tasks still run`);
  if ((leaseOf(stage)?.until ?? 0) > stage.clock.now() + 1) found.push("a lease is still held");
  const saved = savedOf(stage);
  if (saved !== undefined && saved.outcome === undefined) found.push(`the record still says ${saved.progress.phase}`);
  return [...found, ...scalingViolations(stage, on)];
}

/** Autoscaling serves where users are, and does not bring the drained colour up again. */
function scalingViolations({ account }: Stage, on: "blue" | "green"): readonly string[] {
  const suspended = (colour: string): Readonly<Record<string, unknown>> =>
    account.scaling.get(`service/shop-staging/shop-${colour}-staging`)?.suspended ?? {};
  const held = Object.entries(suspended(on)).filter(([, value]) => value === true);
  const drained = suspended("blue");
  // Whoever was never touched has nothing to be suspended for.
  const awake =
    on === "green" &&
    account.scaling.size > 0 &&
    drained["DynamicScalingOutSuspended"] !== true &&
    drained["DynamicScalingInSuspended"] !== true;
  return [
    ...(held.length > 0 ? [`autoscaling of ${on} was never given back (${held.map(([name]) => name).join(", ")})`] : []),
    ...(awake ? ["autoscaling of the drained blue is not suspended"] : []),
  ];
}

/** Nothing leads testers where nobody answers. */
export function testRouteViolations(stage: Stage): readonly string[] {
  const { account } = stage;
  const on = usersOn(stage);
  if (on === "split") return [];
  return account.listeners.flatMap((listener) => {
    const left = listener.rules.filter(leadsTesters).length;
    const astray = listener.forTesters === true && (weightsOf(listener.defaultActions).get(account.groups[on]) ?? 0) === 0;
    return [
      ...(left > 0 ? [`${left} rules for testers were left behind`] : []),
      ...(astray ? [`the test listener does not lead to ${on}, where users are`] : []),
    ];
  });
}
