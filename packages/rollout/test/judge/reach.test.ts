// When metrics are looked at closely: what may come any moment could decide.
import { mayDecideSoon } from "../../src/judge/cloudwatch.ts";
import { isWithinReach, type SortedMinute } from "../../src/judge/streaks.ts";
import { evidence, limits, metrics, minutes, type Told, t0 } from "./build.ts";
import { repeat } from "./told.ts";

/** A letter for each minute: `o` over, `u` under, `?` still to come, `-` overdue. */
const sorted = (letters: string): readonly SortedMinute[] =>
  [...letters].map((letter, index) => {
    const start = index * 60;
    if (letter === "?") return { start, side: "unknown", knownAt: 1001 };
    return { start, side: letter === "o" ? "over" : letter === "u" ? "under" : "unknown", knownAt: 1000 };
  });

test.each`
  letters      | within   | because
  ${"ooo"}     | ${true}  | ${"three are over"}
  ${"oo"}      | ${false} | ${"two are not three"}
  ${"o??"}     | ${true}  | ${"two more may come"}
  ${"???"}     | ${true}  | ${"all three may come"}
  ${"o?"}      | ${false} | ${"only one more may come"}
  ${"oo-"}     | ${false} | ${"what is overdue comes no more"}
  ${"o-o-?"}   | ${true}  | ${"and breaks nothing"}
  ${"ooouo?"}  | ${false} | ${"a minute under the limit begins anew"}
  ${"ouo??"}   | ${true}  | ${"three since then"}
  ${"uooouo?"} | ${false} | ${"only the last minute under the limit matters"}
  ${"u?o?u"}   | ${false} | ${"the last one is under"}
  ${""}        | ${false} | ${"nothing was seen"}
`("three over the limit after '$letters': $within, $because", ({ letters, within }) => {
  expect(isWithinReach(sorted(letters), 3, 1000)).toBe(within);
});

describe("after ten minutes, three of which may still come", () => {
  const slow = (responseTime: number): Told => ({ responseTime });
  test.each`
    told                                              | database     | soon     | because
    ${[...repeat(5, 0), 50, 50]}                      | ${undefined} | ${true}  | ${"two minutes over 10 % and three to come are five"}
    ${[...repeat(6, 0), 50]}                          | ${undefined} | ${false} | ${"one and three are not"}
    ${[...repeat(4, 0), 50, 50, 0]}                   | ${undefined} | ${false} | ${"the last minute was well"}
    ${[...repeat(5, slow(1)), ...repeat(2, slow(6))]} | ${undefined} | ${true}  | ${"answers that take too long count as well"}
    ${repeat(7, 0)}                                   | ${undefined} | ${false} | ${"all is well"}
    ${repeat(7, 0)}                                   | ${[100]}     | ${true}  | ${"the mean of a database metric may fall with any minute"}
  `("$soon: $because", ({ told, database, soon }) => {
    const now = t0 + 600;
    const seen = metrics(now, { next: minutes(told), database });
    expect(mayDecideSoon(limits(), evidence({ metrics: seen }), seen, now)).toBe(soon);
  });
});
