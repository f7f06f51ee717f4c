// How long users stay on a bad version after the data that convicts it can be read; `npm run bench -- --only latency` prints the seconds.
import { cases, latencies } from "./sources.ts";

/** At most one poll interval. */
const limit = 2;

test.each(Object.entries(cases))(
  "%s: users are moved back within 2 s",
  async (_, one) => {
    const found = await latencies(one);
    expect(Math.min(...found)).toBeGreaterThan(0);
    expect(Math.max(...found)).toBeLessThanOrEqual(limit);
  },
  60_000,
);
