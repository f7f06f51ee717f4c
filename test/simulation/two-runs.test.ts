// A seeded part of the interleavings that `npm run prove` tries.
import { stores } from "./matrix/stories.ts";
import { type Pair, tryTwo } from "./matrix/two.ts";

const from = Number(process.env["FAULT_SEED"] ?? 1);
const cases = (["deployments", "rescue"] as const satisfies readonly Pair[]).flatMap((pair) =>
  Object.keys(stores).map((store) => ({ pair, store })),
);

test.each(cases)(
  "two runs at once ($pair, record in $store): one wins, and the other one says so",
  async ({ pair, store }) => {
    const broken: string[] = [];
    for (let seed = from; seed < from + 8; seed += 1) {
      const { violations, operation, ending } = await tryTwo(pair, store, seed);
      broken.push(...violations.map((one) => `${one} (${operation}; ${ending}): npm run prove -- --only two:${pair}:${store}:${seed}`));
    }
    expect(broken).toEqual([]);
  },
  120_000,
);
