import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { incidentReport, newsOf } from "../../src/report/incident.ts";
import { type PlanStory, planMarkdown } from "../../src/report/plan.ts";
import { bare, rolledBack, succeeded, withTexts } from "./stories.ts";

const rollback = { ...rolledBack, kind: "rollback" as const, outcome: "succeeded" as const, askedBecause: "checkout is broken" };

describe("the incident report", () => {
  test("has what a post-mortem begins with, in its order", () => {
    const text = incidentReport(rollback);
    const order = [
      "shop/staging: emergency rollback succeeded\n====",
      "Reason given    checkout is broken",
      "Users see now   blue (shop:41)",
      "Who             octocat",
      "Contacts        on-call",
      "Timeline (UTC)",
      "  03:43:00  watch           failed  6 min",
      "Stopped tasks",
      "exit code 137",
      "Last events (UTC)",
      "Log /aws/shop/app-staging",
      "  2026-11-22T03:46:40Z ERROR",
      "      at pay",
      "Put traffic back by hand",
      "  aws elbv2 modify-listener",
    ];
    const places = order.map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    expect([...places].sort((one, other) => one - other)).toEqual(places);
  });

  test("keeps its form whatever the texts are", () => {
    const lines = (text: string): number => incidentReport(withTexts(rollback, text)).split("\n").length;
    for (const text of ["x\ny", "\u001b[2Jx", "x\r\n=====\r\nUsers see now   all is well"]) {
      // Only the lines for the shell may be several.
      expect(lines(text) - lines("x")).toBe(2 * (text.split(/\r?\n/).length - 1));
    }
  });

  test("is short where little is known", () => {
    expect(incidentReport(bare)).toBe(
      "shop/staging: failed\n====================\n\nWhat happened   The cluster shop-staging does not exist.\nUsers see now   unknown\nWhen            2026-11-22 03:40:00 UTC, for 0 s\n",
    );
  });
});

describe("news", () => {
  test.each`
    outcome              | event
    ${"succeeded"}       | ${"success"}
    ${"rolled-back"}     | ${"rollback"}
    ${"rollback-failed"} | ${"failure"}
    ${"failed"}          | ${"failure"}
    ${"inconclusive"}    | ${"failure"}
    ${"cancelled"}       | ${"failure"}
  `("of a deployment that $outcome are of a $event", ({ outcome, event }) => {
    expect(newsOf({ ...rolledBack, outcome }).event).toBe(event);
  });

  test("say what users see now first, and bring the log along where something went wrong", () => {
    const facts = newsOf(rolledBack).facts.map(([name]) => name);
    expect(facts[0]).toBe("Users see now");
    expect(facts).toEqual(expect.arrayContaining(["Stopped tasks", "Last log lines", "Contacts"]));
    expect(newsOf(succeeded).facts.map(([name]) => name)).not.toContain("Last log lines");
    expect(newsOf(rollback).facts).toContainEqual(["Reason given", "checkout is broken"]);
  });
});

describe("the plan", () => {
  const plan: PlanStory = {
    application: "shop",
    environment: "staging",
    verdict: "shop:42 would replace shop:41.",
    active: "blue",
    activeRevision: "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:41",
    images: [["app", "shop@sha256:0123"]],
    steps: ["A new revision would be registered.", "green would be scaled to 3 tasks."],
    changes: rolledBack.changes,
    refusals: [],
    warnings: [],
    notes: ["The migration would run: `npm run migrate`"],
  };

  test("says what would change, in which order, and what the task definition's differences are", () => {
    const markdown = planMarkdown(plan);
    expect(markdown).toContain("## 📋 Plan for shop/staging\n\n**shop:42 would replace shop:41.**");
    expect(markdown).toContain("1. A new revision would be registered.\n2. green would be scaled to 3 tasks.");
    expect(markdown).toContain("| changed | <code>container app: image</code> | <code>shop:v2</code> | <code>shop:v3</code> |");
  });

  test("puts first what would stop it, with what mends it", () => {
    const markdown = planMarkdown({
      ...plan,
      refusals: [
        { kind: "deployment", what: "The alarm shop-5xx is firing.", mend: "aws cloudwatch describe-alarms \\\n  --alarm-names shop-5xx" },
      ],
      warnings: [{ kind: "input", what: "The commit is older." }],
    });
    expect(markdown).toMatch(/^## ❌ /);
    expect(markdown.indexOf("The alarm shop-5xx is firing")).toBeLessThan(markdown.indexOf("Users are on"));
    const html = micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()] });
    expect(html).toMatch(
      /<li>\n?(<p>)?The alarm shop-5xx is firing\.(<\/p>)?\n<pre><code>aws cloudwatch describe-alarms \\\n {2}--alarm-names shop-5xx\n<\/code><\/pre>/,
    );
    expect(planMarkdown({ ...plan, warnings: [{ kind: "input", what: "The commit is older." }] })).toMatch(/^## ⚠️ /);
  });
});
