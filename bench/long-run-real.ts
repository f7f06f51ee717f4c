// Many real deployments one after another on one local cloud, good and bad ones mixed, under load: what is lost, and what is left behind.

import { driveRealRun, type RealRunOptions } from "./real-run/drive.ts";
import { figures, unexpected } from "./real-run/judge.ts";
import type { Section } from "./report.ts";

export async function longRunReal({ deployments, timeFactor, requestsPerSecond }: RealRunOptions): Promise<Section> {
  const began = performance.now();
  const run = await driveRealRun({
    deployments,
    timeFactor,
    requestsPerSecond,
    after: (_, done) => {
      const last = done.at(-1);
      if (last === undefined) return;
      const { version, outcome, reason, seconds } = last;
      const sentence = outcome === version.expected ? "" : `, not ${version.expected}: ${reason}`;
      process.stderr.write(`${done.length}: ${seconds.toFixed(1)} s, a version that ${version.name}: ${outcome}${sentence}\n`);
    },
  });
  return {
    name: "long-run-real",
    title: `${deployments} deployments by real processes on one local cloud, whose time runs ${timeFactor} times faster, under ${requestsPerSecond} requests a second`,
    figures: figures(run),
    notes: [
      `It took ${Math.round((performance.now() - began) / 60_000)} min. The cloud's own process holds endpoint, balancer, scheduler and users; moto keeps every revision, log line and metric there ever was.`,
      `This process was woken up to ${run.late.p99.toFixed(1)} s late (99 %), ${run.late.most.toFixed(1)} s at most, in the cloud's time: what a busy machine makes slow looks like a bad version, and a smaller --time-factor helps.`,
      ...unexpected(run.deployed),
      ...(run.notSent > 0 ? [`${run.notSent} requests could not be sent: 5,000 others were under way.`] : []),
      ...run.causes.slice(0, 5).map((cause) => `lost: ${cause}`),
      ...[...run.processes, ...run.afterStop].map((one) => `left over: ${one}`),
      ...run.state,
    ],
  };
}
