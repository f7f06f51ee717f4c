import type { TrafficOn } from "@aws-deploy-actions/rollout/colours";
import { askedVersion, type Destination, previousVersion, revisionOf } from "../src/destination.ts";
import { revision, saved, service, succeeded, written } from "./build.ts";

const told = (where: Destination): string => {
  switch (where.kind) {
    case "go":
      return `to ${where.to} ${where.revision.split("/").at(-1)}, leaving ${where.leaving.split("/").at(-1)}`;
    case "there":
      return `there, on ${where.on}`;
    case "nowhere":
      return "nowhere";
  }
};

interface Row {
  readonly on: TrafficOn;
  readonly blue: string;
  readonly green: string;
  readonly last: string;
  readonly ended: string;
  readonly good: string;
  readonly expected: string;
}

const decide = ({ on, blue, green, last, ended, good }: Row): Destination =>
  previousVersion({
    on,
    services: { blue: service("blue", blue), green: service("green", green) },
    written: written(last === "" ? undefined : saved(last, ended as "running"), good === "" ? undefined : succeeded(good)),
  });

describe("the previous version", () => {
  test.each`
    on           | blue           | green          | last                               | ended                | good                               | expected
    ${"green"}   | ${"shop:1 x2"} | ${"shop:2 x2"} | ${"deploy shop:1 to green shop:2"} | ${"succeeded"}       | ${"deploy shop:1 to green shop:2"} | ${"to blue shop:1, leaving shop:2"}
    ${"green"}   | ${"shop:1 x0"} | ${"shop:2 x2"} | ${"deploy shop:1 to green shop:2"} | ${"succeeded"}       | ${"deploy shop:1 to green shop:2"} | ${"to blue shop:1, leaving shop:2"}
    ${"green"}   | ${"shop:3 x0"} | ${"shop:2 x2"} | ${"deploy shop:2 to blue shop:3"}  | ${"rolled-back"}     | ${"deploy shop:1 to green shop:2"} | ${"to blue shop:1, leaving shop:2"}
    ${"green"}   | ${"shop:3 x0"} | ${"shop:2 x2"} | ${"deploy shop:2 to blue shop:3"}  | ${"failed"}          | ${"deploy shop:1 to green shop:2"} | ${"to blue shop:1, leaving shop:2"}
    ${"green"}   | ${"shop:1 x2"} | ${"shop:2 x2"} | ${"deploy shop:1 to green shop:2"} | ${"running"}         | ${""}                              | ${"to blue shop:1, leaving shop:2"}
    ${"split"}   | ${"shop:1 x2"} | ${"shop:2 x2"} | ${"deploy shop:1 to green shop:2"} | ${"running"}         | ${""}                              | ${"to blue shop:1, leaving shop:2"}
    ${"blue"}    | ${"shop:1 x2"} | ${"shop:2 x2"} | ${"deploy shop:1 to green shop:2"} | ${"running"}         | ${"deploy shop:0 to blue shop:1"}  | ${"to blue shop:1, leaving shop:2"}
    ${"green"}   | ${"shop:1 x2"} | ${"shop:2 x2"} | ${"deploy shop:1 to green shop:2"} | ${"inconclusive"}    | ${"deploy shop:0 to blue shop:1"}  | ${"to blue shop:1, leaving shop:2"}
    ${"green"}   | ${"shop:1 x2"} | ${"shop:2 x2"} | ${"deploy shop:1 to green shop:2"} | ${"rollback-failed"} | ${"deploy shop:0 to blue shop:1"}  | ${"to blue shop:1, leaving shop:2"}
    ${"blue"}    | ${"shop:1 x2"} | ${"shop:2 x0"} | ${"return shop:2 to blue shop:1"}  | ${"succeeded"}       | ${"return shop:2 to blue shop:1"}  | ${"there, on blue"}
    ${"blue"}    | ${"shop:1 x2"} | ${"shop:3 x0"} | ${"deploy shop:1 to green shop:3"} | ${"rolled-back"}     | ${"return shop:2 to blue shop:1"}  | ${"there, on blue"}
    ${"blue"}    | ${"shop:1 x2"} | ${"shop:2 x2"} | ${"return shop:2 to blue shop:1"}  | ${"running"}         | ${"deploy shop:1 to green shop:2"} | ${"to blue shop:1, leaving shop:2"}
    ${"green"}   | ${"shop:1 x0"} | ${"shop:2 x2"} | ${"return shop:2 to blue shop:1"}  | ${"rollback-failed"} | ${"deploy shop:1 to green shop:2"} | ${"to blue shop:1, leaving shop:2"}
    ${"blue"}    | ${"shop:1 x2"} | ${"shop:2 x2"} | ${"deploy shop:1 to green shop:2"} | ${"succeeded"}       | ${"deploy shop:1 to green shop:2"} | ${"to blue shop:1, leaving shop:2"}
    ${"split"}   | ${"shop:1 x2"} | ${"shop:2 x2"} | ${"deploy shop:1 to green shop:2"} | ${"succeeded"}       | ${"deploy shop:1 to green shop:2"} | ${"to blue shop:1, leaving shop:2"}
    ${"split"}   | ${"shop:1 x2"} | ${"shop:2 x2"} | ${"return shop:2 to blue shop:1"}  | ${"succeeded"}       | ${"return shop:2 to blue shop:1"}  | ${"to blue shop:1, leaving shop:2"}
    ${"green"}   | ${"shop:1 x2"} | ${"shop:9 x2"} | ${"deploy shop:1 to green shop:2"} | ${"succeeded"}       | ${"deploy shop:1 to green shop:2"} | ${"to blue shop:2, leaving shop:9"}
    ${"green"}   | ${"shop:1 x2"} | ${"shop:9 x2"} | ${"return shop:2 to blue shop:1"}  | ${"succeeded"}       | ${"return shop:2 to blue shop:1"}  | ${"to blue shop:1, leaving shop:9"}
    ${"green"}   | ${"shop:1 x2"} | ${"shop:2 x2"} | ${""}                              | ${""}                | ${""}                              | ${"to blue shop:1, leaving shop:2"}
    ${"split"}   | ${"shop:1 x2"} | ${"shop:2 x2"} | ${""}                              | ${""}                | ${""}                              | ${"to blue shop:1, leaving shop:2"}
    ${"green"}   | ${"shop:1 x0"} | ${"shop:2 x2"} | ${""}                              | ${""}                | ${""}                              | ${"nowhere"}
    ${"blue"}    | ${"shop:1 x2"} | ${"shop:2 x2"} | ${""}                              | ${""}                | ${""}                              | ${"nowhere"}
    ${"green"}   | ${"shop:2 x2"} | ${"shop:2 x2"} | ${""}                              | ${""}                | ${""}                              | ${"nowhere"}
    ${"green"}   | ${"web:1 x2"}  | ${"shop:2 x2"} | ${""}                              | ${""}                | ${""}                              | ${"nowhere"}
    ${"unknown"} | ${"shop:1 x0"} | ${"shop:2 x0"} | ${""}                              | ${""}                | ${""}                              | ${"nowhere"}
  `("users on $on (blue $blue, green $green), last: $last $ended, good: $good → $expected", (row: Row) => {
    expect(told(decide(row))).toBe(row.expected);
  });

  test("is decided from AWS alone when the record cannot be read, and that is said", () => {
    const services = { blue: service("blue", "shop:1 x2"), green: service("green", "shop:2 x2") };
    const where = previousVersion({ on: "green", services, written: undefined });
    expect(where).toMatchObject({
      kind: "go",
      to: "blue",
      why: expect.stringMatching(/^The record of deployments could not be read; blue was taken/),
    });
  });

  test("says what to give where nobody knows it", () => {
    const services = { blue: service("blue", "shop:1 x0"), green: service("green", "shop:2 x2") };
    expect(previousVersion({ on: "green", services, written: written(undefined, undefined) })).toMatchObject({
      problem: {
        what: "There is no record of a deployment that succeeded, and blue is empty, so nobody can say whether what it holds ever worked (blue holds shop:1, 0 tasks run; green holds shop:2, 2 tasks run). Nothing was changed.",
        mend: "Say which version users shall have, for example to: shop:1",
      },
    });
  });
});

describe("a version that was asked for", () => {
  test.each`
    asked       | on         | blue           | green          | last                               | expected
    ${"shop:1"} | ${"green"} | ${"shop:1 x2"} | ${"shop:2 x2"} | ${""}                              | ${"to blue shop:1, leaving shop:2"}
    ${"shop:0"} | ${"green"} | ${"shop:1 x2"} | ${"shop:2 x2"} | ${""}                              | ${"to blue shop:0, leaving shop:2"}
    ${"shop:2"} | ${"green"} | ${"shop:1 x2"} | ${"shop:2 x2"} | ${""}                              | ${"there, on green"}
    ${"shop:1"} | ${"blue"}  | ${"shop:1 x2"} | ${"shop:2 x2"} | ${"deploy shop:1 to green shop:2"} | ${"to blue shop:1, leaving shop:2"}
    ${"shop:2"} | ${"split"} | ${"shop:1 x2"} | ${"shop:2 x2"} | ${"deploy shop:1 to green shop:2"} | ${"to green shop:2, leaving shop:1"}
    ${"shop:0"} | ${"split"} | ${"shop:1 x2"} | ${"shop:2 x2"} | ${"deploy shop:1 to green shop:2"} | ${"nowhere"}
  `("$asked, users on $on (blue $blue, green $green) → $expected", ({ asked, on, blue, green, last, expected }) => {
    const services = { blue: service("blue", blue), green: service("green", green) };
    const record = written(last === "" ? undefined : saved(last, "running"), undefined);
    expect(told(askedVersion(revision(asked), { on, services, written: record }))).toBe(expected);
  });

  test.each([
    ["d-1", [saved("deploy shop:1 to green shop:2", "succeeded")], { revision: revision("shop:2") }],
    ["d-1", [saved("deploy shop:1 to green shop:2", "rolled-back")], { mend: "If you mean its version all the same: to: shop:2" }],
    ["d-1", [saved("deploy shop:1 to green shop:2", "running")], { what: expect.stringContaining("it is not finished") }],
    [
      "d-2",
      [saved("deploy shop:1 to green shop:2", "succeeded"), undefined],
      { what: "to: there is no record of deployment d-2. Recorded: d-1 (shop:2)." },
    ],
    ["d-2", [undefined], { what: "to: there is no record of deployment d-2. No deployment is recorded." }],
  ])("deployment %s of %o is %o", (id, known, expected) => {
    expect(revisionOf(id, known)).toMatchObject(expected);
  });
});
