import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { formatTimer, type Instant } from "@aws-deploy-actions/shared/units";
import { isBusy, isStackEvent, isStackStatus, type StackEvent, type StackSeen } from "../model/stack.ts";
import { checkpoint, pause, type Work } from "../work.ts";

/** How an operation went. */
export interface Followed {
  /** The stack at its end; undefined where it is gone. */
  readonly stack: StackSeen | undefined;
  /** The operation's events, oldest first. */
  readonly events: readonly StackEvent[];
  /** Whether it ended, or only our patience did. */
  readonly ended: boolean;
}

export interface FollowOptions {
  readonly what: string;
  /** The last event before the operation; undefined for a new stack. */
  readonly after: string | undefined;
  readonly until: Instant;
  /** Goes on although the job is cancelled: for the clean-up after it. */
  readonly evenCancelled?: boolean;
  /** Asked now and then while no events come: what else there is to say of the progress. */
  readonly progress?: () => Promise<readonly string[]>;
}

/** Nothing printed for so long: say that we still wait. */
const quietSeconds = 20;
/** Events can be late; so the stack itself is looked at after so long without any. */
const lookAfter = 8;

/**
 * Follows an operation to its end, printing its events as they come. One call a turn; every second at first, every two seconds after half a minute.
 *
 * @throws Cancelled when the job is cancelled meanwhile
 */
export async function follow(work: Work, options: FollowOptions): Promise<Followed> {
  const { clock, journal } = work.base;
  const begin = clock.now();
  const events: StackEvent[] = [];
  let after = options.after;
  let spoke = begin;
  let heard = begin;
  for (;;) {
    if (options.evenCancelled !== true) checkpoint(work);
    const fresh = await work.stack.events(after);
    for (const event of fresh) journal.say(eventLine(event));
    events.push(...fresh);
    after = fresh.at(-1)?.id ?? after;
    const now = clock.now();
    if (fresh.length > 0) heard = spoke = now;
    if (fresh.some(endsOperation) || now - heard >= lookAfter) {
      heard = now;
      const stack = await work.stack.look();
      if (stack === undefined || !isBusy(stack.status)) return { stack, events: [...events, ...(await rest(work, after))], ended: true };
    }
    if (now >= options.until) return { stack: await work.stack.look(), events, ended: false };
    const next = now - begin < 30 ? 1 : 2;
    if (now - spoke >= quietSeconds) {
      spoke = now;
      for (const line of (await options.progress?.()) ?? []) journal.say(line);
      journal.say(
        `⟳ waiting for ${options.what} · ${formatTimer(now - begin)} of ${formatTimer(options.until - begin)} · next look in ${next} s`,
      );
    }
    await (options.evenCancelled === true ? clock.sleep(next) : pause(work, next));
  }
}

/** What came between the last look at the events and the end. */
async function rest(work: Work, after: string | undefined): Promise<readonly StackEvent[]> {
  try {
    const late = await work.stack.events(after);
    for (const event of late) work.base.journal.say(eventLine(event));
    return late;
  } catch {
    // A deleted stack has no events under its name.
    return [];
  }
}

const endsOperation = (event: StackEvent): boolean => isStackEvent(event) && isStackStatus(event.status) && !isBusy(event.status);

const mark = (status: string): string => (status.endsWith("_FAILED") ? "✖" : status.endsWith("_COMPLETE") ? "✔" : "·");

/** One event on one line: status, what, and why where CloudFormation says. */
export function eventLine({ status, type, logicalId, reason }: StackEvent): string {
  const why = reason === "" || reason === "User Initiated" ? "" : ` – ${oneLine(reason, 600)}`;
  return `${mark(status)} ${status.padEnd(24)} ${oneLine(type, 60)} ${oneLine(logicalId, 80)}${why}`;
}

/** The newest event, from where an operation is followed; undefined for a stack without any. */
export async function newestEvent(work: Work): Promise<string | undefined> {
  return (await work.stack.events(undefined, 1)).at(-1)?.id;
}
