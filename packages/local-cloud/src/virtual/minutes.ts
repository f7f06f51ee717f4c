import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";

/** What users met at one target group in one minute. */
export interface GroupMinute {
  requests: number;
  errors: number;
  connectionErrors: number;
  /** Of the requests so far, weighted. */
  latency: number;
}

/** Metrics by minute and target group, shown as late as CloudWatch shows them. */
export interface MinuteStore {
  add(at: Instant, group: string, part: Readonly<GroupMinute>): void;
  /** Minutes of a group that can be read at an instant, with their begin. */
  read(group: string, from: Instant, to: Instant, now: Instant): readonly (readonly [start: Instant, minute: Readonly<GroupMinute>])[];
}

export function minuteStore(delay: Seconds): MinuteStore {
  const byGroup = new Map<string, Map<Instant, GroupMinute>>();
  return {
    add: (at, group, part) => {
      const start = Math.floor(at / 60) * 60;
      const minutes = byGroup.get(group) ?? new Map<Instant, GroupMinute>();
      byGroup.set(group, minutes);
      const minute = minutes.get(start) ?? { requests: 0, errors: 0, connectionErrors: 0, latency: 0 };
      const total = minute.requests + part.requests;
      minute.latency = total === 0 ? 0 : (minute.latency * minute.requests + part.latency * part.requests) / total;
      minute.requests = total;
      minute.errors += part.errors;
      minute.connectionErrors += part.connectionErrors;
      minutes.set(start, minute);
    },
    read: (group, from, to, now) =>
      [...(byGroup.get(group) ?? [])]
        .filter(([start]) => start >= from && start < to && start + 60 + delay <= now)
        .sort(([a], [b]) => a - b),
  };
}
