/** Seconds since the epoch, from the injected clock. */
export type Instant = number;

/** A length of time in seconds. */
export type Seconds = number;

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
type Unit = keyof typeof unitSeconds;

/**
 * Reads `90s`, `5m`, `1.5h`, or a bare number in the given unit.
 *
 * @returns seconds, or undefined where the text is no duration
 */
export function parseDuration(text: string, bareUnit: Unit): Seconds | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)\s*([smhd])?$/.exec(text.trim());
  if (match === null) return undefined;
  return Number(match[1]) * unitSeconds[(match[2] as Unit | undefined) ?? bareUnit];
}

/** `00:42`, `10:00`, `1:02:03`: for progress lines. */
export function formatTimer(time: Seconds): string {
  const whole = Math.max(0, Math.round(time));
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const tail = `${String(minutes).padStart(2, "0")}:${String(seconds).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** `42 s`, `10 min`, `1 h 30 min`: for sentences. */
export function formatDuration(time: Seconds): string {
  if (time < 10) return `${Math.round(time * 10) / 10} s`;
  if (time < 120) return `${Math.round(time)} s`;
  const minutes = Math.round(time / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
