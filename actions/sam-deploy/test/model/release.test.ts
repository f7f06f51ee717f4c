import {
  digestOfRelease,
  findRelease,
  type KnownRelease,
  type Release,
  releaseBefore,
  settingsOfRelease,
} from "../../src/model/release.ts";

const content = (template: string): Release["content"] => ({
  template,
  parameters: [],
  capabilities: [],
  tags: {},
  artefacts: [],
  images: [],
});
const release = (template: string, given: Partial<Release> = {}): Release => ({
  version: 1,
  stack: "api",
  account: "111111111111",
  region: "us-east-1",
  content: content(template),
  previous: undefined,
  restores: undefined,
  created: "2026-01-01T00:00:00Z",
  commit: `${template}000000`,
  repository: "o/r",
  run: "1/1",
  actor: "octocat",
  ...given,
});

/** A history as it grows: each entry a template, or `<digest index` for a rollback to an earlier entry. */
function history(...steps: readonly (string | number)[]): readonly KnownRelease[] {
  const known: KnownRelease[] = [];
  for (const step of steps) {
    const previous = known.at(-1);
    const restored = typeof step === "number" ? known[step] : undefined;
    const one = release(typeof step === "number" ? (restored?.release.content.template ?? "") : step, {
      restores: restored?.digest,
      ...(previous === undefined ? {} : { previous: { digest: previous.digest, processedTemplate: "p" } }),
    });
    known.push({ digest: digestOfRelease(one), release: one, processedTemplate: "p" });
  }
  return known.reverse();
}
const before = (...steps: readonly (string | number)[]) => releaseBefore(history(...steps))?.release.content.template;

describe("the release that a rollback goes back to", () => {
  test.each`
    deployed                   | goesTo       | because
    ${["a", "b"]}              | ${"a"}       | ${"the one before"}
    ${["a"]}                   | ${undefined} | ${"there is none before"}
    ${["a", "b", "c", 1]}      | ${"a"}       | ${"a rollback to b goes one further back, not forward to c"}
    ${["a", "b", "c", 1, 0]}   | ${undefined} | ${"two rollbacks have gone back to the first"}
    ${["a", "b", 0, "d"]}      | ${"a"}       | ${"after a rollback and a new deployment: what was there before it"}
    ${["a", "b", "c", 0]}      | ${undefined} | ${"a is the first"}
    ${["a", "b", "c", "d", 2]} | ${"b"}       | ${"c was brought back, b is before it"}
  `("$deployed → $goesTo: $because", ({ deployed, goesTo }) => {
    expect(before(...deployed)).toBe(goesTo);
  });
});

test("a release is found by digest or commit", () => {
  const known = history("aaaaaaa", "bbbbbbb", 0);
  const [head, second] = known;
  expect(findRelease(known, head?.digest.slice(0, 12) ?? "")).toEqual([head]);
  expect(findRelease(known, "bbbbbbb")).toEqual([second]);
  expect(findRelease(known, "aaaaaaa0")).toHaveLength(1);
  expect(findRelease(known, "fffffff")).toEqual([]);
});

test("secret parameters stay as the stack has them, unless they are given anew", () => {
  const one = release("a", {
    content: {
      ...content("a"),
      parameters: [
        { name: "A", value: "1" },
        { name: "Kept", secret: true },
        { name: "Given", secret: true },
        { name: "Lost", secret: true },
      ],
    },
  });
  const { settings, missing } = settingsOfRelease(one, new Map([["Given", "new"]]), new Set(["A", "Kept", "Given"]));
  expect(settings).toEqual([
    { name: "A", value: "1" },
    { name: "Kept", previous: true },
    { name: "Given", value: "new" },
  ]);
  expect(missing).toEqual(["Lost"]);
});
