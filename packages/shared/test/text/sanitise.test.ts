import fc from "fast-check";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import {
  asCode,
  asCodeBlock,
  forHtml,
  forLog,
  forMarkdown,
  forMermaid,
  forScriptJson,
  forSlack,
  oneLine,
  plain,
} from "../../src/text/sanitise.ts";

const render = (markdown: string): string =>
  micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });

/** What GitHub's runner takes for a command: ActionCommand.TryParseV2 and TryParse in actions/runner. */
const isCommand = (line: string): boolean => line.trim().startsWith("::") || line.includes("##[");
const commands = (log: string): readonly string[] => log.split(/\r\n|\r|\n/).filter(isCommand);

const fragments = [
  "::error::",
  "::add-mask::x",
  "::set-output name=a::",
  "::",
  ":",
  "##[error]",
  "##[",
  "#",
  "[",
  "]",
  "(",
  ")",
  "%0A",
  "%",
  "\n",
  "\r",
  "\r\n",
  "\t",
  " ",
  "\u00a0",
  "\u3000",
  "\u001b[31m",
  "\u001b[1;2;3m",
  "\u001b[?25l",
  "\u001b[<0m",
  "\u009b31m",
  "\u001b]0;title\u0007",
  "\u001b]8;;https://evil.example\u001b\\",
  "\u001b]",
  "\u001bP1$r",
  "\u001b(B",
  "\u001bc",
  "\u001b",
  "\u0007",
  "\u0000",
  "\u0008",
  "\u0085",
  "\u202e",
  "\u2066",
  "\u200b",
  "\u200d",
  "\u2060",
  "\ufeff",
  "\u2028",
  "\u{e0041}",
  "\u00ad",
  "\u034f",
  "\ufe0f",
  "\ud800",
  "\u0300",
  "<script>",
  "</script>",
  "<!--",
  "-->",
  "<img src=x onerror=alert(1)>",
  "<",
  ">",
  "&",
  "&lt;",
  "&#64;",
  '"',
  "'",
  "]]>",
  "[a](https://evil.example)",
  "![a](https://evil.example/x.png)",
  "https://evil.example",
  "www.evil.example",
  "http://",
  "@octocat",
  "@org/team",
  "a@b.example",
  "#123",
  "GH-1",
  "org/repo#1",
  "`",
  "```",
  "~~~",
  "~",
  "*",
  "**",
  "_",
  "|",
  "\\",
  "$",
  "$$",
  "- ",
  "+ ",
  "1. ",
  "2) ",
  "> ",
  "# ",
  "===",
  "---",
  "[^1]",
  "[ ] ",
  "<!channel>",
  "<@U1>",
  ":tada:",
  "a",
  "word",
  "é",
  "漢",
  "😀",
];
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...fragments), { maxLength: 12 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 60 }),
);
const always = (check: (text: string) => void): void => fc.assert(fc.property(hostile, check), { seed: 7, numRuns: 3000 });

describe("plain text", () => {
  test.each`
    given                                        | becomes
    ${"\u001b[31mred\u001b[0m"}                  | ${"red"}
    ${"\u009b31mred"}                            | ${"red"}
    ${"\u001b[<0;1;2Mx"}                         | ${"x"}
    ${"\u001b]0;title\u0007shown"}               | ${"shown"}
    ${"\u001b]8;;https://evil\u001b\\link"}      | ${"link"}
    ${"\u001b]0;never ended\nnext line"}         | ${"0;never ended\nnext line"}
    ${"\u001bP1$r\u001b\\x"}                     | ${"x"}
    ${"\u001b(Bx\u001bcy"}                       | ${"xy"}
    ${"a\u0000b\u0008c\u007fd\u0085e"}           | ${"abcde"}
    ${"user\u202egnp.exe"}                       | ${"usergnp.exe"}
    ${"a\u200bb\u2060c\ufeffd\u{e0041}e\u00adf"} | ${"abcdef"}
    ${"one\r\ntwo\rthree\tfour"}                 | ${"one\ntwo\nthree\tfour"}
    ${"\ud800x"}                                 | ${"\ufffdx"}
    ${`z${"\u0300".repeat(50)}`}                 | ${`z${"\u0300".repeat(4)}`}
    ${"naïve 漢字 😀 é"}                         | ${"naïve 漢字 😀 é"}
    ${"%0A%0D ::error::"}                        | ${"%0A%0D ::error::"}
  `("of $given is $becomes", ({ given, becomes }) => {
    expect(plain(given)).toBe(becomes);
  });

  test("has no control, hidden or reordering character left, and plain text stays as it is", () => {
    always((text) => {
      const result = plain(text);
      expect(result).not.toMatch(/[\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Cs}]/u);
      expect([...result].filter((character) => /\p{Cc}/u.test(character) && !"\n\t".includes(character))).toEqual([]);
      expect(plain(result)).toBe(result);
    });
  });
});

describe("one line", () => {
  test("is one, within its limit, and cuts no character in two", () => {
    always((text) => {
      const result = oneLine(text, 20);
      expect(result).not.toMatch(/[\n\r]/);
      expect(result.length).toBeLessThanOrEqual(20);
      expect(result.isWellFormed()).toBe(true);
    });
  });
});

describe("a text for the log", () => {
  test.each([
    "::error::x",
    "  ::add-mask::x",
    "a\n::set-output name=a::b",
    "a\r::error::x",
    "##[error]x",
    "a ##[command]",
    "\u00a0::error::x",
    ":\u200b:error::x",
    "\u001b[0m::error::x",
    "#\u2060#[error]",
  ])("is no command: %j", (text) => {
    expect(commands(forLog(text))).toEqual([]);
  });

  test("is never one, whatever comes", () => {
    always((text) => expect(commands(forLog(text))).toEqual([]));
  });

  test("the check sees a command where nothing is done", () => {
    expect(commands("a\n ::error::x\nb ##[error]")).toHaveLength(2);
  });

  test("a long text takes no long time", () => {
    const begin = performance.now();
    for (const text of [
      "\n".repeat(200_000),
      " ".repeat(200_000),
      "\u001b]".repeat(100_000),
      "`".repeat(200_000),
      "\u0300".repeat(200_000),
    ]) {
      forLog(text);
      forMarkdown(text);
      asCodeBlock(text);
    }
    // Quadratic work would take minutes.
    expect(performance.now() - begin).toBeLessThan(20_000);
  });
});

describe("in Markdown", () => {
  const inside = (html: string): string | undefined => /^<p>before (.*) after<\/p>$/s.exec(html)?.[1];
  /** What a reader sees: entities decoded, invisible spaces left out. */
  const seen = (html: string): string =>
    html
      .replace(/&lt;/g, "<")
      .replace(/&gt;/g, ">")
      .replace(/&quot;/g, '"')
      .replace(/&amp;/g, "&")
      .replaceAll("\u200b", "");

  test("a text is shown as it is: no element, link, mention or picture comes of it", () => {
    always((text) => {
      const html = inside(render(`before ${forMarkdown(text)} after`));
      expect(html).toBeDefined();
      expect(html).not.toMatch(/<|@\w|#\w/);
      expect(seen(html ?? "")).toBe(oneLine(text));
    });
  });

  test("alone on a line it begins no list, heading, quote or fence", () => {
    always((text) => {
      const shown = forMarkdown(`${text}\nx`);
      expect(render(shown)).toMatch(/^<p>[^<]*<\/p>$/);
    });
  });

  test("it stays in its cell of a table", () => {
    always((text) => {
      const html = render(`| a | b |\n| --- | --- |\n| ${forMarkdown(text)} | ${asCode(text)} |`);
      expect(html.match(/<td/g)).toHaveLength(2);
      expect(html.match(/<(?!\/?(table|thead|tbody|tr|th|td|code)\b)/g)).toBeNull();
    });
  });

  test("as code it is shown as it is", () => {
    always((text) => {
      const html = inside(render(`before ${asCode(text)} after`));
      expect(seen(/^<code>([^<]*)<\/code>$/.exec(html ?? "")?.[1] ?? "?")).toBe(oneLine(text));
    });
  });

  test("it cannot close a code block", () => {
    always((text) => {
      const html = render(`${asCodeBlock(text)}\nend`);
      expect(html).toMatch(/^<pre><code>[^<]*<\/code><\/pre>\n<p>end<\/p>$/);
    });
  });

  test("the check sees a link, where nothing is done", () => {
    expect(inside(render("before https://evil.example after"))).toContain("<a href");
  });
});

describe("elsewhere", () => {
  test("in HTML no text makes an element or leaves an attribute", () => {
    always((text) => expect(forHtml(text)).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/));
  });

  test("in a script no text ends it, and the data comes back whole", () => {
    always((text) => {
      const json = forScriptJson({ text });
      expect(json).not.toMatch(/[<>&\u2028\u2029]/);
      expect(JSON.parse(json)).toEqual({ text });
    });
  });

  test("in a Mermaid label no mark of its grammar is left", () => {
    always((text) => {
      const label = forMermaid(text);
      expect(label).toMatch(/^[\p{L}\p{N}…._/()+ -]+$/u);
      expect(label.length).toBeLessThanOrEqual(60);
    });
  });

  test("in Slack no link, mention or broadcast comes of a text", () => {
    always((text) => expect(forSlack(text)).not.toMatch(/[<>]|&(?!(amp|lt|gt);)|(^|\s)[*_~`]/));
  });
});
