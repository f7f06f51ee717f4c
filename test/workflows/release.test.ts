// The scripts of release.yml, with a git repository of their own and a GitHub CLI that writes down what it is asked.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { step } from "./step.ts";
import { workflowOf } from "./workflow.ts";

const changelog = "# Changelog\n\n## Unreleased\n\n## 1.4.0\n\n- Fleets.\n\n## [1.3.0]\n\n- Pipelines.\n\n## 1.2.0\n";

function repository(): string {
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  writeFileSync(join(folder, "CHANGELOG.md"), changelog);
  const git = (...args: readonly string[]): void => {
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: folder, stdio: "ignore" });
  };
  git("init");
  git("add", "--all");
  git("commit", "--message", "Begin");
  git("tag", "v1.1.0");
  return folder;
}

describe("the version of a release", () => {
  test.each`
    version    | tag         | major   | notes
    ${"1.4.0"} | ${"v1.4.0"} | ${"v1"} | ${"\n- Fleets.\n\n"}
    ${"1.3.0"} | ${"v1.3.0"} | ${"v1"} | ${"\n- Pipelines.\n\n"}
  `("$version is $tag, moves $major, and takes its own section of the changelog", ({ version, tag, major, notes }) => {
    const folder = repository();
    const { status, outputs } = step("release.yml", "verify", "version", { VERSION: version }, {}, folder);
    expect({ status, outputs }).toEqual({ status: 0, outputs: { tag, major } });
    expect(readFileSync(join(folder, "notes.md"), "utf8")).toBe(notes);
  });

  test.each`
    version        | said
    ${"1.1.0"}     | ${"v1.1.0 exists; a release is never changed"}
    ${"1.2.0"}     | ${"CHANGELOG.md has no section ## 1.2.0"}
    ${"1.5.0"}     | ${"CHANGELOG.md has no section ## 1.5.0"}
    ${"v1.4.0"}    | ${"v1.4.0 is no version such as 1.4.0"}
    ${"1.04.0"}    | ${"1.04.0 is no version such as 1.4.0"}
    ${"1.4.0; id"} | ${"1.4.0; id is no version such as 1.4.0"}
  `("$version: $said", ({ version, said }) => {
    const { status, said: heard } = step("release.yml", "verify", "version", { VERSION: version }, {}, repository());
    expect({ failed: status !== 0, heard }).toEqual({ failed: true, heard: expect.stringContaining(said) });
  });
});

describe("what a release publishes", () => {
  function publish(refuse: string): readonly string[] {
    const programs = mkdtempSync(join(tmpdir(), "programs-"));
    const file = join(programs, "asked");
    const script = `#!/bin/sh\necho "$*" >> ${file}\ncase "$*" in ${refuse === "" ? "'no such call'" : refuse}) exit 1 ;; esac\n`;
    writeFileSync(join(programs, "gh"), script);
    chmodSync(join(programs, "gh"), 0o755);
    const { status } = step("release.yml", "publish", "Tag, release, move the major tag", {
      PATH: `${programs}:${process.env["PATH"]}`,
      GITHUB_REPOSITORY: "octo/aws-deploy-actions",
      GITHUB_SHA: "c0ffee",
      TAG: "v1.4.0",
      MAJOR: "v1",
    });
    return [...(existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []), `exit ${status}`];
  }
  const tag = "api repos/octo/aws-deploy-actions/git/refs -f ref=refs/tags/v1.4.0 -f sha=c0ffee";
  const release =
    "release create v1.4.0 bundles.tar.gz sbom.cdx.json --repo octo/aws-deploy-actions --verify-tag --title v1.4.0 --notes-file notes.md";
  const move = "api --method PATCH repos/octo/aws-deploy-actions/git/refs/tags/v1 -f sha=c0ffee -F force=true";
  const first = "api repos/octo/aws-deploy-actions/git/refs -f ref=refs/tags/v1 -f sha=c0ffee";

  test.each`
    refused               | asked                                    | because
    ${""}                 | ${[tag, release, move, "exit 0"]}        | ${"the major tag is moved last"}
    ${"*PATCH*"}          | ${[tag, release, move, first, "exit 0"]} | ${"the first release of a major version makes its tag"}
    ${"*tags/v1.4.0*"}    | ${[tag, "exit 1"]}                       | ${"a tag that exists ends it"}
    ${"*release*create*"} | ${[tag, release, "exit 1"]}              | ${"no major tag points at what is not released"}
  `("$because", ({ refused, asked }) => {
    expect(publish(refused)).toEqual(asked);
  });

  test("its provenance is attested, of what was verified", () => {
    const { verify, publish: job } = workflowOf("release.yml").jobs;
    expect(job?.needs).toEqual(["verify"]);
    const names = (job?.steps ?? []).map(({ uses, name }) => uses?.split("@")[0] ?? name);
    expect(names).toEqual(["actions/download-artifact", "actions/attest-build-provenance", "Tag, release, move the major tag"]);
    expect(job?.steps?.[1]?.with).toEqual({ "subject-path": "bundles.tar.gz\nsbom.cdx.json\n" });
    expect(verify?.steps?.some(({ run }) => run === ".ci/run")).toBe(true);
    expect(existsSync(join(import.meta.dirname, "..", "..", ".ci", "run"))).toBe(true);
  });
});
