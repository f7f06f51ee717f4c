// What each status means: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html#cfn-console-view-stack-data-resources-status-codes
import { answerTo, type Circumstances, type Purpose, purposes, type Standing } from "../../src/decide/status.ts";
import { stackStatuses } from "../../src/model/stack.ts";

const circumstances = (given: Partial<Circumstances> = {}): Circumstances => ({
  stack: "api-dev",
  whenBusy: "wait",
  terminationProtection: false,
  ...given,
});

const table = `
status                                      | deploy            | plan   | execute | rollback          | cancel            | status
ABSENT                                      | create            | create | refuse  | refuse            | refuse            | report
REVIEW_IN_PROGRESS                          | create            | create | create  | refuse            | nothing           | report
CREATE_IN_PROGRESS                          | wait              | wait   | wait    | wait              | refuse            | report
CREATE_FAILED                               | refuse            | refuse | refuse  | refuse            | nothing           | report
CREATE_COMPLETE                             | update            | update | update  | update            | nothing           | report
ROLLBACK_IN_PROGRESS                        | wait              | wait   | wait    | wait              | wait              | report
ROLLBACK_FAILED                             | refuse            | refuse | refuse  | refuse            | nothing           | report
ROLLBACK_COMPLETE                           | delete            | refuse | refuse  | refuse            | nothing           | report
DELETE_IN_PROGRESS                          | wait              | wait   | wait    | wait              | refuse            | report
DELETE_FAILED                               | refuse            | refuse | refuse  | refuse            | nothing           | report
DELETE_COMPLETE                             | create            | create | refuse  | refuse            | refuse            | report
UPDATE_IN_PROGRESS                          | wait              | wait   | wait    | cancel-update     | cancel-update     | report
UPDATE_COMPLETE_CLEANUP_IN_PROGRESS         | wait              | wait   | wait    | wait              | refuse            | report
UPDATE_COMPLETE                             | update            | update | update  | update            | nothing           | report
UPDATE_FAILED                               | roll-back         | refuse | refuse  | roll-back         | roll-back         | report
UPDATE_ROLLBACK_IN_PROGRESS                 | wait              | wait   | wait    | wait              | wait              | report
UPDATE_ROLLBACK_FAILED                      | continue-rollback | refuse | refuse  | continue-rollback | continue-rollback | report
UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS| wait              | wait   | wait    | wait              | wait              | report
UPDATE_ROLLBACK_COMPLETE                    | update            | update | update  | update            | nothing           | report
IMPORT_IN_PROGRESS                          | wait              | wait   | wait    | wait              | refuse            | report
IMPORT_COMPLETE                             | update            | update | update  | update            | nothing           | report
IMPORT_ROLLBACK_IN_PROGRESS                 | wait              | wait   | wait    | wait              | wait              | report
IMPORT_ROLLBACK_FAILED                      | refuse            | refuse | refuse  | refuse            | nothing           | report
IMPORT_ROLLBACK_COMPLETE                    | update            | update | update  | update            | nothing           | report
`
  .trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()));

const [header = [], ...rows] = table;
const cells = rows.flatMap(([standing = "", ...answers]) =>
  answers.map((answer, index) => ({ standing: standing as Standing, mode: header[index + 1] as Purpose, answer })),
);

describe("what a mode makes of a stack's status", () => {
  test.each(cells)("mode $mode on $standing: $answer", ({ standing, mode, answer }) => {
    expect(answerTo(mode, standing, circumstances()).do).toBe(answer);
  });

  test("every status and every mode has its row", () => {
    expect(rows.map(([standing]) => standing).sort()).toEqual(["ABSENT", ...stackStatuses].sort());
    expect(header.slice(1).sort()).toEqual([...purposes].sort());
  });

  test("a busy stack is refused where waiting is not wanted, but what ends by itself is always waited for", () => {
    const answer = (standing: Standing) => answerTo("deploy", standing, circumstances({ whenBusy: "refuse" })).do;
    expect(answer("UPDATE_IN_PROGRESS")).toBe("refuse");
    expect(answer("CREATE_IN_PROGRESS")).toBe("refuse");
    expect(answer("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")).toBe("wait");
  });

  test("termination protection keeps even a failed first creation from being deleted, and the command that lifts it is named", () => {
    const answer = answerTo("deploy", "ROLLBACK_COMPLETE", circumstances({ terminationProtection: true }));
    expect(answer).toMatchObject({
      do: "refuse",
      mend: expect.stringContaining("--no-enable-termination-protection --stack-name api-dev"),
    });
  });

  test.each(cells.filter(({ answer }) => answer === "refuse"))(
    "a refusal of $mode on $standing names the stack and says how to go on",
    ({ mode, standing }) => {
      const answer = answerTo(mode, standing, circumstances());
      if (answer.do !== "refuse") throw new Error("not refused");
      expect(answer.because).toContain("api-dev");
      expect(answer.mend.length).toBeGreaterThan(10);
    },
  );
});
