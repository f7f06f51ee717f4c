// Ten thousand generated input sets for every action: how many are accepted, how many refused, and how long one takes to read.
import fc from "fast-check";
import { allInputs } from "../test/inputs/actions.ts";
import { inputSets } from "../test/inputs/generate.ts";
import { judgeInputs } from "../test/inputs/judge.ts";
import { type Figure, rounded, type Section } from "./report.ts";

export async function inputs(sets: number, seed = 1): Promise<Section> {
  const figures = (await allInputs()).map((action): Figure => {
    let accepted = 0;
    let slowest = 0;
    const wrong: string[] = [];
    for (const given of fc.sample(inputSets(action), { numRuns: sets, seed })) {
      const begin = performance.now();
      const verdict = judgeInputs(action, given);
      slowest = Math.max(slowest, performance.now() - begin);
      if (!verdict.ok) wrong.push(verdict.why);
      else if (verdict.accepted) accepted += 1;
    }
    for (const why of wrong.slice(0, 3)) process.stderr.write(`${action.action}: ${why}\n`);
    return {
      what: action.action,
      values: { sets, accepted, refused: sets - accepted - wrong.length, defects: wrong.length, "slowest ms": rounded(slowest, 1) },
      target: "no crash, no hang, no secret told, an input named",
      met: wrong.length === 0,
    };
  });
  return { name: "inputs", title: `Generated input sets (seed ${seed})`, figures };
}
