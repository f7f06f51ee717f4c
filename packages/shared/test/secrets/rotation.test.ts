import { judgeRotation, type RotationRules } from "../../src/secrets/rotation.ts";
import type { RotationState, SecretFacts } from "../../src/secrets/types.ts";

const day = 86_400;
const now = 1_800_000_000;
type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };
const facts = (rotation: Loose<RotationState> = {}, more: Loose<SecretFacts> = {}): SecretFacts =>
  ({
    arn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf",
    name: "db",
    changedAt: now - 10 * day,
    versions: new Map([["v1", ["AWSCURRENT"]]]),
    rotation: {
      enabled: true,
      everyDays: 30,
      last: now - 10 * day,
      next: now + 20 * day,
      functionArn: "arn:aws:lambda:eu-central-1:123456789012:function:rotate-db",
      ...rotation,
    },
    ...more,
  }) as SecretFacts;
const stuck = (changedAt: number): SecretFacts =>
  facts(
    {},
    {
      changedAt,
      versions: new Map([
        ["v1", ["AWSCURRENT"]],
        ["v2", ["AWSPENDING"]],
      ]),
    },
  );
const rules = (more: Partial<RotationRules> = {}): RotationRules => ({ required: false, ...more });

test.each`
  facts                                                                       | rules                        | made                  | found                         | because
  ${facts()}                                                                  | ${rules()}                   | ${now - day}          | ${[]}                         | ${"its next date is to come"}
  ${facts({ next: now - day })}                                               | ${rules()}                   | ${now - day}          | ${[]}                         | ${"AWS has the whole day"}
  ${facts({ next: now - day - 1 })}                                           | ${rules()}                   | ${now - day}          | ${["error rotation-overdue"]} | ${"the day is over"}
  ${facts({ next: undefined, last: now - 31 * day - 1 })}                     | ${rules()}                   | ${now - day}          | ${["error rotation-overdue"]} | ${"30 days from the last one are over"}
  ${facts({ next: undefined, last: undefined })}                              | ${rules()}                   | ${now - day}          | ${[]}                         | ${"it was never rotated, nor is it late"}
  ${facts({ enabled: false })}                                                | ${rules()}                   | ${now - day}          | ${["warning rotation-off"]}   | ${"nobody asked for rotation"}
  ${facts({ enabled: false })}                                                | ${rules({ required: true })} | ${now - day}          | ${["error rotation-off"]}     | ${"rotation is asked for"}
  ${stuck(now - 600)}                                                         | ${rules()}                   | ${now - day}          | ${["warning rotation-stuck"]} | ${"it may be running now"}
  ${stuck(now - 3601)}                                                        | ${rules()}                   | ${now - day}          | ${["error rotation-stuck"]}   | ${"no rotation takes an hour"}
  ${facts({}, { versions: new Map([["v1", ["AWSCURRENT", "AWSPENDING"]]]) })} | ${rules()}                   | ${now - day}          | ${[]}                         | ${"AWS leaves the label on the version that became current"}
  ${facts()}                                                                  | ${rules({ maxAgeDays: 30 })} | ${now - 30 * day}     | ${[]}                         | ${"30 days are allowed"}
  ${facts()}                                                                  | ${rules({ maxAgeDays: 30 })} | ${now - 30 * day - 1} | ${["error max-age"]}          | ${"a second more is not"}
  ${facts({ last: undefined }, { changedAt: undefined })}                     | ${rules({ maxAgeDays: 30 })} | ${undefined}          | ${["unknown max-age"]}        | ${"nobody knows its age"}
`("is $found: $because", ({ facts: given, rules: asked, made, found }) => {
  const remarks = judgeRotation(given, made, asked, now);
  expect(remarks.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(found);
  for (const { mend } of remarks) expect(mend).not.toBe("");
});
