import type { Remark } from "@aws-deploy-actions/shared/secrets/finding";
import { seeRotation } from "@aws-deploy-actions/shared/secrets/rotation";
import type { SecretFacts } from "@aws-deploy-actions/shared/secrets/types";
import { formatDuration, formatTimer } from "@aws-deploy-actions/shared/units";
import type { Rotation } from "./rotate.ts";

/** Seconds between two looks: fast at first, since a rotation takes some seconds, slower when it drags on. */
const pauseAfter = (elapsed: number): number => (elapsed < 30 ? 2 : elapsed < 120 ? 5 : 10);

/** Waits until the new version is current. @returns what went wrong, or undefined when it is */
export async function awaitRotation(
  { id, config, base, ports }: Rotation,
  facts: SecretFacts,
  version: string,
): Promise<Remark | undefined> {
  const { clock, journal, cancelled } = base;
  const begun = clock.now();
  for (;;) {
    const answer = (await ports.secrets.facts([facts.arn])).get(facts.arn);
    const labels = answer?.state === "found" ? (answer.value.versions.get(version) ?? []) : undefined;
    if (labels?.includes("AWSCURRENT")) return undefined;
    const elapsed = clock.now() - begun;
    const stage =
      labels === undefined ? "AWS does not answer" : labels.includes("AWSPENDING") ? "the new version is pending" : "no new version yet";
    if (cancelled.aborted) return problem(`the job was cancelled while ${stage}; AWS goes on with the rotation.`, facts);
    if (elapsed >= config.timeout) return problem(`it did not end within ${formatDuration(config.timeout)}: ${stage}.`, facts);
    const pause = Math.min(pauseAfter(elapsed), config.timeout - elapsed);
    journal.say(`⟳ waiting for the rotation of ${id}, ${stage} · ${formatTimer(elapsed)} of ${formatTimer(config.timeout)}`);
    await clock.sleep(pause, cancelled).catch(() => undefined);
  }
}

const problem = (what: string, facts: SecretFacts): Remark => ({
  rule: "rotation-failed",
  severity: "error",
  message: what,
  mend: seeRotation(facts),
});
