import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { githubRunner, type Runner } from "../../src/github/runner.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "runner-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function start(): { readonly runner: Runner; readonly lines: string[]; readonly read: (name: string) => string } {
  files++;
  const of = (name: string): string => join(folder, `${name}-${files}`);
  const lines: string[] = [];
  const environment = { GITHUB_OUTPUT: of("output"), GITHUB_STATE: of("state"), GITHUB_STEP_SUMMARY: of("summary") };
  return { runner: githubRunner(environment, (line) => lines.push(line)), lines, read: (name) => readFileSync(of(name), "utf8") };
}

/** Reads a file of `name<<delimiter` blocks as the runner does: https://docs.github.com/actions/reference/workflow-commands-for-github-actions#multiline-strings */
function pairs(content: string): Readonly<Record<string, string>> {
  const lines = content.split("\n");
  const found: Record<string, string> = {};
  for (let at = 0; at < lines.length; at++) {
    const [name, delimiter] = (lines[at] ?? "").split("<<");
    if (name === undefined || delimiter === undefined) continue;
    const end = lines.indexOf(delimiter, at + 1);
    found[name] = lines.slice(at + 1, end).join("\n");
    at = end;
  }
  return found;
}

describe("the log", () => {
  test("takes no command from a text", () => {
    const { runner, lines } = start();
    runner.log("::error::x\r::stop-commands::y\n  ##[group]z");
    runner.annotate("error", "a\n::error::b", { title: "t\n::x::", file: "a,b:c\n.ts", line: 3, endLine: 1 });
    expect(lines[0]).toBe(":\u2060:error::x\n:\u2060:stop-commands::y\n  #\u2060#[group]z");
    expect(lines[1]).toBe("::error title=t%0A%3A%3Ax%3A%3A,file=a%2Cb%3Ac%0A.ts,line=3,endLine=3::a%0A::error::b");
    expect(lines.slice(1).join("")).not.toMatch(/[\n\r]/);
  });

  test.each`
    what                                       | secret                        | text
    ${"as it is"}                              | ${"hunter2-hunter2"}          | ${"password hunter2-hunter2!"}
    ${"with invisible characters in it"}       | ${"hunter2-hunter2"}          | ${"hunter\u200b2-hun\u001b[0mter2"}
    ${"that looks like a command"}             | ${"::add-mask::abc"}          | ${"::add-mask::abc"}
    ${"that holds the mark of an old command"} | ${"pass##[word"}              | ${"x pass##[word"}
    ${"of several lines, one of them"}         | ${"first-line\nsecond-line"}  | ${"xx second-line xx"}
    ${"with control characters"}               | ${"pass\u0007word-\u0000123"} | ${"it is password-123"}
    ${"inside JSON"}                           | ${'quo"te\\back'}             | ${JSON.stringify({ a: 'quo"te\\back' })}
  `("never shows a secret $what", ({ secret, text }) => {
    const { runner, lines } = start();
    runner.mask(secret);
    const before = lines.length;
    runner.log(text);
    runner.annotate("warning", text, { title: text });
    runner.startGroup(text);
    for (const line of lines.slice(before)) {
      expect(line).toContain("***");
      for (const part of [...secret.split("\n"), "second-line", "hunter2-hunter2", "password-123"]) expect(line).not.toContain(part);
    }
  });

  test("masks the longer of two secrets first, so that no rest of it is seen", () => {
    const { runner, lines } = start();
    runner.mask("abcd");
    runner.mask("abcd-efgh-ijkl");
    runner.log("abcd-efgh-ijkl abcd");
    expect(lines.at(-1)).toBe("*** ***");
  });

  test("names the secret to the runner, and to nobody where there is no runner", () => {
    const lines: string[] = [];
    githubRunner({ GITHUB_ACTIONS: "true" }, (line) => lines.push(line)).mask("hunter2-hunter2");
    expect(lines).toEqual(["::add-mask::hunter2-hunter2"]);
    const terminal = start();
    terminal.runner.mask("hunter2-hunter2");
    expect(terminal.lines).toEqual([]);
  });

  test("masks ten thousand values without getting slower by each", () => {
    const { runner, lines } = start();
    for (let at = 0; at < 10_000; at++) runner.mask(`value-${at}-of-many`);
    runner.log("value-9999-of-many");
    expect(lines).toEqual(["***"]);
  });

  test("does not mask what is too short", () => {
    const { runner, lines } = start();
    runner.mask("abc");
    runner.log("abc");
    expect(lines).toEqual(["abc"]);
  });
});

describe("outputs, state and summary", () => {
  test("any value comes out as it went in, and adds no other output", () => {
    const value = fc
      .oneof(fc.string({ unit: "binary-ascii" }), fc.constantFrom("x\nevil<<y\nz\ny", "end_", "a<<b", "\n\n"))
      .map((text) => text.replaceAll("\r", ""));
    fc.assert(
      fc.property(value, value, (one, two) => {
        const { runner, read } = start();
        runner.output("one", one);
        runner.output("two", two);
        expect(pairs(read("output"))).toEqual({ one, two });
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  test("a secret is left out of outputs and summary", () => {
    const { runner, read } = start();
    runner.mask("hunter2-hunter2");
    runner.output("reason", "wrong: hunter2-hunter2");
    runner.summary("wrong: hunter2-hunter2");
    expect(pairs(read("output"))).toEqual({ reason: "wrong: ***" });
    expect(read("summary")).toBe("wrong: ***\n");
  });

  test("a summary that GitHub would refuse for its size is cut between lines", () => {
    const { runner, read } = start();
    runner.summary("漢字漢字\n".repeat(100_000));
    const bytes = Buffer.byteLength(read("summary"));
    expect(bytes).toBeGreaterThan(999_000);
    expect(bytes).toBeLessThan(1_000_100);
    expect(read("summary")).toMatch(/^(漢字漢字\n)+\n…\n\n$/);
  });

  test("outside of GitHub there is nothing to write to", () => {
    const runner = githubRunner({}, () => undefined);
    expect(() => {
      runner.output("a", "b");
      runner.saveState("a", "b");
      runner.summary("a");
    }).not.toThrow();
  });
});
