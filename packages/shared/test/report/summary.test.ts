import fc from "fast-check";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { link } from "../../src/report/markdown.ts";
import { timelineDiagram, trafficDiagrams } from "../../src/report/mermaid.ts";
import { summaryMarkdown, trafficTable, withCommands } from "../../src/report/summary.ts";
import { bare, rolledBack, start, succeeded, withTexts } from "./stories.ts";

const render = (markdown: string): string =>
  micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
/** The elements of a rendered summary; code is left out, since commands in our own texts become code. */
const skeleton = (markdown: string): readonly string[] =>
  (render(markdown).match(/<[a-z][^>]*>/g) ?? []).filter((tag) => !tag.startsWith("<code"));

describe("the summary", () => {
  test("says the verdict first, then what users see, what to do, and how to put traffic back by hand", () => {
    const markdown = summaryMarkdown(rolledBack);
    const order = [
      "## ❌ shop/staging: rolled back",
      "31.4 % of 18,204",
      "Users see now",
      "### What to do next",
      "### Put traffic back by hand",
      "aws elbv2 modify-listener",
      "### Stopped tasks",
      "### Timeline",
      "### Traffic",
    ];
    const places = order.map((part) => markdown.indexOf(part));
    expect(places).not.toContain(-1);
    expect([...places].sort((one, other) => one - other)).toEqual(places);
  });

  test("shows the lines that put traffic back exactly, so that they can be pasted", () => {
    expect(summaryMarkdown(rolledBack)).toContain(`\`\`\`sh\n${rolledBack.byHand.join("\n")}\n\`\`\``);
  });

  test("folds those lines away after a success, but has them", () => {
    const markdown = summaryMarkdown(succeeded);
    expect(markdown).toContain("<details><summary>Put traffic back by hand</summary>");
    expect(markdown).toContain(rolledBack.byHand[0]);
  });

  test("leaves out what is not known", () => {
    const markdown = summaryMarkdown(bare);
    expect(markdown).not.toMatch(/###|undefined|NaN/);
    expect(render(markdown)).toContain("The cluster shop-staging does not exist.");
  });

  test.each([
    ["</script><script>alert(1)</script>"],
    ["![x](https://evil.example/x.png)"],
    ["[x](https://evil.example)"],
    ["@octocat #1 https://evil.example"],
    ["a | b | c"],
    ["# x"],
    ["```\n# out of the block"],
    ["</details></table>"],
    ["<img src=x>"],
    ["- a\n- b"],
  ])("has the same elements when every text is %j", (text) => {
    expect(skeleton(summaryMarkdown(withTexts(rolledBack, text)))).toEqual(skeleton(summaryMarkdown(withTexts(rolledBack, "x"))));
  });

  test("has no command for the runner, whatever the texts are", () => {
    const hostile = fc.array(fc.constantFrom("\u001b[2J", "\u202e", "<b>", "|", "`", "```", "@a", "#1", "x", " ", "\n", "]("), {
      maxLength: 6,
    });
    const expected = skeleton(summaryMarkdown(withTexts(rolledBack, "x")));
    fc.assert(
      fc.property(hostile, (parts) => {
        expect(skeleton(summaryMarkdown(withTexts(rolledBack, `x${parts.join("")}`)))).toEqual(expected);
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  test("commands in our own texts are code, and nothing in them is Markdown", () => {
    expect(render(withCommands("Run `aws ecs x --y *z*` again (_now_)"))).toBe("<p>Run <code>aws ecs x --y *z*</code> again (_now_)</p>");
  });

  test("links only lead to https", () => {
    expect(link("run", "https://github.com/a/b")).toBe("[run](https://github.com/a/b)");
    expect(link("run", "javascript:alert(1)")).toBe("run");
    expect(render(link("[x](y)", "https://a.example/)<b>"))).toMatch(/^<p><a href="https:\/\/a\.example\/%29%3Cb%3E">[^<]*<\/a><\/p>$/);
  });
});

describe("the diagrams", () => {
  test("show every phase with its begin and its end, a failed one marked", () => {
    expect(timelineDiagram(rolledBack).split("\n").slice(4, 7)).toEqual([
      "    section UTC",
      "    validate :2026-11-22 03:40:00, 2026-11-22 03:40:04",
      "    register :2026-11-22 03:40:04, 2026-11-22 03:40:05",
    ]);
    expect(timelineDiagram(rolledBack)).toContain("    watch :crit, 2026-11-22 03:43:00, 2026-11-22 03:49:10");
  });

  test("have a bar of at least a second for a phase that took none", () => {
    const phases = [{ name: "shift", from: start, to: start, result: "done" as const }];
    expect(timelineDiagram({ phases, ended: start })).toContain("shift :2026-11-22 03:40:00, 2026-11-22 03:40:01");
  });

  test("hold nothing of a phase's name that their grammar would take for its own", () => {
    const phases = [{ name: 'x: crit, 1\n  section y %%{init: {"a": 1}}%% ; click', from: start, to: start + 1, result: "done" as const }];
    expect(timelineDiagram({ phases, ended: start + 1 })).toContain("\n    x crit 1 section y init a 1 c… :2026");
  });

  test("show requests, and errors only where there are some", () => {
    const [requests, errors] = trafficDiagrams(rolledBack);
    expect(requests).toContain("line [60, 64, 64.4, 0, 0, 0, 0, 0, 0, 49.6, 57.4, 55.2]");
    expect(errors).toContain("Failed requests in percent");
    expect(trafficDiagrams({ ...succeeded, traffic: { blue: [], green: succeeded.traffic.green } })).toHaveLength(1);
    expect(trafficDiagrams(bare)).toEqual([]);
  });

  test("the table says – where nothing is known, which is not 0", () => {
    const rows = trafficTable(rolledBack).split("\n");
    expect(rows[2]).toBe("| 03:40:00 | 100 % | 3600 | 2 (0.1 %) | 0.120 s | 0 % | – | – | – |");
    expect(rows).toHaveLength(14);
  });
});
