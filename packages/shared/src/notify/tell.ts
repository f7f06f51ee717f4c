import { createHmac, randomUUID } from "node:crypto";
import type { News, NewsEvent } from "../action/result.ts";
import type { Clock } from "../clock.ts";
import { cloudTrouble, problemsOf, Trouble } from "../problems.ts";
import { type NewsRun, slackMessage, type TopicMessage, topicMessage, webhookBody } from "./messages.ts";
import type { Answer, Post, Send } from "./send.ts";

/** Whom to tell what. */
export interface NotifySettings {
  readonly on: readonly NewsEvent[];
  readonly topicArn: string | undefined;
  readonly slackUrl: string | undefined;
  readonly webhookUrl: string | undefined;
  readonly webhookSecret: string | undefined;
}

/** What telling needs from the outside. */
export interface NotifyPorts {
  readonly clock: Clock;
  readonly send: Send;
  /** Publishes to an SNS topic. */
  readonly publish: (topicArn: string, message: TopicMessage, event: NewsEvent) => Promise<void>;
  /** Unique for each message. */
  readonly newId?: () => string;
}

/** A second try comes so much later. */
const pause = 2;

/**
 * Sends news to everybody who wants it, at the same time. Each receiver is tried once more after a passing failure.
 *
 * @returns the inputs that name the receivers that were told
 * @throws Trouble naming every receiver that could not be told; the others were told
 */
export async function tell(news: News, run: NewsRun, settings: NotifySettings, ports: NotifyPorts): Promise<readonly string[]> {
  if (!settings.on.includes(news.event)) return [];
  const receivers = receiversOf(news, run, settings, ports);
  const results = await Promise.allSettled(receivers.map(({ send }) => send()));
  const failed = results.flatMap((result, index) =>
    result.status === "rejected"
      ? problemsOf(result.reason).map((one) => ({ ...one, what: `${receivers[index]?.input}: ${one.what}` }))
      : [],
  );
  if (failed.length > 0) throw new Trouble(failed);
  return receivers.map(({ input }) => input);
}

interface Receiver {
  /** The input that names it. */
  readonly input: string;
  readonly send: () => Promise<void>;
}

function receiversOf(news: News, run: NewsRun, settings: NotifySettings, ports: NotifyPorts): readonly Receiver[] {
  const { topicArn, slackUrl, webhookUrl, webhookSecret } = settings;
  const json = { "content-type": "application/json; charset=utf-8" };
  const slack = (url: string) => post({ url, headers: json, body: JSON.stringify(slackMessage(news, run)) }, ports);
  const webhook = (url: string) => {
    const body = webhookBody(news, run, ports.clock.now(), (ports.newId ?? randomUUID)());
    return post({ url, headers: { ...json, "x-event": news.event, ...signature(body, webhookSecret) }, body }, ports);
  };
  return [
    ...(topicArn === undefined
      ? []
      : [{ input: "notify-sns-topic-arn", send: () => ports.publish(topicArn, topicMessage(news, run), news.event) }]),
    ...(slackUrl === undefined ? [] : [{ input: "notify-slack-webhook-url", send: () => slack(slackUrl) }]),
    ...(webhookUrl === undefined ? [] : [{ input: "notify-webhook-url", send: () => webhook(webhookUrl) }]),
  ];
}

/** The header that GitHub's own webhooks carry, so that what checks those checks ours: https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries */
export function signature(body: string, secret: string | undefined): Readonly<Record<string, string>> {
  if (secret === undefined) return {};
  return { "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}` };
}

async function post(message: Post, { send, clock }: NotifyPorts): Promise<void> {
  const first = await attempt(message, send);
  if (first === undefined) return;
  if (!first.again) throw first.trouble;
  await clock.sleep(pause);
  const second = await attempt(message, send);
  if (second !== undefined) throw second.trouble;
}

/** undefined: told. `again`: another try may help. */
async function attempt(message: Post, send: Send): Promise<{ readonly trouble: unknown; readonly again: boolean } | undefined> {
  let answer: Answer;
  try {
    answer = await send(message);
  } catch (error) {
    // A cause is an error of the network; without one we refused to send at all.
    return { trouble: error, again: error instanceof Trouble && error.cause !== undefined };
  }
  if (answer.status >= 200 && answer.status < 300) return undefined;
  return { trouble: cloudTrouble(sentence(answer)), again: answer.status >= 500 || answer.status === 429 };
}

function sentence({ status, text }: Answer): string {
  if (status >= 300 && status < 400) return `the receiver answered ${status}, a redirect, which is not followed`;
  return `the receiver answered ${status}${text === "" ? "" : `: ${text}`}`;
}
