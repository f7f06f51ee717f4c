import type { Fault } from "@aws-deploy-actions/local-cloud/proxy/faults";

export const phases = ["validate", "register", "scale", "await-healthy", "shift", "watch", "finalize"] as const;
export type Phase = (typeof phases)[number];

export const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const;
export type Signal = (typeof signals)[number];

export const faultNames = ["throttled", "server-error", "reply-lost", "denied", "silence", "killed"] as const;
export type FaultName = (typeof faultNames)[number];

/** What happens to a run, and in which phase. */
export interface Trouble {
  readonly phase: Phase;
  readonly what: Signal | FaultName;
}

export const nameOf = ({ phase, what }: Trouble): string => `${phase}:${what}`;

/** @throws Error for a name that is none */
export function troubleOf(name: string): Trouble {
  const found = allTroubles.find((one) => nameOf(one) === name);
  if (found === undefined) throw new Error(`${name} is no trial: give a phase (${phases.join(", ")}), a colon, and what happens`);
  return found;
}

export const allTroubles: readonly Trouble[] = [...signals, ...faultNames].flatMap((what) => phases.map((phase) => ({ phase, what })));

export const isSignal = (what: Trouble["what"]): what is Signal => what.startsWith("SIG");
/** What a process can act on. */
export const isCatchable = (what: Trouble["what"]): what is Exclude<Signal, "SIGKILL"> => isSignal(what) && what !== "SIGKILL";
/** Nothing of the run is left that could act. */
export const isDeadly = (what: Trouble["what"]): what is "SIGKILL" | "killed" => what === "SIGKILL" || what === "killed";

/** The line that says that a phase has begun, and the calls in it of which the first meets the trouble. */
export const moments: Readonly<Record<Phase, { readonly line: string; readonly call: RegExp }>> = {
  validate: { line: "Check before anything changes", call: /./ },
  register: { line: "Register the task definition", call: /^RegisterTaskDefinition$/ },
  scale: { line: "Scale the colour that users go to", call: /^UpdateService$/ },
  "await-healthy": { line: "Wait until every new target is healthy", call: /./ },
  shift: { line: "Switch traffic", call: /^Modify(Listener|Rule)$/ },
  watch: { line: "Watch", call: /./ },
  finalize: { line: "Clean up", call: /^UpdateService$/ },
};

/** `killed`: before the call was applied, where SIGKILL comes when it was. */
export const faults: Readonly<Record<FaultName, { readonly fault: Fault; readonly times?: number }>> = {
  throttled: { fault: { kind: "throttle" }, times: 3 },
  "server-error": { fault: { kind: "server-error" } },
  "reply-lost": { fault: { kind: "reply-lost" } },
  denied: { fault: { kind: "access-denied" } },
  silence: { fault: { kind: "silence", seconds: 10 } },
  killed: { fault: { kind: "cut" } },
};
