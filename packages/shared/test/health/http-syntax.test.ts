import fc from "fast-check";
import { Refusal } from "../../src/action/fields.ts";
import { jsonAt, jsonText, readJsonPath } from "../../src/health/http-json.ts";
import { fillPlaceholders, healthChecksField, parseHealthCheck } from "../../src/health/http-syntax.ts";

const refusal = (text: string): string => {
  try {
    healthChecksField.parse(text);
    return "accepted";
  } catch (error) {
    if (error instanceof Refusal) return error.accepted;
    throw error;
  }
};

describe("the health-checks input", () => {
  test("a line with everything", () => {
    expect(
      parseHealthCheck('api https://x.example/health?a=b status=2xx,302-303 header:X-Test="a b" $.checks[0]["a key"]=up $.v={revision}'),
    ).toEqual({
      name: "api",
      url: "https://x.example/health?a=b",
      statuses: [
        { from: 200, to: 299 },
        { from: 302, to: 303 },
      ],
      headers: [{ name: "X-Test", value: "a b" }],
      json: [
        { path: '$.checks[0]["a key"]', steps: ["checks", 0, "a key"], value: "up" },
        { path: "$.v", steps: ["v"], value: "{revision}" },
      ],
    });
  });

  test.each`
    line                                          | json
    ${"a https://x $.status=ok"}                  | ${["ok"]}
    ${'a https://x $.text="two words"'}           | ${["two words"]}
    ${'a https://x $.text="a \\"quoted\\" word"'} | ${['a "quoted" word']}
    ${"a https://x $.a=b=c"}                      | ${["b=c"]}
    ${"a https://x $=ok"}                         | ${["ok"]}
    ${"a https://x $.empty="}                     | ${[""]}
    ${'a https://x $["x=y"]=1 $.n=null'}          | ${["1", "null"]}
  `("$line expects $json", ({ line, json }) => {
    expect(parseHealthCheck(line).json.map((one) => one.value)).toEqual(json);
  });

  test("empty lines and comments are no checks, and nothing given is none", () => {
    expect(healthChecksField.parse("\n# front end\n  web https://x  \n\n")).toHaveLength(1);
    expect(healthChecksField.parse("")).toEqual([]);
  });

  test.each`
    line                                   | says
    ${"https://x"}                         | ${/a name of letters/}
    ${"web"}                               | ${/URL without a user name/}
    ${"web ftp://x"}                       | ${/URL without a user name/}
    ${"web https://u:p@x"}                 | ${/URL without a user name/}
    ${"web file:///etc/passwd"}            | ${/URL without a user name/}
    ${"web https://x status=600"}          | ${/statuses such as/}
    ${"web https://x status=299-200"}      | ${/statuses such as/}
    ${"web https://x header:=v"}           | ${/header:Name=value/}
    ${"web https://x header:A\u0001=v"}    | ${/header:Name=value/}
    ${"web https://x header:A=é"}          | ${/header:Name=value/}
    ${"web https://x header:Connection=x"} | ${/belongs to the connection/}
    ${"web https://x $..a=1"}              | ${/a path of keys/}
    ${"web https://x $.a"}                 | ${/a path of keys/}
    ${"web https://x $.a[*]=1"}            | ${/a path of keys/}
    ${"web https://x $.v={sha}"}           | ${/\{colour\}, \{revision\}, \{image\}, \{version\}, not \{sha\}/}
    ${"web https://x timeout=5"}           | ${/not "timeout=5"/}
    ${'web https://x header:A="b'}         | ${/double quotes/}
  `("$line is refused", ({ line, says }) => {
    expect(refusal(line)).toMatch(says);
  });

  test("every wrong line is named, and a name given twice", () => {
    expect(refusal("web https://x\nweb https://y\nbad\n")).toMatch(/in line 2: each name once \("web" is there twice\); in line 3:/);
    expect(refusal(Array.from({ length: 21 }, (_, i) => `c${i} https://x`).join("\n"))).toMatch(/at most 20/);
  });

  test("no text makes it throw anything but a refusal, and none takes long", () => {
    const part = fc.constantFrom(
      "a",
      " ",
      "\n",
      '"',
      "\\",
      "$",
      ".",
      "[",
      "]",
      '["',
      '"]',
      "=",
      "https://x",
      "status=",
      "header:",
      "{",
      "}",
      "1",
      "\u202e",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60, size: "max" }), (parts) => {
        refusal(parts.join(""));
        refusal(`a https://x ${parts.join("")}`);
      }),
      { seed: 7, numRuns: 3000 },
    );
    // Backtracking would take these beyond the test's time limit.
    refusal(`a https://x ${'["'.repeat(30_000)}`);
    refusal(`a https://x ${'"\\'.repeat(30_000)}`);
  });

  test("placeholders are filled in expected values and headers", () => {
    const check = parseHealthCheck("a https://x header:X-Want={colour} $.image={image} $.v=v{version}-{revision}");
    const filled = fillPlaceholders(check, { colour: "green", revision: "shop:42", image: "shop@sha256:1", version: "2" });
    expect([filled.headers[0]?.value, ...filled.json.map((one) => one.value)]).toEqual(["green", "shop@sha256:1", "v2-shop:42"]);
  });
});

describe("a path into JSON", () => {
  const value = { a: { b: [{ c: 1 }, "x"], "d.e": null }, "": 0 };
  test.each`
    path              | text
    ${"$.a.b[0].c"}   | ${"1"}
    ${"$.a.b[1]"}     | ${"x"}
    ${'$.a["d.e"]'}   | ${"null"}
    ${"$['']"}        | ${"0"}
    ${"$.a.b"}        | ${'[{"c":1},"x"]'}
    ${"$.a.b[2]"}     | ${"nothing"}
    ${"$.a.b.length"} | ${"2"}
    ${"$.toString"}   | ${"nothing"}
    ${"$.__proto__"}  | ${"nothing"}
    ${"$.a.b[1][0]"}  | ${"nothing"}
  `("$path is $text", ({ path, text }) => {
    expect(jsonText(jsonAt(value, readJsonPath(path)?.steps ?? []))).toBe(text);
  });
});
