import { Trouble } from "@aws-deploy-actions/shared/problems";
import type { InputsOf } from "./actions.ts";

/** The time that reading inputs may take, in milliseconds: generous, since what is looked for is an expression that never ends. */
const patience = 2000;

/** A text of a secret input that no sentence holds by chance, about as long as the given one. */
export const marked = (text: string): string =>
  `s3cr3t-${Buffer.from(text).toString("hex").slice(0, 40)}${"x".repeat(Math.max(0, text.length - 40))}-m4rk`;

export type Verdict = { readonly ok: true; readonly accepted: boolean } | { readonly ok: false; readonly why: string };

/**
 * Reads one set of inputs and judges what happens: it is accepted, or refused with sentences for people that name an input and hold no
 * secret value. Anything else is a defect.
 */
export function judgeInputs({ spec, read }: InputsOf, given: Readonly<Record<string, string>>): Verdict {
  // What stands in a secret input must be recognisable in a message; an empty text is no value.
  const raw = Object.fromEntries(
    Object.entries(given).map(([name, text]) => [name, spec[name]?.secret === true && text.trim() !== "" ? marked(text) : text]),
  );
  const begin = performance.now();
  let problems: readonly { readonly kind: string; readonly what: string; readonly mend?: string | undefined }[] = [];
  try {
    read(raw, { AWS_REGION: "eu-central-1" });
  } catch (error) {
    if (!(error instanceof Trouble)) return { ok: false, why: `crashed: ${error instanceof Error ? error.stack : String(error)}` };
    problems = error.problems;
    if (problems.length === 0) return { ok: false, why: "refused without a reason" };
  }
  const took = performance.now() - begin;
  if (took > patience) return { ok: false, why: `took ${Math.round(took)} ms` };
  const names = Object.keys(spec);
  for (const { kind, what, mend } of problems) {
    const said = `${what} ${mend ?? ""}`;
    if (kind !== "input") return { ok: false, why: `a problem of kind ${kind} for wrong inputs: ${said}` };
    if (!names.some((name) => said.includes(name))) return { ok: false, why: `no input is named: ${said}` };
    if (said.includes("-m4rk")) return { ok: false, why: `a secret value is told: ${said}` };
    if (said.length > 5000) return { ok: false, why: `not a sentence (${said.length} characters)` };
  }
  return { ok: true, accepted: problems.length === 0 };
}
