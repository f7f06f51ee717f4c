import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { formatTimer, type Instant, type Seconds } from "@aws-deploy-actions/shared/units";
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
  const { clock } = work.base;
  const begin = clock.now();
  const events: StackEvent[] = [];
  const timer = quietTimer(work, options, begin);
  let after = options.after;
  let heard = begin;
  for (;;) {
    if (options.evenCancelled !== true) checkpoint(work);
    const fresh = await takeOrGone(work, after);
    if (fresh === undefined) return { stack: undefined, events, ended: true };
    events.push(...fresh);
    after = fresh.at(-1)?.id ?? after;
    const now = clock.now();
    if (fresh.some(endsOperation) || now - heard >= lookAfter) {
      const stack = await work.stack.look();
      if (stack === undefined || !isBusy(stack.status)) return { stack, events: [...events, ...(await rest(work, after))], ended: true };
      heard = now;
    } else if (fresh.length > 0) heard = now;
    if (now >= options.until) return { stack: await work.stack.look(), events, ended: false };
    await timer(fresh.length > 0);
    const next = nextLook(now - begin);
    await (options.evenCancelled === true ? clock.sleep(next) : pause(work, next));
  }
}

const nextLook = (elapsed: Seconds): Seconds => (elapsed < 30 ? 1 : 2);

async function take(work: Work, after: string | undefined): Promise<readonly StackEvent[]> {
  const fresh = await work.stack.events(after);
  for (const event of fresh) work.base.journal.say(eventLine(event));
  return fresh;
}

/** The same, or undefined where the stack is gone: then its name has no events. */
async function takeOrGone(work: Work, after: string | undefined): Promise<readonly StackEvent[] | undefined> {
  try {
    return await take(work, after);
  } catch (error) {
    if ((await work.stack.look()) === undefined) return undefined;
    throw error;
  }
}

/** Says now and then that we still wait, when nothing else is said. */
function quietTimer(work: Work, { what, until, progress }: FollowOptions, begin: Instant): (spoken: boolean) => Promise<void> {
  const { clock, journal } = work.base;
  let spoke = begin;
  return async (spoken) => {
    const now = clock.now();
    if (spoken) spoke = now;
    if (now - spoke < quietSeconds) return;
    spoke = now;
    for (const line of (await progress?.()) ?? []) journal.say(line);
    journal.say(
      `⟳ waiting for ${what} · ${formatTimer(now - begin)} of ${formatTimer(until - begin)} · next look in ${nextLook(now - begin)} s`,
    );
  };
}

/** What came between the last look at the events and the end. */
const rest = async (work: Work, after: string | undefined): Promise<readonly StackEvent[]> => (await takeOrGone(work, after)) ?? [];

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
