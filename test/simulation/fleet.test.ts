// A hundred services of one account, deployed in the same second under AWS's published token buckets.
import { jest } from "@jest/globals";
import { deployFleet } from "../../bench/fleet.ts";

jest.setTimeout(120_000);

test("none of a hundred deployments fails for AWS's rates, and each asks for less than one alone would", async () => {
  const inputs = { "rollback-window": "0", "on-inconclusive": "proceed" };
  const [alone, fleet] = [await deployFleet(1, inputs), await deployFleet(100, inputs)];
  expect({ outcomes: fleet.outcomes, reasons: fleet.reasons }).toEqual({ outcomes: { succeeded: 100 }, reasons: [] });
  const total = fleet.calls.reduce((sum, one) => sum + one, 0);
  expect(fleet.throttled).toBeGreaterThan(0);
  expect(fleet.throttled / total).toBeLessThan(0.3);
  expect((total - fleet.throttled) / 100).toBeLessThan(alone.calls[0] ?? 0);
});
