import fc from "fast-check";
import { createHiding } from "../../src/text/hiding.ts";

test.each`
  hidden                        | text                     | shown          | because
  ${["abcd"]}                   | ${"xabcdy abcd"}         | ${"x***y ***"} | ${"every place counts"}
  ${["abcd", "abcd-efgh-ijkl"]} | ${"abcd-efgh-ijkl abcd"} | ${"*** ***"}   | ${"the longer one leaves no rest"}
  ${["abcd", "cdefgh"]}         | ${"-abcdefgh-"}          | ${"-***-"}     | ${"two that overlap hide all they cover"}
  ${["aaaa"]}                   | ${"aaaaaaaaaa"}          | ${"***"}       | ${"it overlaps itself"}
  ${["abc"]}                    | ${"abc"}                 | ${"abc"}       | ${"too short to hide"}
  ${["abcd"]}                   | ${"abc"}                 | ${"abc"}       | ${"a part is not the whole"}
  ${["$&$1"]}                   | ${"x$&$1x"}              | ${"x***x"}     | ${"nothing in it has a meaning"}
`("$hidden in $text: $because", ({ hidden, text, shown }) => {
  const { add, hide } = createHiding();
  for (const one of hidden) add(one);
  expect(hide(text)).toBe(shown);
});

test("whatever is hidden is not in what is shown, unless stars make it", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 4, maxLength: 8 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 60 }), (hidden, whole) => {
      const { add, hide } = createHiding();
      for (const one of hidden) add(one);
      const shown = hide(whole);
      for (const one of hidden) expect(shown).not.toContain(one);
      // And nothing else is taken away: what is between the stars stands in the text in this order.
      let from = 0;
      for (const part of shown.split("***")) {
        const at = whole.indexOf(part, from);
        expect(at).toBeGreaterThanOrEqual(from);
        from = at + part.length;
      }
    }),
    { seed: 11, numRuns: 500 },
  );
});
