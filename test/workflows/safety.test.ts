import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type Job, textOf, workflowNames, workflowOf } from "./workflow.ts";

const reusable = [
  "container-pipeline.yml",
  "sam-pipeline.yml",
  "emergency-rollback.yml",
  "deployment-guard.yml",
  "secrets-check.yml",
  "posture-check.yml",
  "fleet-deploy.yml",
];
const jobs = workflowNames().flatMap((file) => Object.entries(workflowOf(file).jobs).map(([name, job]) => ({ file, name, job })));
const steps = jobs.flatMap(({ file, name, job }) => (job.steps ?? []).map((step) => ({ file, name, step })));
const takesRole = (job: Job): boolean =>
  (job.steps ?? []).some(({ with: given = {} }) =>
    Object.keys(given).some((key) => key === "oidc-role-to-assume" || key === "role-to-assume"),
  );
const expression = (text: string): string => `$\{{ ${text} }}`;
const shown = ({ file, name }: { readonly file: string; readonly name: string }): string => `${file} ${name}`;

test("the workflows that others call are there, and can be called", () => {
  expect(reusable.filter((file) => workflowOf(file).on.workflow_call === undefined)).toEqual([]);
});

test("every input is typed and described, every secret is named", () => {
  for (const file of reusable) {
    const call = workflowOf(file).on.workflow_call;
    for (const input of Object.values(call?.inputs ?? {})) {
      expect(input.type).toMatch(/^(string|number|boolean)$/);
      expect(input.description).not.toBe("");
      expect(input.required === true || input.default !== undefined).toBe(true);
    }
    expect(textOf(file)).not.toMatch(/secrets: inherit/);
  }
});

describe("permissions", () => {
  test("nothing is granted at the top", () => {
    for (const file of workflowNames()) expect({ file, permissions: workflowOf(file).permissions }).toEqual({ file, permissions: {} });
  });

  test("a token for AWS is for jobs with an environment alone, and every one of those takes a role", () => {
    const withToken = jobs.filter(({ job }) => job.permissions?.["id-token"] === "write" && job.uses === undefined);
    expect(withToken.filter(({ job }) => job.environment === undefined).map(shown)).toEqual([]);
    expect(withToken.filter(({ file, job }) => file !== "release.yml" && !takesRole(job)).map(shown)).toEqual([]);
    expect(jobs.filter(({ job }) => takesRole(job) && job.permissions?.["id-token"] !== "write").map(shown)).toEqual([]);
  });

  test("only a release writes to the repository", () => {
    const writing = jobs.filter(({ job }) =>
      Object.entries(job.permissions ?? {}).some(([key, level]) => key !== "id-token" && level === "write"),
    );
    expect(writing.map(shown)).toEqual(["release.yml publish"]);
  });

  test("a caller of a pipeline grants contents: read and id-token: write, no more", () => {
    for (const file of reusable) {
      const asked = new Set(
        Object.values(workflowOf(file).jobs).flatMap(({ permissions = {} }) =>
          Object.entries(permissions).map(([key, level]) => `${key}: ${level}`),
        ),
      );
      expect([...asked].filter((one) => one !== "contents: read" && one !== "id-token: write")).toEqual([]);
    }
  });
});

describe("jobs with a role", () => {
  const withRole = jobs.filter(({ job }) => takesRole(job));

  test("refuse forks and pull_request_target by their condition, before a token is asked for", () => {
    for (const { file, name, job } of withRole.filter(({ name: job }) => !job.endsWith("-guard"))) {
      expect({ file, name, refuses: String(job.if).includes("!github.event.repository.fork") }).toEqual({ file, name, refuses: true });
      expect(String(job.if)).toMatch(/github\.event_name == '/);
    }
  });

  test("restore no cache that another job can write", () => {
    for (const { job } of withRole) {
      for (const { uses = "", with: given = {} } of job.steps ?? []) {
        expect(uses).not.toMatch(/^actions\/(cache|setup-)/);
        expect(Object.keys(given).filter((key) => /cache/.test(key))).toEqual([]);
      }
    }
  });

  test("have a limit in time", () => {
    expect(jobs.filter(({ job }) => job.uses === undefined && job["timeout-minutes"] === undefined).map(shown)).toEqual([]);
  });
});

describe("concurrency", () => {
  const deploying = jobs.filter(({ job }) =>
    (job.steps ?? []).some(({ uses }) => /actions\/(blue-green-deploy|sam-deploy)$/.test(uses ?? "")),
  );

  test("one environment has one deployment at a time; the next ones wait, none is dropped, none is cancelled", () => {
    for (const { file, name, job } of deploying.filter(({ name: job }) => job !== "build")) {
      expect({ file, name, ...job.concurrency }).toMatchObject({ "cancel-in-progress": false, queue: "max" });
      expect(job.concurrency?.group).toMatch(/^deploy-\$\{\{ (inputs|matrix\.target)\.application \}\}-/);
    }
  });

  test("a guard waits for the deployment that it guards", () => {
    const { jobs: pipeline } = workflowOf("container-pipeline.yml");
    for (const name of ["dev", "staging", "production"]) {
      expect(pipeline[`${name}-guard`]?.concurrency?.group).toBe(pipeline[name]?.concurrency?.group);
    }
  });

  test("an emergency rollback waits for no deployment, and asks no reviewer of one", () => {
    const job = workflowOf("emergency-rollback.yml").jobs["rollback"];
    expect(job?.concurrency?.group).toMatch(/^emergency-rollback-/);
    expect(job?.environment).toContain("-emergency");
  });

  test("nothing that runs is cancelled by another run", () => {
    for (const { job } of jobs) expect(job.concurrency?.["cancel-in-progress"] ?? false).toBe(false);
  });

  test("a failing target of a wave ends no other one half-way", () => {
    expect(workflowOf("fleet-wave.yml").jobs["deploy"]?.strategy?.["fail-fast"]).toBe(false);
  });
});

describe("what is run", () => {
  test("actions of others are pinned by their commit, with the version beside it", () => {
    for (const file of workflowNames()) {
      for (const line of textOf(file).split("\n")) {
        const uses = /^\s*(?:- )?uses: (.*)$/.exec(line)?.[1];
        if (uses === undefined || uses.startsWith("$/") || uses.startsWith("./.github/")) continue;
        expect(uses).toMatch(/^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      }
    }
  });

  test("one action has one commit in all files", () => {
    const pins = new Set(steps.flatMap(({ step }) => (step.uses?.includes("@") ? [step.uses] : [])));
    expect(pins.size).toBe(new Set([...pins].map((pin) => pin.split("@")[0])).size);
  });

  test("no script holds an expression: what comes from outside comes through the environment", () => {
    expect(steps.filter(({ step }) => step.run?.includes("${{")).map(({ file, name }) => `${file} ${name}`)).toEqual([]);
  });

  test("no secret is in reach of a step that runs the repository's own commands", () => {
    for (const { step } of steps.filter(({ step: one }) => one.env?.["COMMAND"] !== undefined))
      expect(JSON.stringify(step)).not.toContain("secrets.");
  });

  test("our own actions get inputs that they have", () => {
    for (const { file, step } of steps) {
      const action = /^\$\/(actions\/[\w-]+)$/.exec(step.uses ?? "")?.[1];
      const path = join(import.meta.dirname, "..", "..", action ?? "", "action.yml");
      if (action === undefined) continue;
      const described = Object.keys((parse(readFileSync(path, "utf8")) as { inputs: object }).inputs);
      expect({ file, action, unknown: Object.keys(step.with ?? {}).filter((name) => !described.includes(name)) }).toEqual({
        file,
        action,
        unknown: [],
      });
    }
  });

  test("what is pushed is deployed by its digest, what is built by SAM by its digest", () => {
    const container = workflowOf("container-pipeline.yml").jobs;
    const sam = workflowOf("sam-pipeline.yml").jobs;
    for (const name of ["dev", "staging", "production"]) {
      expect(container[name]?.steps?.find(({ id }) => id === "deploy")?.with?.["image"]).toBe(
        expression("inputs.image || needs.push.outputs.image"),
      );
      expect(sam[name]?.steps?.find(({ id }) => id === "deploy")?.with?.["build-digest"]).toBe(
        expression("needs.build.outputs.build-digest"),
      );
    }
    expect(container["push"]?.steps?.at(-1)?.run).toContain("RepoDigests");
  });

  test("production is watched for half an hour", () => {
    const { jobs: pipeline, on } = workflowOf("container-pipeline.yml");
    const given = pipeline["production"]?.steps?.find(({ id }) => id === "deploy")?.with?.["rollback-window"];
    expect(given).toBe(expression("inputs.production-rollback-window"));
    expect(on.workflow_call?.inputs["production-rollback-window"]?.default).toBe("30");
  });
});
