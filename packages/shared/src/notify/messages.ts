import type { News, NewsEvent } from "../action/result.ts";
import type { RunContext } from "../github/context.ts";
import { cut, forSlack, oneLine, plain } from "../text/sanitise.ts";
import type { Instant } from "../units.ts";

/** The run that has news. */
export type NewsRun = Pick<RunContext, "repository" | "commit" | "ref" | "actor" | "runUrl">;

const marks: Readonly<Record<NewsEvent, string>> = { success: "✅", rollback: "↩️", failure: "❌" };

/** A message of the topic: subject and text. */
export interface TopicMessage {
  /** ASCII on one line, at most 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
  readonly subject: string;
  readonly text: string;
}

/** SNS refuses messages of more than 256 KiB: https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html */
const topicLimit = 60_000;

export function topicMessage(news: News, run: NewsRun): TopicMessage {
  const ascii = oneLine(news.title.normalize("NFKD"), 400)
    .replace(/[^\x20-\x7e]/g, "")
    .replace(/\s+/g, " ")
    .trim();
  const lines = [plain(news.title), "", ...news.facts.map(([name, value]) => `${plain(name)}: ${plain(value)}`), "", ...runLines(run)];
  return {
    subject: cut(ascii === "" ? `Deployment: ${news.event}` : ascii, 100).replace("…", "."),
    text: cut(lines.join("\n").trim(), topicLimit),
  };
}

function runLines({ repository, actor, commit, runUrl }: NewsRun): readonly string[] {
  const facts = [
    ["Repository", repository],
    ["Commit", commit],
    ["By", actor],
    ["Run", runUrl ?? ""],
  ] as const;
  return facts.filter(([, value]) => value !== "").map(([name, value]) => `${name}: ${plain(value)}`);
}

/**
 * The message for a Slack webhook, in Block Kit (https://docs.slack.dev/reference/block-kit/blocks). `text` is what the notification on a phone shows.
 */
export function slackMessage(news: News, run: NewsRun): object {
  const title = `${marks[news.event]} ${oneLine(news.title, 140)}`;
  const facts = news.facts.map(([name, value]) => `*${forSlack(name, 100)}*\n${forSlack(value, 1500)}`);
  const link =
    run.runUrl !== undefined && /^https:\/\/[^\s<>|]+$/.test(run.runUrl) ? `<${run.runUrl.replace(/&/g, "&amp;")}|This run>` : undefined;
  const by = [forSlack(run.repository, 200), forSlack(run.actor, 100), forSlack(run.commit.slice(0, 12)), link].filter(
    (part) => part !== undefined && part !== "",
  );
  return {
    text: forSlack(title, 300),
    blocks: [
      // Plain text: no link, no mention.
      { type: "header", text: { type: "plain_text", text: title, emoji: true } },
      // What users see now stands first and takes the whole width; ten fields a section are the limit.
      ...facts.slice(0, 1).map((text) => ({ type: "section", text: { type: "mrkdwn", text } })),
      ...chunks(facts.slice(1, 31), 10).map((some) => ({ type: "section", fields: some.map((text) => ({ type: "mrkdwn", text })) })),
      ...(by.length === 0 ? [] : [{ type: "context", elements: [{ type: "mrkdwn", text: by.join(" · ") }] }]),
    ],
  };
}

const chunks = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

/** What a webhook gets. `timestamp` and `id` are inside of what is signed, so that an old message cannot be sent again unnoticed. */
export function webhookBody(news: News, run: NewsRun, now: Instant, id: string): string {
  return JSON.stringify({
    version: 1,
    id,
    timestamp: Math.floor(now),
    event: news.event,
    title: plain(news.title),
    facts: news.facts.map(([name, value]) => ({ name: plain(name), value: plain(value) })),
    repository: run.repository,
    commit: run.commit,
    ref: run.ref,
    actor: run.actor,
    runUrl: run.runUrl ?? null,
  });
}
