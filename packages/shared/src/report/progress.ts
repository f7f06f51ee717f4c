import { plain } from "../text/sanitise.ts";
import { formatDuration, formatTimer, type Instant, type Seconds } from "../units.ts";

/** What a wait waits for, and how it stands. */
export interface Waiting {
  /** `healthy targets, 1 of 3`. */
  readonly what: string;
  readonly since: Instant;
  /** When it is given up. */
  readonly until: Instant;
  /** undefined: nothing is polled. */
  readonly nextLook: Seconds | undefined;
}

/** `⟳ waiting for healthy targets, 1 of 3 · 00:42 of 10:00 · next look in 2 s` */
export function progressLine({ what, since, until, nextLook }: Waiting, now: Instant): string {
  const next = nextLook === undefined ? "" : ` · next look in ${formatDuration(nextLook)}`;
  return `⟳ waiting for ${plain(what)} · ${formatTimer(now - since)} of ${formatTimer(until - since)}${next}`;
}

/** A line that says the same thing again is worth showing only so often. */
const repeatAfter: Seconds = 30;

/**
 * Leaves out progress lines that say nothing new: a wait of ten minutes with a look every two seconds would bury everything else.
 *
 * @returns the line to show, or undefined where the same was shown less than half a minute ago
 */
export function progressTeller(): (waiting: Waiting, now: Instant) => string | undefined {
  let last: { readonly what: string; readonly at: Instant } | undefined;
  return (waiting, now) => {
    if (last !== undefined && last.what === waiting.what && now - last.at < repeatAfter) return undefined;
    last = { what: waiting.what, at: now };
    return progressLine(waiting, now);
  };
}
