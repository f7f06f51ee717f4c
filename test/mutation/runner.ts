// Stryker's test runner for pure code: loads the tests once, then runs only those that reach a changed place, quickest first.
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { INSTRUMENTER_CONSTANTS } from "@stryker-mutator/api/core";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import {
  type DryRunResult,
  DryRunStatus,
  type MutantRunOptions,
  type MutantRunResult,
  MutantRunStatus,
  type TestRunner,
  type TestRunnerCapabilities,
  TestStatus,
} from "@stryker-mutator/api/test-runner";
import { collect, failureOf, type Test } from "./suite.ts";

/** What the changed code reads and counts; its name is Stryker's. */
interface Switchboard {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: { static: Record<string, number>; perTest: Record<string, Record<string, number>> };
}

const workspace = /^@aws-deploy-actions\/(shared|rollout|local-cloud)\/(.+)$/;

/** Workspace packages are links to the tree itself: the changed copy is imported instead. */
function importTheCopy(copy: string): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      const found = workspace.exec(specifier);
      return next(
        found === null ? specifier : pathToFileURL(join(copy, "packages", found[1] ?? "", "src", `${found[2]}.ts`)).href,
        context,
      );
    },
  });
}

/** Thousands of judgements each: they would take hours here. What they alone would notice counts as survived. */
const leftOut = /traces\.test\.ts|› on simulated canaries ›/;

/** In the copy: another process runs the changed code, and wants the quickest tests first. */
const durationsFile = "durations.json";

class InProcess implements TestRunner {
  readonly #board: Switchboard;
  #loaded: Promise<readonly Test[]> | undefined;
  /** What each test took in the first run, in milliseconds. */
  #durations: Readonly<Record<string, number>> | undefined;

  constructor() {
    const place = globalThis as unknown as Record<string, Switchboard>;
    this.#board = place[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {};
    importTheCopy(process.cwd());
  }

  capabilities(): TestRunnerCapabilities {
    return { reloadEnvironment: false };
  }

  #tests(): Promise<readonly Test[]> {
    const copy = process.cwd();
    const files = globSync("packages/rollout/test/{decide,judge}/**/*.test.ts", { cwd: copy }).sort();
    const load = (file: string): Promise<unknown> => import(pathToFileURL(join(copy, file)).href);
    this.#loaded ??= collect(files, load).then((tests) => tests.filter(({ id }) => !leftOut.test(id)));
    return this.#loaded;
  }

  async dryRun(): Promise<DryRunResult> {
    const board = this.#board;
    board.mutantCoverage = { static: {}, perTest: {} };
    const tests = [];
    for (const test of await this.#tests()) {
      board.currentTestId = test.id;
      const begin = performance.now();
      const failureMessage = await failureOf(test);
      const base = { id: test.id, name: test.id, fileName: relative(process.cwd(), test.file), timeSpentMs: performance.now() - begin };
      tests.push(
        failureMessage === undefined
          ? ({ ...base, status: TestStatus.Success } as const)
          : ({ ...base, status: TestStatus.Failed, failureMessage } as const),
      );
    }
    board.currentTestId = undefined;
    writeFileSync(durationsFile, JSON.stringify(Object.fromEntries(tests.map((test) => [test.id, test.timeSpentMs]))));
    return { status: DryRunStatus.Complete, tests, mutantCoverage: board.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation, disableBail }: MutantRunOptions): Promise<MutantRunResult> {
    const board = this.#board;
    if (mutantActivation === "static") board.activeMutant = activeMutant.id;
    try {
      const wanted = new Set(testFilter);
      const tests = (await this.#tests()).filter((test) => testFilter === undefined || wanted.has(test.id));
      Object.assign(board, { activeMutant: activeMutant.id, hitCount: hitLimit === undefined ? undefined : 0, hitLimit });
      return await this.#kill(this.#quickestFirst(tests), disableBail);
    } catch (error) {
      // It does not even load: no test has judged it.
      return { status: MutantRunStatus.Error, errorMessage: String(error) };
    } finally {
      Object.assign(board, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
    }
  }

  async #kill(tests: readonly Test[], goesOn: boolean): Promise<MutantRunResult> {
    const killedBy: string[] = [];
    let failureMessage = "";
    for (const [index, test] of tests.entries()) {
      const failure = await failureOf(test);
      const { hitCount, hitLimit } = this.#board;
      if (hitCount !== undefined && hitLimit !== undefined && hitCount > hitLimit)
        return { status: MutantRunStatus.Timeout, reason: `reached ${hitCount} times` };
      if (failure === undefined) continue;
      killedBy.push(test.id);
      failureMessage ||= failure;
      if (!goesOn) return { status: MutantRunStatus.Killed, killedBy, failureMessage, nrOfTests: index + 1 };
    }
    if (killedBy.length > 0) return { status: MutantRunStatus.Killed, killedBy, failureMessage, nrOfTests: tests.length };
    return { status: MutantRunStatus.Survived, nrOfTests: tests.length };
  }

  #quickestFirst(tests: readonly Test[]): readonly Test[] {
    this.#durations ??= JSON.parse(readFileSync(durationsFile, "utf8")) as Readonly<Record<string, number>>;
    const of = (test: Test): number => this.#durations?.[test.id] ?? 0;
    return tests.toSorted((a, b) => of(a) - of(b));
  }
}

/** @public Stryker looks for this name. */
export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "in-process", InProcess)];
