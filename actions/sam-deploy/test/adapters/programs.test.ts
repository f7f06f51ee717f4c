import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@aws-deploy-actions/shared/clock";
import {
  findProgram,
  forPrograms,
  ProgramMissing,
  runDetached,
  runProgram,
  withoutCredentials,
} from "@aws-deploy-actions/shared/stacks/program";
import { packageArguments } from "../../src/adapters/sam-cli.ts";

const environment = { PATH: "/usr/local/bin:/usr/bin:/bin" };

test("arguments reach a program as they are: nothing is a shell's to read", async () => {
  const nasty = ["$(id)", "`id`", "a b", "--x=y z", "'", '"', "*", "\n", "; exit 1"];
  const { out, code } = await runProgram("printf", ["%s|", ...nasty], { environment });
  expect({ code, out }).toEqual({ code: 0, out: nasty.map((one) => `${one}|`).join("") });
});

test("a missing program, a failing one, and one that says more on both streams", async () => {
  await expect(runProgram("no-such-program", [], { environment })).rejects.toThrow(ProgramMissing);
  const lines: string[] = [];
  const ended = await runProgram("sh", ["-c", "echo one; echo two >&2; printf three; exit 7"], {
    environment,
    onLine: (line, stream) => lines.push(`${stream}:${line}`),
  });
  expect(ended.code).toBe(7);
  expect([...lines].sort()).toEqual(["err:two", "out:one", "out:three"]);
});

test("an interrupted program may clean up; one that does not end is killed", async () => {
  const cancel = new AbortController();
  const polite = runProgram("sh", ["-c", "trap 'echo cleaned; exit 3' INT; echo ready; while :; do sleep 0.05; done"], {
    environment,
    signal: cancel.signal,
    onLine: (line) => {
      if (line === "ready") cancel.abort();
    },
  });
  expect(await polite).toMatchObject({ code: 3, out: "ready\ncleaned\n" });
  const stop = new AbortController();
  const deaf = runProgram("sh", ["-c", "trap '' INT; echo ready; while :; do sleep 0.05; done"], {
    environment,
    signal: stop.signal,
    grace: 100,
    onLine: () => stop.abort(),
  });
  expect((await deaf).code).toBe(137);
});

test("a detached program is followed through its file, and ends by one interrupt", async () => {
  const cancel = new AbortController();
  const lines: string[] = [];
  const outputFile = join(mkdtempSync(join(tmpdir(), "detached-")), "output");
  let pid = 0;
  const code = await runDetached(
    "sh",
    ["-c", "trap 'echo stopped; exit 5' INT; printf 'grü'; sleep 0.05; echo 'ße'; while :; do sleep 0.05; done"],
    {
      environment,
      directory: tmpdir(),
      signal: cancel.signal,
      clock: systemClock(),
      outputFile,
      onStart: (started) => {
        pid = started;
      },
      onLine: (line) => {
        lines.push(line);
        if (line === "grüße") cancel.abort();
      },
    },
  );
  expect({ code, lines, started: pid > 1 }).toEqual({ code: 5, lines: ["grüße", "stopped"], started: true });
});

test("programs get no inputs, tokens or runner's files; those that run a project's scripts no AWS credentials either", () => {
  const all = {
    PATH: "p",
    "INPUT_PARAMETER-OVERRIDES": "secret",
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t",
    GITHUB_TOKEN: "t",
    GITHUB_OUTPUT: "f",
    GITHUB_SHA: "s",
    STATE_x: "1",
    AWS_ACCESS_KEY_ID: "a",
    AWS_SESSION_TOKEN: "s",
    AWS_REGION: "r",
  };
  expect(Object.keys(forPrograms(all)).sort()).toEqual(["AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_SESSION_TOKEN", "GITHUB_SHA", "PATH"]);
  expect(Object.keys(withoutCredentials(all)).sort()).toEqual(["AWS_REGION", "GITHUB_SHA", "PATH"]);
});

test("a program is found where PATH says, and only if it can be run", () => {
  const folder = mkdtempSync(join(tmpdir(), "path-"));
  writeFileSync(join(folder, "tool"), "", { mode: 0o644 });
  expect(findProgram("tool", { PATH: `/nowhere:${folder}` })).toBeUndefined();
  writeFileSync(join(folder, "other"), "", { mode: 0o755 });
  expect(findProgram("other", { PATH: `/nowhere::${folder}` })).toBe(join(folder, "other"));
});

test("the arguments of sam package", () => {
  const base = { templateFile: "t", outputFile: "o", region: "r", imageRepositories: [], signingProfiles: [] };
  expect(packageArguments({ ...base, resolveBucket: true })).toContain("--resolve-s3");
  expect(
    packageArguments({ ...base, resolveBucket: false, bucket: "-b", prefix: "p q", kmsKey: "k", imageRepositories: ["F=x", "G=y"] }),
  ).toEqual(
    expect.arrayContaining(["--s3-bucket=-b", "--s3-prefix=p q", "--kms-key-id=k", "--image-repositories=F=x", "--image-repositories=G=y"]),
  );
});
