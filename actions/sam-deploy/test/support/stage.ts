import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import { problemsOf } from "@aws-deploy-actions/shared/problems";
import { readConfig } from "../../src/inputs.ts";
import { sha256 } from "../../src/model/canonical.ts";
import type { Artefact } from "../../src/model/release.ts";
import type { FilesPort, ProgramResult, ReleaseStore, SamCliPort, StackPort, WatchPort } from "../../src/ports.ts";
import { type Adapters, run } from "../../src/run.ts";
import { FakeStack, fakeStackName } from "./fake-stack.ts";

/** Time that passes only when somebody waits for it. */
export class VirtualClock implements Clock {
  time = 1_800_000_000;
  onTime: (() => void) | undefined;
  private sleeps = 0;
  now(): number {
    return this.time;
  }
  async sleep(time: number, signal?: AbortSignal): Promise<void> {
    if (++this.sleeps > 20_000) throw new Error("nobody waits so often");
    signal?.throwIfAborted();
    this.time += time;
    this.onTime?.();
    await Promise.resolve();
    signal?.throwIfAborted();
  }
}

/** A process that was killed: nothing of it happens any more. */
export class Killed extends Error {}

export interface Fault {
  /** Which call of the run, from 1. */
  readonly call: number;
  readonly when: "before" | "after";
}

/** Everything outside of a run, over several runs. */
export class Stage {
  readonly clock = new VirtualClock();
  readonly stack = new FakeStack(this.clock);
  readonly files = new Map<string, string>();
  readonly records = new Map<string, string>();
  readonly templates = new Map<string, string>();
  readonly artefacts = new Map<string, Artefact>();
  readonly lines: string[] = [];
  readonly masked: string[] = [];
  readonly state: Record<string, string> = {};
  readonly outputs: Record<string, string> = {};
  readonly samRuns: string[] = [];
  http: (url: string) => { ok: boolean; says: string } = () => ({ ok: true, says: "answered 200" });
  watch: WatchPort = { alarms: async () => [], gradualDeployments: async () => [] };
  lint: ProgramResult = { code: 0, output: "" };
  build: ProgramResult = { code: 0, output: "Build Succeeded" };
  cancel = new AbortController();
  calls = 0;
  /** Of the workflow run; each run of the stage is one of its own, unless a test says otherwise. */
  runId = 0;

  constructor(template = templateOf("v1")) {
    this.files.set("template.yaml", template);
  }

  set template(text: string) {
    this.files.set("template.yaml", text);
  }

  /** Lets another run get on until the stack has a status. */
  async until(status: string): Promise<void> {
    for (let turn = 0; this.stack.status !== status; turn++) {
      if (turn > 10_000) throw new Error(`the stack never was ${status}`);
      await Promise.resolve();
    }
  }

  /** Runs the action once; `fault` kills it. Rejects with Killed then. */
  async run(inputs: Readonly<Record<string, string>> = {}, fault?: Fault, sameRun = false): Promise<ActionResult> {
    this.calls = 0;
    if (!sameRun) this.runId++;
    for (const name of Object.keys(this.state)) delete this.state[name];
    const config = readConfig({ "stack-name": fakeStackName, "aws-region": "us-east-1", ...inputs });
    const dead = { is: false };
    try {
      return await run(config, this.base(), this.adapters(fault, dead));
    } catch (error) {
      if (dead.is) throw new Killed();
      return {
        outcome: "failed",
        ok: false,
        reason: problemsOf(error)
          .map(({ what, mend }) => [what, mend].join(" "))
          .join(" "),
      };
    }
  }

  base(): Base {
    const say = (text: string): void => void this.lines.push(text);
    const runner = {
      log: say,
      startGroup: say,
      endGroup: () => undefined,
      annotate: (level: string, text: string) => say(`${level}: ${text}`),
      mask: (value: string) => void this.masked.push(value),
      hide: (text: string) => text,
      output: (name: string, value: string) => void Object.assign(this.outputs, { [name]: value }),
      saveState: (name: string, value: string) => void Object.assign(this.state, { [name]: value }),
      summary: say,
      oidcToken: async () => "token",
    };
    const journal = {
      path: "virtual.log",
      say,
      annotate: runner.annotate,
      group: async <T>(_: string, body: () => Promise<T>) => await body(),
    };
    const context = {
      repository: "o/r",
      commit: "1a2b3c4d5e6f",
      ref: "refs/heads/main",
      actor: "octocat",
      eventName: "push",
      runId: String(this.runId),
      runAttempt: "1",
      job: "deploy",
      workflow: "deploy",
      runUrl: undefined,
      apiUrl: "",
      local: true,
    };
    return { runner, journal, clock: this.clock, environment: {}, context, cancelled: this.cancel.signal } as unknown as Base;
  }

  adapters(fault?: Fault, dead: { is: boolean } = { is: false }): Adapters {
    const mortal = <T extends object>(port: T): T => this.mortal(port, fault, dead);
    return {
      files: this.filesPort(),
      http: { check: async ({ url }) => this.http(url) },
      parseConfig: () => ({}),
      sam: () => this.sam(),
      openCloud: async () => ({
        account: "111111111111",
        partition: "aws",
        region: "us-east-1",
        credentials: async () => ({}),
        stack: mortal<StackPort>(this.stack),
        store: () => mortal(this.store()),
        artefacts: {
          look: async ({ bucket, key }) => this.artefacts.get(`${bucket}/${key}`),
          putTemplate: async (_, key) => `https://s3/${key}`,
        },
        watch: this.watch,
      }),
    };
  }

  /** Counts the calls, and lets the process die at one of them. */
  private mortal<T extends object>(port: T, fault: Fault | undefined, dead: { is: boolean }): T {
    return new Proxy(port, {
      get: (target, name) => {
        const member = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return async (...args: unknown[]) => {
          if (dead.is) throw new Killed();
          const hit = ++this.calls === fault?.call;
          if (hit && fault?.when === "before") dead.is = true;
          if (dead.is) throw new Killed();
          const answer = await Reflect.apply(member, target, args).then(
            (value: unknown) => ({ value }),
            (error: unknown) => ({ error }),
          );
          if (hit) dead.is = true;
          if (dead.is) throw new Killed();
          if ("error" in answer) throw answer.error;
          return answer.value;
        };
      },
    });
  }

  private store(): ReleaseStore {
    const save = (map: Map<string, string>) => async (key: string, text: string) => {
      if (!map.has(key)) map.set(key, text);
    };
    return {
      saveRecord: save(this.records),
      loadRecord: async (key) => this.records.get(key),
      saveTemplate: save(this.templates),
      loadTemplate: async (key) => this.templates.get(key),
      templateUrl: (key) => `https://s3/${key}`,
    };
  }

  private sam(): SamCliPort {
    return {
      validate: async () => this.lint,
      build: async (source, directory) => {
        this.samRuns.push("build");
        this.files.set(`${directory}/template.yaml`, this.files.get(source) ?? "");
        return this.build;
      },
      package: async ({ templateFile, outputFile }) => {
        this.samRuns.push("package");
        this.files.set(outputFile, this.files.get(templateFile) ?? "");
        return { code: 0, output: "" };
      },
    };
  }

  private filesPort(): FilesPort {
    return {
      read: (path) => this.files.get(path),
      write: (path, content) => void this.files.set(path, content),
      list: async (directory) =>
        [...this.files.entries()]
          .filter(([path]) => path.startsWith(`${directory}/`))
          .map(([path, text]) => ({ path: path.slice(directory.length + 1), sha256: sha256(text), executable: false })),
      makeExecutable: () => undefined,
      temporary: (name) => `/tmp/${name}`,
    };
  }
}

/** A template whose description decides what becomes of it: FAIL, STUCK (fails, and so does its rollback), REMOVE (deletes a table). */
export const templateOf = (description: string, parameters: object = {}): string =>
  JSON.stringify({
    Transform: "AWS::Serverless-2016-10-31",
    Description: description,
    Parameters: parameters,
    Resources: {
      Function: { Type: "AWS::Serverless::Function", Properties: { CodeUri: `s3://packages/${description}`, Timeout: 5, MemorySize: 512 } },
    },
  });
