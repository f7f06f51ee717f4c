import type { Base } from "@aws-deploy-actions/shared/action/launch";
import { problem, Trouble } from "@aws-deploy-actions/shared/problems";
import { formatDuration, type Instant } from "@aws-deploy-actions/shared/units";
import type { Lease } from "./record/codec.ts";
import { leaseSeconds } from "./record/store.ts";

/** The lease of this very run: two jobs of one workflow run, and two runs of one job, are strangers to each other. */
export const leaseOf = ({ context, environment }: Base, now: Instant, purpose: Lease["purpose"] = "deploy"): Lease => ({
  owner: [
    context.runId || "local",
    context.runAttempt,
    context.job || "job",
    environment["GITHUB_ACTION"] ?? "",
    crypto.randomUUID().slice(0, 8),
  ].join("-"),
  holder: context.runUrl ?? "a local run",
  since: now,
  until: now + leaseSeconds,
  purpose,
});

export const heldBy = (lease: Lease, now: Instant): Trouble =>
  new Trouble(
    problem(
      "deployment",
      `Another run works on this environment: ${lease.holder}, since ${new Date(lease.since * 1000).toISOString()} (${formatDuration(now - lease.since)} ago). Nothing was changed.`,
      `Wait for it. If it is dead, its lease ends by itself at ${new Date(lease.until * 1000).toISOString()}, and the next run goes on from there. To put users back now: the action emergency-rollback.`,
    ),
  );
