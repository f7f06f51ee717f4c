import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@aws-deploy-actions/shared/clock";
import { addedIn } from "../src/adapters/history.ts";
import { insideOnly } from "../src/adapters/inside.ts";
import { installer } from "../src/adapters/install.ts";
import { pickLines } from "../src/adapters/lines.ts";
import { nameOf } from "../src/adapters/names.ts";
import { readPins } from "../src/scanners/python-pins.ts";
import { sideBySide } from "../src/side-by-side.ts";
import { cleanUp, fakes, temporary } from "./harness.ts";

afterAll(cleanUp);

describe("lines by their number", () => {
  const pick = async (text: string | Buffer, ...numbers: number[]) => {
    const file = join(temporary(), "file");
    writeFileSync(file, text);
    return Object.fromEntries(await pickLines(file, new Set(numbers)));
  };
  test.each`
    text            | numbers   | lines
    ${"a\nb\nc"}    | ${[2]}    | ${{ 2: "b" }}
    ${"a\r\nb\r\n"} | ${[1, 2]} | ${{ 1: "a", 2: "b" }}
    ${"a\nb"}       | ${[2, 3]} | ${{ 2: "b" }}
    ${""}           | ${[1]}    | ${{ 1: "" }}
    ${"\n\nx"}      | ${[1, 3]} | ${{ 1: "", 3: "x" }}
  `("of $text are $lines", async ({ text, numbers, lines }) => {
    expect(await pick(text, ...numbers)).toEqual(lines);
  });
  test("are found across the pieces in which a file is read, and cut when they are long", async () => {
    const long = "x".repeat(300_000);
    expect(await pick(`${long}\nsecond\n${long}`, 2)).toEqual({ 2: "second" });
    expect((await pick(`${long}\n`, 1))[1]).toHaveLength(2000);
  });
  test("of a file that is not there, or of a folder, are none", async () => {
    for (const path of ["/nowhere/at/all", temporary()]) expect(await pickLines(path, new Set([1]))).toEqual(new Map());
  });
});

test("a log folder that is a link out of the workspace is refused; any other is taken, also one that is not there yet", () => {
  const [workspace, outside] = [temporary(), temporary()];
  symlinkSync(outside, join(workspace, "logs"));
  mkdirSync(join(workspace, "real"));
  symlinkSync(join(workspace, "real"), join(workspace, "inner"));
  for (const folder of ["logs", "logs/deep", "logs/../logs"])
    expect(() => insideOnly(folder, workspace)).toThrow("leads out of the workspace");
  for (const folder of ["real", "inner/x", "new/deep", "/var/log"]) expect(insideOnly(folder, workspace)).toBe(folder);
});

describe("a name", () => {
  test.each`
    raw                    | staged                  | odd
    ${"src/app.py"}        | ${"src/app.py"}         | ${false}
    ${"ü/ß.py"}            | ${"ü/ß.py"}             | ${false}
    ${"a\nb.py"}           | ${"a_b~7.py"}           | ${true}
    ${"d\u001b/x"}         | ${"d_~7/x"}             | ${true}
    ${".gitleaksignore"}   | ${".gitleaksignore~"}   | ${false}
    ${"x/.GitleaksIgnore"} | ${"x/.GitleaksIgnore~"} | ${false}
  `("$raw is staged as $staged", ({ raw, staged, odd }) => {
    expect(nameOf(Buffer.from(raw), 7)).toEqual({ path: raw, staged, odd });
  });
});

describe("what a patch adds", () => {
  const patch = [
    "diff --git a/x b/x",
    "--- a/x",
    "+++ b/x",
    "@@ -3,0 +4,2 @@ def f():",
    "+++ b/not-a-header",
    "+new",
    "@@ -9 +11 @@",
    "-old",
    "+newer",
    "diff --git a/y b/y",
    "--- a/y",
    "+++ b/y",
    "@@ -1,2 +0,0 @@",
    "-a",
    "-b",
    "",
  ].join("\n");
  const added = addedIn(patch, new Set(["x", "y", "old"]));
  test.each`
    path       | line  | end   | isNew
    ${"x"}     | ${3}  | ${3}  | ${false}
    ${"x"}     | ${4}  | ${4}  | ${true}
    ${"x"}     | ${5}  | ${5}  | ${true}
    ${"x"}     | ${6}  | ${6}  | ${false}
    ${"x"}     | ${1}  | ${9}  | ${true}
    ${"x"}     | ${11} | ${11} | ${true}
    ${"y"}     | ${1}  | ${1}  | ${false}
    ${"old"}   | ${1}  | ${1}  | ${false}
    ${"fresh"} | ${1}  | ${1}  | ${true}
  `("$path:$line-$end is new: $isNew", ({ path, line, end, isNew }) => {
    expect(added(path, line, end)).toBe(isNew);
  });
});

describe("Python pins", () => {
  test.each`
    text                                                                 | pins                         | loose
    ${"flask==0.12"}                                                     | ${["flask 0.12 1"]}          | ${[]}
    ${"Flask[async] == 0.12 ; python_version>'3'"}                       | ${["Flask 0.12 1"]}          | ${[]}
    ${"# a\n\nflask==0.12 # why\n"}                                      | ${["flask 0.12 3"]}          | ${[]}
    ${"flask==0.12 \\\n  --hash=sha256:ab \\\n  --hash=sha256:cd\nx==1"} | ${["flask 0.12 1", "x 1 4"]} | ${[]}
    ${"flask===0.12"}                                                    | ${["flask 0.12 1"]}          | ${[]}
    ${"flask>=0.12"}                                                     | ${[]}                        | ${["flask>=0.12"]}
    ${"flask==0.*"}                                                      | ${[]}                        | ${["flask==0.*"]}
    ${"-e ./src"}                                                        | ${[]}                        | ${["-e ./src"]}
    ${"git+https://example.org/x"}                                       | ${[]}                        | ${["git+https://example.org/x"]}
    ${"--index-url https://evil.example\n-r other.txt\n-c c.txt"}        | ${[]}                        | ${[]}
    ${"x @ file:///etc/passwd"}                                          | ${[]}                        | ${["x @ file:///etc/passwd"]}
  `("of $text", ({ text, pins, loose }) => {
    const read = readPins("requirements.txt", text);
    expect(read.pins.map(({ name, version, line }) => `${name} ${version} ${line}`)).toEqual(pins);
    expect(read.loose).toEqual(loose);
  });
  test("of lock files, without the project itself", () => {
    const uv =
      '[[package]]\nname = "shop"\nversion = "1.0"\nsource = { editable = "." }\n\n[[package]]\nname = "flask"\nversion = "0.12"\nsource = { registry = "https://pypi.org/simple" }\n';
    expect(readPins("uv.lock", uv).pins).toEqual([{ name: "flask", version: "0.12", line: 7 }]);
    const pipfile = '{\n "default": {\n  "flask": {\n   "version": "==0.12"\n  }\n },\n "develop": {}\n}';
    expect(readPins("Pipfile.lock", pipfile).pins).toEqual([{ name: "flask", version: "0.12", line: 3 }]);
  });
});

test("computing tasks run as many at a time as there are cores, the longest first; waiting ones run beside them", async () => {
  const started: string[] = [];
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const task = (name: string, weight: number, waits = false) => ({
    weight,
    waits,
    run: async () => {
      started.push(name);
      await gate;
      return name;
    },
  });
  const all = sideBySide([task("small", 1), task("big", 9), task("net", 1, true), task("middle", 5)], 2);
  await new Promise((resolve) => setImmediate(resolve));
  expect([...started].sort()).toEqual(["big", "middle", "net"]);
  release();
  expect(await all).toEqual(["small", "big", "net", "middle"]);
});

describe("installing", () => {
  const shelf = (download?: typeof fetch, path: readonly string[] = ["/usr/local/bin", "/usr/bin", "/bin"]) => {
    const cache = temporary();
    const requirements = temporary();
    const install = installer({
      environment: { RUNNER_TOOL_CACHE: cache },
      searchPath: path,
      requirements,
      folder: async () => temporary(),
      clock: systemClock(),
      killGroup: (leader) => process.kill(-leader, "SIGKILL"),
      ...(download !== undefined && { download }),
    });
    return { cache, requirements, install };
  };
  /** An archive that holds a program, and the hash of its bytes. */
  function archive(): { bytes: Buffer; sha256: string } {
    const folder = temporary();
    writeFileSync(join(folder, "tool"), "#!/bin/sh\necho works\n", { mode: 0o755 });
    execFileSync("tar", ["-czf", "a.tar.gz", "tool"], { cwd: folder });
    const bytes = readFileSync(join(folder, "a.tar.gz"));
    return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
  }
  const release = (sha256: string) => ({
    version: "1.2.3",
    byPlatform: { [`${process.platform}-${process.arch}`]: { url: "https://example.org/a.tar.gz", sha256 } },
  });

  test("takes an archive whose bytes have the pinned hash, once", async () => {
    const { bytes, sha256 } = archive();
    let downloads = 0;
    const { install } = shelf((async () => {
      downloads += 1;
      return new Response(new Uint8Array(bytes));
    }) as typeof fetch);
    const { path } = await install.archive("tool", release(sha256));
    expect(execFileSync(path, { encoding: "utf8" })).toBe("works\n");
    expect((await install.archive("tool", release(sha256))).path).toBe(path);
    expect(downloads).toBe(1);
  });

  test("refuses an archive with one byte changed, and leaves nothing", async () => {
    const { bytes, sha256 } = archive();
    const changed = Buffer.from(bytes);
    changed[10] = (changed[10] ?? 0) ^ 1;
    const { install, cache } = shelf((async () => new Response(new Uint8Array(changed))) as typeof fetch);
    await expect(install.archive("tool", release(sha256))).rejects.toThrow("another SHA-256 than the pinned one");
    expect(readdirSync(join(cache, "aws-deploy-actions"))).toEqual([]);
  });

  test.each([
    ["the server says no", async () => new Response("", { status: 404 }), "HTTP 404"],
    [
      "there is no network",
      async () => Promise.reject(new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND") })),
      "ENOTFOUND",
    ],
  ])("says why when %s", async (_, get, why) => {
    await expect(shelf(get as typeof fetch).install.archive("tool", release("0"))).rejects.toThrow(why);
  });

  test("says what is missing where there is no Python", async () => {
    const { install, requirements } = shelf(undefined, [fakes({})]);
    writeFileSync(join(requirements, "x.txt"), "x==1 --hash=sha256:00\n");
    await expect(install.python("x", "x.txt")).rejects.toThrow("python3 with its venv module is missing");
  });

  test("asks pip for hashed wheels alone, without the job's tokens, and shows the result only when it is whole", async () => {
    const seen = join(temporary(), "seen");
    const python = `case "$*" in *sys.version*) echo 3.12;; *"-m venv"*) for last in "$@"; do :; done; mkdir -p "$last/bin"; cp "$0" "$last/bin/python";; *) echo "$*" >> ${seen}; env >> ${seen}; exit 1;; esac`;
    const { install, requirements, cache } = shelf(undefined, [fakes({ python3: python }), "/usr/bin", "/bin"]);
    mkdirSync(join(requirements, "sub"));
    writeFileSync(join(requirements, "x.txt"), "x==1 --hash=sha256:00\n");
    await expect(install.python("x", "x.txt")).rejects.toThrow("pip install of x.txt failed");
    const text = readFileSync(seen, "utf8");
    expect(text).toMatch(/-m pip install .*--no-deps --only-binary :all: --require-hashes --requirement/);
    expect(text).not.toMatch(/TOKEN|RUNNER_/);
    expect(
      readdirSync(join(cache, "aws-deploy-actions")).filter((name) => existsSync(join(cache, "aws-deploy-actions", name, "bin", "x"))),
    ).toEqual([]);
  });
});

test("every scanner's pinned list has a hash for each file of each package", () => {
  const folder = join(import.meta.dirname, "../requirements");
  const lists = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  expect(lists.sort()).toEqual(["bandit.txt", "cfn-lint.txt", "checkov.txt", "gitleaks.txt", "pip-audit.txt", "safety.txt", "zizmor.txt"]);
  for (const name of lists) {
    const requirements = readFileSync(join(folder, name), "utf8")
      .replace(/^#.*$/gm, "")
      .replace(/\\\n/g, " ")
      .split("\n")
      .filter((line) => line.trim() !== "");
    for (const requirement of requirements) expect(requirement).toMatch(/^[A-Za-z0-9._-]+==\S+ .*--hash=sha256:[0-9a-f]{64}/);
  }
});
