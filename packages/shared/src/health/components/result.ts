import type { Seconds } from "../../units.ts";

/** What can be checked, in the order in which it is shown. */
export const componentNames = ["frontend", "backend", "database", "redis", "secrets", "ecs", "load-balancer", "certificate"] as const;
export type ComponentName = (typeof componentNames)[number];

/**
 * How a component is. `unreachable`: it cannot be reached from here, which says nothing about how it is for those who can (a private subnet);
 * `unknown`: AWS would not answer.
 */
export type ComponentState = "healthy" | "unhealthy" | "unreachable" | "unknown";

/** One check of one component. */
export interface ComponentResult {
  readonly component: ComponentName;
  /** What exactly was looked at: a service, a host that the user named, a secret. Never a part of a secret. */
  readonly subject: string;
  readonly state: ComponentState;
  /** One sentence without the subject. */
  readonly detail: string;
  /** The command that mends it, or shows more. */
  readonly mend?: string;
  readonly latency?: Seconds;
}

/** What a check of a connection found; the caller adds component and subject. */
export type ConnectionResult = Omit<ComponentResult, "component" | "subject">;
