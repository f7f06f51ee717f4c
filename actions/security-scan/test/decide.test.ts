import type { Defect, Finding, IdentifiedFinding } from "@aws-deploy-actions/shared/findings/finding";
import { isKnown, readBaseline } from "../src/decide/baseline.ts";
import { changedPart } from "../src/decide/changed.ts";
import { applyIgnores, readIgnores } from "../src/decide/ignores.ts";
import { judgeScan, type ScannerResult } from "../src/decide/verdict.ts";
import { unreachable } from "../src/scanners/reading.ts";

const finding = (own: Partial<Finding> = {}): IdentifiedFinding => ({
  source: "bandit",
  rule: "B101",
  title: "assert",
  severity: "low",
  category: "code",
  place: { path: "tests/a/test_x.py", line: 3 },
  message: "Use of assert.",
  cwe: [],
  fingerprint: "f1",
  ...own,
});
const defect = (own: Partial<Finding> = {}, also: readonly IdentifiedFinding[] = []): Defect => ({ ...finding(own), also });

describe("the ignore file", () => {
  const entry = (own: Readonly<Record<string, string>> = {}): string => {
    const values = { rule: "bandit/B101", path: "tests/**", owner: "team", reason: "pytest", until: "2027-01-31", ...own };
    return `  - { ${Object.entries(values)
      .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
      .join(", ")} }`;
  };
  const sort = (entries: string, defects: readonly Defect[] = [defect()], today = "2027-01-31", seenAll = true) =>
    applyIgnores(defects, readIgnores(`ignores:\n${entries}\n`, "ignores.yml"), "ignores.yml", today, () => seenAll);

  test.each`
    own                              | today           | ignored  | because
    ${{}}                            | ${"2027-01-31"} | ${true}  | ${"the last day still counts"}
    ${{}}                            | ${"2027-02-01"} | ${false} | ${"it has ended"}
    ${{ rule: "bandit/*" }}          | ${"2027-01-01"} | ${true}  | ${"a star stands for any rule"}
    ${{ rule: "*/*" }}               | ${"2027-01-01"} | ${true}  | ${"and for any tool"}
    ${{ rule: "bandit/B10" }}        | ${"2027-01-01"} | ${false} | ${"a beginning is not enough"}
    ${{ path: "tests/*" }}           | ${"2027-01-01"} | ${false} | ${"a star stays within its folder"}
    ${{ path: "tests/a/test_x.py" }} | ${"2027-01-01"} | ${true}  | ${"the path itself"}
    ${{ path: "src/**" }}            | ${"2027-01-01"} | ${false} | ${"another place"}
    ${{ path: "!src/**" }}           | ${"2027-01-01"} | ${false} | ${"an exclamation mark turns nothing round"}
  `("with $own on $today ignores ($ignored): $because", ({ own, today, ignored }) => {
    expect(sort(entry(own), [defect()], today).ignored).toHaveLength(ignored ? 1 : 0);
  });

  test.each(["rule", "path", "owner", "reason", "until"])("does not honour an entry without %s, and says so at its line", (member) => {
    const { counting, about } = sort(entry({ [member]: "" }));
    expect(counting).toHaveLength(1);
    expect(about).toMatchObject([
      { rule: "ignore-broken", severity: "medium", place: { path: "ignores.yml", line: 2 }, message: expect.stringContaining(member) },
    ]);
  });

  test.each(["2027-02-30", "tomorrow", "2027-1-1", "9999"])("does not take %s for a date", (until) => {
    expect(sort(entry({ until })).about).toMatchObject([{ rule: "ignore-broken" }]);
  });

  test("reports an ended entry as a finding, and what it covered counts again", () => {
    const { counting, about } = sort(entry(), [defect()], "2027-02-01");
    expect(counting).toHaveLength(1);
    expect(about).toMatchObject([{ rule: "ignore-ended", message: expect.stringContaining("ended on 2027-01-31; team answers for it") }]);
  });

  test("reports an entry that meets nothing, but only when everything was looked at", () => {
    expect(sort(entry(), []).about).toMatchObject([{ rule: "ignore-unused", severity: "low" }]);
    expect(sort(entry(), [], "2027-01-01", false).about).toEqual([]);
  });

  test("sets what two tools report aside only when both rules are accepted", () => {
    const both = defect({}, [finding({ source: "gitleaks", rule: "generic-api-key" })]);
    expect(sort(entry(), [both]).ignored).toHaveLength(0);
    expect(sort(`${entry()}\n${entry({ rule: "gitleaks/generic-api-key" })}`, [both]).ignored).toHaveLength(1);
  });

  test.each([
    ["no YAML", "ignores: [", "no YAML"],
    ["no list", "ignore: []", 'no list "ignores"'],
    ["a list at the top", "- rule: x", 'no list "ignores"'],
  ])("ends the scan when it is %s", (_, text, says) => {
    expect(() => readIgnores(text, "ignores.yml")).toThrow(says);
  });

  test("may be empty", () => {
    expect(readIgnores("# none yet\n", "ignores.yml")).toEqual({ entries: [], broken: [] });
    expect(readIgnores("ignores: []\n", "ignores.yml").entries).toEqual([]);
  });
});

describe("a baseline", () => {
  const baseline = readBaseline(JSON.stringify({ findings: [{ fingerprints: ["f1"] }] }), "b.json");
  test("knows a defect by any tool's fingerprint of it, so a tool that is missing today makes nothing new", () => {
    expect(isKnown(defect(), baseline)).toBe(true);
    expect(isKnown({ ...defect(), fingerprint: "f2", also: [finding()] }, baseline)).toBe(true);
    expect(isKnown({ ...defect(), fingerprint: "f2" }, baseline)).toBe(false);
  });
  test("never knows a secret: a new value in an old place would pass", () => {
    expect(isKnown(defect({ category: "secret" }), baseline)).toBe(false);
  });
  test.each(["", "[]", "{}", "<xml>"])("is refused when it is no report: %j", (text) => {
    expect(() => readBaseline(text, "b.json")).toThrow("no JSON report of this action");
  });
});

describe("the verdict", () => {
  const ran: ScannerResult = { name: "bandit", state: "ran", reason: "", findings: 0, seconds: 1, origin: "" };
  const failed: ScannerResult = { ...ran, name: "trivy", state: "failed", reason: "no network" };
  const partly: ScannerResult = { ...ran, name: "checkov", state: "partly", reason: "1 file" };
  const none: ScannerResult = { ...ran, name: "safety", state: "not-applicable", reason: "no key" };
  test.each`
    severities      | scanners         | failOn        | required       | outcome         | ok       | because
    ${[]}           | ${[ran]}         | ${"high"}     | ${[]}          | ${"clean"}      | ${true}  | ${"nothing was found and all was seen"}
    ${[]}           | ${[ran, none]}   | ${"high"}     | ${["safety"]}  | ${"clean"}      | ${true}  | ${"nothing to do is not missing"}
    ${["low"]}      | ${[ran]}         | ${"high"}     | ${[]}          | ${"findings"}   | ${true}  | ${"below the threshold"}
    ${["high"]}     | ${[ran]}         | ${"high"}     | ${[]}          | ${"findings"}   | ${false} | ${"at the threshold"}
    ${["high"]}     | ${[ran]}         | ${"critical"} | ${[]}          | ${"findings"}   | ${true}  | ${"below critical"}
    ${["critical"]} | ${[ran]}         | ${"never"}    | ${[]}          | ${"findings"}   | ${true}  | ${"never means never"}
    ${["low"]}      | ${[ran]}         | ${"low"}      | ${[]}          | ${"findings"}   | ${false} | ${"everything counts"}
    ${[]}           | ${[ran, failed]} | ${"high"}     | ${[]}          | ${"incomplete"} | ${true}  | ${"nobody asked for trivy by name"}
    ${[]}           | ${[ran, failed]} | ${"high"}     | ${["trivy"]}   | ${"incomplete"} | ${false} | ${"it was required"}
    ${[]}           | ${[ran, partly]} | ${"never"}    | ${["checkov"]} | ${"incomplete"} | ${false} | ${"a part is not all"}
    ${["critical"]} | ${[ran, failed]} | ${"high"}     | ${[]}          | ${"incomplete"} | ${false} | ${"both are said, and findings fail"}
  `("is $outcome, ok $ok, when $because", ({ severities, scanners, failOn, required, outcome, ok }) => {
    const defects = (severities as Finding["severity"][]).map((severity) => defect({ severity }));
    expect(judgeScan(defects, scanners, failOn, new Set(required))).toMatchObject({ outcome, ok });
  });
});

describe("changed-only", () => {
  const tree = {
    files: ["a.py", "web/package.json", "web/package-lock.json", "web/x.js", "infra/main.tf", "infra/vars.tf", "other/main.tf"].map(
      (path) => ({ path, staged: path, size: 1 }),
    ),
    oddities: [{ path: "link", kind: "link-outside" as const, detail: "" }],
  };
  test.each`
    changed                 | scanned
    ${["a.py"]}             | ${["a.py"]}
    ${["web/package.json"]} | ${["web/package.json", "web/package-lock.json"]}
    ${["infra/vars.tf"]}    | ${["infra/main.tf", "infra/vars.tf"]}
    ${["gone/main.tf"]}     | ${[]}
    ${[]}                   | ${[]}
  `("with $changed scans $scanned", ({ changed, scanned }) => {
    const part = changedPart(tree, new Set(changed));
    expect(part.files.map(({ path }) => path)).toEqual(scanned);
    expect(part.oddities).toEqual([]);
  });
});

test.each`
  host                    | text
  ${"pypi.org"}           | ${"NameResolutionError(\"HTTPSConnection(host='pypi.org', port=443): Failed to resolve 'pypi.org' ([Errno -3] Temporary failure"}
  ${"pypi.org"}           | ${"HTTPSConnectionPool(host='pypi.org', port=443): Read timed out."}
  ${"registry.npmjs.org"} | ${"request to https://registry.npmjs.org/-/npm/v1 failed, reason: getaddrinfo ENOTFOUND registry.npmjs.org"}
  ${"mirror.gcr.io"}      | ${'Get "https://mirror.gcr.io/v2/": dial tcp: lookup mirror.gcr.io on 10.0.0.2:53: no such host'}
  ${"10.0.0.7:443"}       | ${"connect ECONNREFUSED 10.0.0.7:443"}
  ${undefined}            | ${"No such file or directory: 'pypi.org'"}
`("a failure that says $text is about the host $host", ({ host, text }) => {
  expect(unreachable(text)).toBe(host);
});
