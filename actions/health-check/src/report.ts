import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import {
  type ComponentName,
  type ComponentResult,
  type ComponentState,
  componentNames,
} from "@aws-deploy-actions/shared/health/components/result";
import { forMarkdown, oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { formatDuration } from "@aws-deploy-actions/shared/units";

const signs: Readonly<Record<ComponentState, string>> = { healthy: "✔", unhealthy: "✖", unreachable: "?", unknown: "?" };

/** One result as lines of the log. */
export function resultText({ component, subject, state, detail, mend, latency }: ComponentResult): string {
  const time = latency === undefined ? "" : ` (${formatDuration(latency)})`;
  const line = `${signs[state]} ${component} · ${oneLine(subject, 200)}: ${oneLine(detail, 300)}${time}`;
  return mend === undefined || state === "healthy" ? line : `${line}\n  ${oneLine(mend, 500)}`;
}

/** What marks the line of the one-off task's log that holds its results. */
const marker = "health-check-result ";

/** The task's results as one line of its log. */
export const taskLine = (results: readonly ComponentResult[]): string => `${marker}${JSON.stringify(results)}`;

/** The results in a line of a task's log, or undefined. What the log holds is not ours alone: everything is looked at, and cut. */
export function resultsInLine(line: string): readonly ComponentResult[] | undefined {
  if (!line.startsWith(marker)) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(line.slice(marker.length));
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  const results = parsed.slice(0, 100).map(oneResult);
  return results.every((one) => one !== undefined) ? results : undefined;
}

function oneResult(given: unknown): ComponentResult | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  const { component, subject, state, detail, mend, latency } = given as Readonly<Record<string, unknown>>;
  const known = componentNames.find((name) => name === component);
  const judged = (["healthy", "unhealthy", "unreachable", "unknown"] as const).find((name) => name === state);
  if (known === undefined || judged === undefined || typeof subject !== "string" || typeof detail !== "string") return undefined;
  return {
    component: known,
    subject: oneLine(subject, 200),
    state: judged,
    detail: oneLine(detail, 300),
    ...(typeof mend === "string" ? { mend: oneLine(mend, 500) } : {}),
    ...(typeof latency === "number" && Number.isFinite(latency) ? { latency } : {}),
  };
}

/** One component's state: the worst of its checks. */
function stateOf(results: readonly ComponentResult[]): ComponentState {
  const order: readonly ComponentState[] = ["unhealthy", "unknown", "unreachable", "healthy"];
  return order.find((state) => results.some((one) => one.state === state)) ?? "unknown";
}

/** All results as the action's result: nothing looked at is not healthy. */
export function resultOf(results: readonly ComponentResult[]): ActionResult {
  const groups = new Map<ComponentName, readonly ComponentResult[]>(
    componentNames.flatMap((name) => {
      const own = results.filter(({ component }) => component === name);
      return own.length === 0 ? [] : [[name, own] as const];
    }),
  );
  const of = (...states: readonly ComponentState[]): readonly string[] =>
    [...groups].filter(([, own]) => states.includes(stateOf(own))).map(([name]) => name);
  const [bad, open] = [of("unhealthy"), of("unknown", "unreachable")];
  const outcome = bad.length > 0 ? "unhealthy" : open.length > 0 || groups.size === 0 ? "incomplete" : "healthy";
  const reason = reasonOf(results, bad, open, groups.size);
  const worst = results.find(({ state }) => state === "unhealthy") ?? results.find(({ state }) => state !== "healthy");
  return {
    outcome,
    ok: outcome === "healthy",
    reason,
    outputs: {
      status: JSON.stringify(
        Object.fromEntries(
          [...groups].map(([name, checks]) => [name, { state: stateOf(checks), checks: checks.map(({ component: _, ...rest }) => rest) }]),
        ),
      ),
    },
    summary: summaryOf(outcome, reason, results),
    ...(worst?.mend === undefined ? {} : { mend: worst.mend }),
    ...(outcome === "healthy"
      ? {}
      : {
          news: {
            event: "failure",
            title: `Health check: ${outcome}`,
            facts: results
              .filter(({ state }) => state !== "healthy")
              .map(({ component, subject, detail }) => [`${component} · ${subject}`, detail] as const),
          },
        }),
  };
}

function reasonOf(results: readonly ComponentResult[], bad: readonly string[], open: readonly string[], count: number): string {
  const first = (states: readonly ComponentState[]): string => {
    const one = results.find(({ state }) => states.includes(state));
    return one === undefined ? "" : ` ${oneLine(one.subject, 120)}: ${oneLine(one.detail, 200)}`;
  };
  if (count === 0) return "Nothing was found to check.";
  if (bad.length > 0)
    return `Unhealthy: ${bad.join(", ")}.${open.length > 0 ? ` Not known: ${open.join(", ")}.` : ""}${first(["unhealthy"])}`;
  if (open.length > 0) return `Not known: ${open.join(", ")}.${first(["unknown", "unreachable"])}`;
  return `All ${count} components are healthy.`;
}

function summaryOf(outcome: string, reason: string, results: readonly ComponentResult[]): string {
  const rows = results.map(({ component, subject, state, detail, mend, latency }) => {
    const time = latency === undefined ? "" : formatDuration(latency);
    return `| ${signs[state]} ${state} | ${component} | ${forMarkdown(subject, 200)} | ${forMarkdown(detail, 300)} | ${time} | ${state === "healthy" || mend === undefined ? "" : forMarkdown(mend, 500)} |`;
  });
  const table =
    rows.length === 0
      ? []
      : ["| state | component | what | detail | took | how to mend it |", "| --- | --- | --- | --- | --- | --- |", ...rows, ""];
  return [`## Health: ${outcome}`, "", forMarkdown(reason, 600), "", ...table].join("\n");
}
