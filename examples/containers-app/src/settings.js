/**
 * Reads the environment; every problem is one clear line, since a log tail is all that is left of a container that does not start.
 *
 * @param {Record<string, string | undefined>} environment
 * @param {{ role?: string, version?: string, requires?: string[] }} release
 */
export function readSettings(environment, release) {
  const problems = (release.requires ?? []).filter((name) => !environment[name]).map((name) => `${name} is not set`);
  const number = (name, fallback, most) => {
    const text = environment[name] ?? String(fallback);
    const value = Number(text);
    if (text.trim() === "" || !(value >= 0 && value <= most)) problems.push(`${name} must be a number from 0 to ${most}, not "${text}"`);
    return value;
  };
  // Seconds of a clock that runs faster: the local cloud compresses time, and the application has to keep step.
  const factor = Math.max(1, number("TIME_FACTOR", 1, 1000));
  const role = release.role ?? environment.APP_ROLE ?? "frontend";
  if (role !== "frontend" && role !== "backend") problems.push(`APP_ROLE must be frontend or backend, not "${role}"`);
  const settings = {
    role,
    version: environment.APP_VERSION ?? release.version ?? "dev",
    // Inside of a container this must be 0.0.0.0.
    host: environment.HOST ?? "127.0.0.1",
    port: number("PORT", 8080, 65_535),
    /** How many of a hundred pages answer 500. */
    failPercent: number("FAIL_PERCENT", 0, 100),
    /** How long each page takes. */
    delayMs: number("RESPONSE_DELAY_MS", 0, 600_000) / factor,
    /** When the database is lost, in seconds after the start; 0 is never. */
    loseDatabaseAfter: number("LOSE_DATABASE_AFTER_SECONDS", 0, 86_400) / factor,
    /** The longest stop, in seconds: less than the container's stopTimeout (30 s by default), after which it is killed. */
    stopSeconds: number("STOP_SECONDS", 25, 115),
  };
  return { settings, problems };
}
