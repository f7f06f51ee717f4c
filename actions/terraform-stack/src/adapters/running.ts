import { readFileSync } from "node:fs";

/**
 * Whether a Terraform that was started here still runs. On Linux /proc tells it apart from a dead process that nobody has collected, and from another
 * one that was given the same id since.
 *
 * @param probe whether any process has the id
 */
export function isTerraformRunning(pid: number, probe: (pid: number) => boolean): boolean {
  if (!probe(pid)) return false;
  try {
    // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: id, name in parentheses, state
    const match = /^\d+ \((.*)\) (\S)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8"));
    return match === null || (/terraform|tofu/.test(match[1] ?? "") && match[2] !== "Z");
  } catch {
    // No /proc, or gone in between: the probe decides.
    return probe(pid);
  }
}
