// The few of jest's globals that the tests of pure code use, in this process: a changed function is tried within milliseconds, where jest
// loads every test file anew for each change. The assertions and the tables are jest's own.
import { expect } from "expect";
import { bind } from "jest-each";

export interface Test {
  /** File and full name, numbered where two have one name. */
  readonly id: string;
  readonly file: string;
  readonly run: () => unknown;
}

/** Loads test files and gives their tests in order. */
export async function collect(files: readonly string[], load: (file: string) => Promise<unknown>): Promise<readonly Test[]> {
  const tests = new Map<string, Test>();
  const above: string[] = [];
  let file = "";
  const test = (name: string, run: () => unknown): void => {
    const title = [file, ...above, name].join(" › ");
    const id = tests.has(title) ? `${title} (${tests.size})` : title;
    tests.set(id, { id, file, run });
  };
  const describe = (name: string, body: () => void): void => {
    above.push(name);
    body();
    above.pop();
  };
  const each = (add: (name: string, run: () => void) => void) => bind((name, run) => add(name, run as () => void), false, false);
  Object.assign(globalThis, {
    expect,
    test: Object.assign(test, { each: each(test) }),
    describe: Object.assign(describe, { each: each(describe) }),
  });
  for (file of files) await load(file);
  return [...tests.values()];
}

/** Runs one test. @returns what failed, or undefined */
export async function failureOf(test: Test): Promise<string | undefined> {
  try {
    await test.run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
