// What real versions of scanners that need the network wrote, read by our adapters. The reports in reports/ come from trivy 0.69.3, built from its
// source and run over its own test database (references and scores cut), and from the report classes of safety 3.8.1.
import { join } from "node:path";
import { jest } from "@jest/globals";
import { cleanUp, fakes, type Story, scanStory, workspaceWith } from "./harness.ts";

jest.setTimeout(60_000);
afterAll(cleanUp);

const report = (name: string): string => join(import.meta.dirname, "reports", `${name}.json`);
/** trivy writes its report to a file. */
const writing = (name: string): string => `while [ $# -gt 1 ]; do [ "$1" = --output ] && cp '${report(name)}' "$2"; shift; done`;
const shown = ({ report: { findings } }: Story) =>
  findings.map(({ rule, path, line, severity, message }) => `${severity} ${rule} ${path}:${line} ${message.split(":")[0]}`);

test("trivy's report of a lock file: each vulnerability at the line of its package", async () => {
  const story = await scanStory({
    workspace: workspaceWith({ "web/yarn.lock": "# yarn lockfile v1\n".repeat(13) }),
    // It names files from the folder that it was given.
    path: [
      fakes({
        trivy: writing("trivy-filesystem").replace("cp '", 'sed \'s#"yarn.lock"#"web/yarn.lock"#\' \'').replace('\' "$2"', '\' > "$2"'),
      }),
      "/usr/bin",
      "/bin",
    ],
    inputs: { scanners: "trivy" },
  });
  expect(story.report.scanners).toMatchObject([{ name: "trivy", state: "ran", findings: 2 }]);
  expect(shown(story)).toEqual([
    "critical trivy/CVE-2019-10744 web/yarn.lock:10 lodash 4.17.4",
    "medium trivy/CVE-2019-11358 web/yarn.lock:5 jquery 3.2.1",
  ]);
});

test("trivy's report of an image: packages with their place in it, and a secret that it shows as stars", async () => {
  const story = await scanStory({
    workspace: workspaceWith({ Dockerfile: "FROM scratch\n" }),
    path: [fakes({ trivy: writing("trivy-image") }), "/usr/bin", "/bin"],
    inputs: { scanners: "trivy-image", image: "shop:1" },
  });
  expect(story.report.scanners).toMatchObject([{ name: "trivy-image", state: "ran", findings: 2 }]);
  expect(shown(story)).toEqual([
    "critical trivy-image/aws-access-key-id Dockerfile:1 AWS Access Key ID in shop",
    "medium trivy-image/CVE-2019-11358 Dockerfile:1 jquery 3.2.1 in shop",
  ]);
  expect(story.report.findings[1]?.message).toContain("at app/node_modules/jquery/package.json");
});

test("trivy without its database has not run", async () => {
  // Word for word what it says where the registry cannot be reached.
  const said =
    '2026-11-22T08:12:21Z\\tFATAL\\tFatal error\\trun error: init error: DB error: failed to download vulnerability DB: OCI artifact error: failed to download vulnerability DB: failed to download artifact from mirror.gcr.io/aquasec/trivy-db:2: OCI repository error: 1 error occurred:\\n\\t* Get "https://mirror.gcr.io/v2/": dial tcp: lookup mirror.gcr.io: no such host';
  const story = await scanStory({
    workspace: workspaceWith({ "yarn.lock": "# yarn lockfile v1\n" }),
    path: [fakes({ trivy: `printf '${said}' >&2; exit 1` }), "/usr/bin", "/bin"],
    inputs: { scanners: "trivy" },
  });
  expect(story.report.scanners).toMatchObject([{ state: "failed", reason: expect.stringContaining("no such host") }]);
  expect(story.outputs["outcome"]).toBe("incomplete");
  expect(story.failed).toBe(true);
});

test("safety's report: what its platform's policy excuses is told all the same", async () => {
  const story = await scanStory({
    workspace: workspaceWith({ "requirements.txt": "requests==2.32.5\nflask==0.12\n" }),
    path: [fakes({ safety: `cat '${report("safety")}'; exit 64` }), "/usr/bin", "/bin"],
    inputs: { scanners: "safety", "safety-api-key": "key-of-safety" },
  });
  expect(story.report.scanners).toMatchObject([{ name: "safety", state: "ran", findings: 2 }]);
  expect(shown(story)).toEqual([
    "high safety/36388 requirements.txt:2 flask 0.12 is in the vulnerable range <0.12.3",
    "high safety/55261 requirements.txt:2 flask 0.12 is in the vulnerable range <2.2.5",
  ]);
  expect(story.report.findings.map(({ inlineSuppression }) => inlineSuppression)).toEqual([undefined, "Safety policy: no proxy before it"]);
});

test("safety without a key does not apply, and says so", async () => {
  const story = await scanStory({
    workspace: workspaceWith({ "requirements.txt": "flask==0.12\n" }),
    path: [fakes({ safety: "exit 0" }), "/usr/bin", "/bin"],
    inputs: { scanners: "safety" },
  });
  expect(story.report.scanners).toMatchObject([{ state: "not-applicable", reason: "no safety-api-key was given" }]);
});
