import type { EnvironmentClass } from "@aws-deploy-actions/shared/aws/settings";
import type { Severity } from "@aws-deploy-actions/shared/findings/severity";
import type { PartName, World } from "./world.ts";

export type Profile = "container" | "serverless";

/** How a check ended. `unknown`: AWS would not say, so it counts as not passed. `not-applicable`: the application has nothing of the kind. */
export type State = "passed" | "failed" | "warning" | "unknown" | "not-applicable";

/** What is wrong with one resource, or what could not be read of it. */
export interface Remark {
  readonly level: "failed" | "warning" | "unknown";
  /** The resource's name or ARN, as AWS shows it. */
  readonly resource: string;
  readonly expected: string;
  readonly found: string;
  /** The command that mends it, or what to do. */
  readonly mend: string;
}

/** What a check says about the resources it looked at. */
export interface Judgement {
  /** Names of what was judged; none and no remark means that the check does not apply. */
  readonly subjects: readonly string[];
  readonly remarks: readonly Remark[];
}

/** What the inputs ask of the checks. */
export interface Rules {
  readonly environmentClass: EnvironmentClass;
  /** Warnings fail, and encryption must be with a customer's key. */
  readonly strict: boolean;
  readonly application: string;
  readonly environment: string;
  /** Tags that everything must have. */
  readonly requiredTags: readonly string[];
  /** Seconds since the epoch. */
  readonly now: number;
}

/** Numbers of the controls that a check is evidence for. */
export interface Controls {
  readonly soc2: readonly string[];
  /** PCI DSS 4.0.1. */
  readonly pci: readonly string[];
  /** Articles of the GDPR. */
  readonly gdpr: readonly string[];
  /** Sections of 45 CFR. */
  readonly hipaa: readonly string[];
  /** CIS AWS Foundations Benchmark 3.0. */
  readonly cis: readonly string[];
}

/** One check: pure, over what was observed. */
export interface Check {
  /** Stable: workflows name it in `checks` and `skip-checks`. */
  readonly id: string;
  readonly title: string;
  readonly profiles: readonly Profile[];
  readonly severity: Severity;
  /** Parts of the world that it reads: nothing else is asked of AWS for it. */
  readonly needs: readonly PartName[];
  /** Parts that only production is judged by. */
  readonly needsInProduction?: readonly PartName[];
  readonly controls: Controls;
  /** Ids of prowler's checks on the same subject. */
  readonly prowler: readonly string[];
  readonly judge: (world: World, rules: Rules) => Judgement;
}

/** A check with its outcome. */
export interface CheckResult extends Judgement {
  readonly check: Check;
  readonly state: State;
}
