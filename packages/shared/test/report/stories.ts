import type { DeploymentStory, TrafficPoint } from "../../src/report/model.ts";

/** 2026-11-22 03:40:00 UTC. */
export const start = 1_795_318_800;

const points = (count: number, of: (index: number) => Partial<TrafficPoint>): readonly TrafficPoint[] =>
  Array.from({ length: count }, (_, index) => ({
    at: start + index * 60,
    length: 60,
    requests: undefined,
    errors: undefined,
    responseTime: undefined,
    weight: undefined,
    ...of(index),
  }));

/** How much of a minute's traffic green has: none, all, none again. */
const greenShare = (minute: number): number => (minute >= 3 && minute < 9 ? 1 : minute === 9 ? 0.2 : 0);

/** A bad version that was found out and rolled back. */
export const rolledBack: DeploymentStory = {
  kind: "deployment",
  application: "shop",
  environment: "staging",
  deploymentId: "shop-staging-20261122-034000-7f3a",
  outcome: "rolled-back",
  verdict: "The new version was rolled back: 31.4 % of 18,204 requests failed for 5 min (more than 10 % are not allowed), says CloudWatch.",
  whatUsersSeeNow: "blue (shop:41), as before the deployment",
  whatToDoNext: [
    "Look at the log of the failed version: `aws logs tail /aws/shop/app-staging --since 20m`",
    "Mend the version and deploy again; nothing else is needed, the environment is as it was.",
  ],
  byHand: [
    "aws elbv2 modify-listener --listener-arn arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop-alb-staging/50dc6c495c0c9188/f2f7dc8efc522ab2 \\",
    '  --default-actions \'[{"Type":"forward","ForwardConfig":{"TargetGroups":[{"TargetGroupArn":"arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop-blue-staging/73e2d6bc24d8a067","Weight":100},{"TargetGroupArn":"arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop-green-staging/9e2d6bc24d8a0671","Weight":0}]}}]\'',
  ],
  next: {
    colour: "green",
    revision: "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:42",
    image: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  },
  previous: { colour: "blue", revision: "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:41", image: "shop:v2" },
  trafficOn: "blue",
  began: start,
  ended: start + 720,
  switchSeconds: 1.42,
  rollbackSeconds: 0.94,
  phases: [
    { name: "validate", from: start, to: start + 4, result: "done", note: "14 checks passed" },
    { name: "register", from: start + 4, to: start + 5, result: "done", note: "shop:42" },
    { name: "scale", from: start + 5, to: start + 12, result: "done", note: "3 tasks, as many as blue has" },
    { name: "await-healthy", from: start + 12, to: start + 178, result: "done", note: "3 of 3 targets are healthy" },
    { name: "shift", from: start + 178, to: start + 180, result: "done", note: "green has all traffic" },
    { name: "watch", from: start + 180, to: start + 550, result: "failed", note: "31.4 % of the requests failed for 5 min" },
    { name: "rolling-back", from: start + 550, to: start + 720, result: "done", note: "users are on blue" },
  ],
  traffic: {
    blue: points(12, (minute) => {
      const requests = Math.round(3600 * (1 - greenShare(minute)) * (1 + 0.08 * Math.sin(minute)));
      return {
        requests: requests || undefined,
        errors: requests ? 2 : undefined,
        responseTime: requests ? 0.11 + 0.01 * Math.cos(minute) : undefined,
        weight: greenShare(minute) === 0 ? 100 : 0,
      };
    }),
    green: points(12, (minute) => {
      const requests = Math.round(3600 * greenShare(minute) * (1 + 0.08 * Math.sin(minute)));
      return {
        requests: requests || undefined,
        errors: requests ? Math.round(requests * 0.314) : undefined,
        responseTime: requests ? 0.32 + 0.05 * Math.sin(2 * minute) : undefined,
        weight: greenShare(minute) === 0 ? 0 : 100,
      };
    }),
  },
  probes: [
    {
      check: "backend",
      points: Array.from({ length: 144 }, (_, index) => ({
        at: start + index * 5,
        ok: !(index > 40 && index < 108 && index % 3 === 0),
        latency: 0.02 + 0.015 * Math.abs(Math.sin(index)),
      })),
    },
  ],
  evidence: [
    "error-rate, CloudWatch, shop-green-staging: 31.4 % of 18,204 requests failed from 03:43 to 03:48 (limit 10 % for 5 min)",
    "response-time, CloudWatch: p95 0.35 s (limit 5 s)",
  ],
  events: [
    { at: start + 11, text: "(service shop-green-staging) has started 3 tasks: (task 7d1f) (task 8e2a) (task 9b3c)." },
    { at: start + 174, text: "(service shop-green-staging) has reached a steady state." },
  ],
  stops: [
    {
      task: "arn:aws:ecs:eu-central-1:123456789012:task/shop-staging/7d1f0c2b5e8a4d1f9c3b2a1d0e9f8c7b",
      revision: "shop:42",
      at: start + 400,
      reason: "Essential container in task exited",
      exitCode: 137,
    },
  ],
  logs: [
    {
      source: "/aws/shop/app-staging app/7d1f0c2b",
      lines: [
        "2026-11-22T03:46:40Z ERROR payment backend refused the connection",
        "    at pay (/srv/app/pay.js:12:7)",
        "2026-11-22T03:46:40Z GET /checkout 500",
      ],
    },
  ],
  changes: [
    { where: "container app: image", change: "changed", from: "shop:v2", to: "shop:v3" },
    { where: "container app: environment PAYMENT_URL", change: "added" },
  ],
  notes: ["The database migration of this deployment was not undone: a rollback leaves it in place."],
  contacts: "on-call: +49 30 1234567",
  commit: "0123456789abcdef0123456789abcdef01234567",
  actor: "octocat",
  runUrl: "https://github.com/example/shop/actions/runs/123456789",
};

/** The same environment on a good day. */
export const succeeded: DeploymentStory = {
  ...rolledBack,
  outcome: "succeeded",
  verdict: "green (shop:42) serves all traffic; no trigger fired in 10 min.",
  whatUsersSeeNow: "green (shop:42), the new version",
  whatToDoNext: [],
  trafficOn: "green",
  rollbackSeconds: undefined,
  phases: rolledBack.phases.slice(0, 5),
  traffic: {
    blue: rolledBack.traffic.blue.slice(0, 4),
    green: rolledBack.traffic.green.map((point) => ({ ...point, errors: point.requests && 0 })),
  },
  evidence: [],
  stops: [],
  logs: [],
  notes: [],
};

/** Nothing is known but that it failed. */
export const bare: DeploymentStory = {
  kind: "deployment",
  application: "shop",
  environment: "staging",
  deploymentId: "",
  outcome: "failed",
  verdict: "The cluster shop-staging does not exist.",
  whatUsersSeeNow: "unknown",
  whatToDoNext: [],
  byHand: [],
  next: undefined,
  previous: undefined,
  trafficOn: "unknown",
  began: start,
  ended: start,
  phases: [],
  traffic: { blue: [], green: [] },
  probes: [],
  evidence: [],
  events: [],
  stops: [],
  logs: [],
  changes: [],
  notes: [],
};

/** A story whose every text is replaced. */
export function withTexts(story: DeploymentStory, text: string): DeploymentStory {
  const replace = (value: unknown, key: string): unknown => {
    if (typeof value === "string") return ["kind", "outcome", "result", "colour", "trafficOn", "change"].includes(key) ? value : text;
    if (Array.isArray(value)) return value.map((item) => replace(item, key));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, replace(item, name)]));
    return value;
  };
  return replace(story, "") as DeploymentStory;
}
