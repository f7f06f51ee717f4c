import type { ShiftStep } from "@aws-deploy-actions/rollout/model";
import { Refusal } from "@aws-deploy-actions/shared/action/fields";
import { parseDuration } from "@aws-deploy-actions/shared/units";

const notation = 'steps such as "10%:5m,50%:5m" (canary) or "20%:2m" (linear), each from 1 % to 99 % with a duration up to 24 h';

/** Reads `10%:5m,50%:5m`. */
export function parseSteps(text: string): readonly ShiftStep[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.length > 100) throw new Refusal("at most 100 steps");
  return parts.map((part) => {
    const match = /^(\d{1,2})\s*%\s*:\s*([\d.]+\s*[smhd]?)$/.exec(part);
    const bake = match?.[2] === undefined ? undefined : parseDuration(match[2], "m");
    const percent = Number(match?.[1]);
    if (match === null || bake === undefined || percent < 1 || percent > 99 || bake > 86_400) throw new Refusal(notation);
    return { percent, bake };
  });
}

const canaryDefault: readonly ShiftStep[] = [{ percent: 10, bake: 300 }];
const linearDefault: readonly ShiftStep[] = [{ percent: 20, bake: 120 }];

/** All steps of a strategy, the last one being everything; or what is wrong with the given ones. */
export function stepsFor(
  strategy: "all-at-once" | "canary" | "linear",
  given: readonly ShiftStep[] | undefined,
): { readonly steps: readonly ShiftStep[] } | { readonly wrong: string } {
  const everything: ShiftStep = { percent: 100, bake: 0 };
  switch (strategy) {
    case "all-at-once":
      return { steps: [everything] };
    case "canary": {
      const steps = given ?? canaryDefault;
      const down = steps.findIndex((step, index) => index > 0 && step.percent <= (steps[index - 1]?.percent ?? 0));
      if (down > 0) {
        return {
          wrong: `"${notationOf(steps)}" goes from ${steps[down - 1]?.percent} % to ${steps[down]?.percent} %. Each step must be larger than the one before, for example "10%:5m,50%:5m".`,
        };
      }
      return { steps: [...steps, everything] };
    }
    case "linear": {
      const [step, ...more] = given ?? linearDefault;
      if (step === undefined || more.length > 0) return { wrong: `linear takes one step that is repeated, for example "20%:2m".` };
      const count = Math.ceil(100 / step.percent) - 1;
      return {
        steps: [...Array.from({ length: count }, (_, index) => ({ percent: step.percent * (index + 1), bake: step.bake })), everything],
      };
    }
    default:
      return unknown(strategy);
  }
}

const notationOf = (steps: readonly ShiftStep[]): string => steps.map((step) => `${step.percent}%:${step.bake}s`).join(",");

function unknown(strategy: never): never {
  throw new Error(`unhandled strategy ${String(strategy)}`);
}
