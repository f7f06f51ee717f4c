import { createHmac } from "node:crypto";
import type { News } from "../../src/action/result.ts";
import type { Clock } from "../../src/clock.ts";
import { slackMessage, topicMessage, webhookBody } from "../../src/notify/messages.ts";
import type { Answer, Post } from "../../src/notify/send.ts";
import { type NotifySettings, signature, tell } from "../../src/notify/tell.ts";
import { cloudTrouble, type Trouble } from "../../src/problems.ts";

const news: News = {
  event: "rollback",
  title: "shop/staging was rolled back",
  facts: [
    ["Users see now", "blue (shop:41), as before"],
    ["Why", "31.4 % of the requests failed"],
  ],
};
const run = {
  repository: "example/shop",
  commit: "0123456789abcdef",
  ref: "refs/heads/main",
  actor: "octocat",
  runUrl: "https://github.com/example/shop/actions/runs/1",
};

const everybody: NotifySettings = {
  on: ["success", "rollback", "failure"],
  topicArn: "arn:aws:sns:eu-central-1:123456789012:deployments",
  slackUrl: "https://hooks.slack.com/services/T0/B0/x",
  webhookUrl: "https://hooks.example.com/deploy",
  webhookSecret: "a secret",
};

/** Ports that write down what is sent, and answer as told: one answer a try, the last one again and again. */
function fakes(...answers: readonly (Answer | Error)[]) {
  const posts: Post[] = [];
  const published: string[] = [];
  const slept: number[] = [];
  let tries = 0;
  const clock: Clock = { now: () => 1_795_318_800.5, sleep: async (time) => void slept.push(time) };
  const send = async (post: Post): Promise<Answer> => {
    posts.push(post);
    const answer = answers[Math.min(tries++, answers.length - 1)] ?? { status: 200, text: "ok" };
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return {
    posts,
    published,
    slept,
    ports: { clock, send, newId: () => "id-1", publish: async (topic: string) => void published.push(topic) },
  };
}

describe("telling people", () => {
  test("reaches everybody who is named, and says whom", async () => {
    const { ports, posts, published } = fakes();
    expect(await tell(news, run, everybody, ports)).toEqual(["notify-sns-topic-arn", "notify-slack-webhook-url", "notify-webhook-url"]);
    expect(posts.map(({ url }) => url)).toEqual([everybody.slackUrl, everybody.webhookUrl]);
    expect(published).toEqual([everybody.topicArn]);
  });

  test.each`
    event         | on                        | told
    ${"success"}  | ${["success"]}            | ${3}
    ${"rollback"} | ${["success", "failure"]} | ${0}
    ${"failure"}  | ${["failure"]}            | ${3}
    ${"failure"}  | ${[]}                     | ${0}
  `("of a $event with notify-on $on reaches $told", async ({ event, on, told }) => {
    expect(await tell({ ...news, event }, run, { ...everybody, on }, fakes().ports)).toHaveLength(told);
  });

  const lost = cloudTrouble("no connection (ECONNRESET)", undefined, new Error("reset"));
  const refused = cloudTrouble("only https addresses are allowed");
  test.each`
    what                            | answers                                                         | tries | says
    ${"told at once"}               | ${[{ status: 204, text: "" }]}                                  | ${1}  | ${undefined}
    ${"told at the second try"}     | ${[{ status: 503, text: "busy" }, { status: 200, text: "ok" }]} | ${2}  | ${undefined}
    ${"told after a lost answer"}   | ${[lost, { status: 200, text: "ok" }]}                          | ${2}  | ${undefined}
    ${"told after too many calls"}  | ${[{ status: 429, text: "" }, { status: 200, text: "ok" }]}     | ${2}  | ${undefined}
    ${"given up after two tries"}   | ${[{ status: 500, text: "broken" }]}                            | ${2}  | ${"notify-webhook-url: the receiver answered 500: broken"}
    ${"not tried again after a no"} | ${[{ status: 404, text: "no_team" }]}                           | ${1}  | ${"notify-webhook-url: the receiver answered 404: no_team"}
    ${"not led elsewhere"}          | ${[{ status: 302, text: "" }]}                                  | ${1}  | ${"notify-webhook-url: the receiver answered 302, a redirect, which is not followed"}
    ${"not tried where refused"}    | ${[refused]}                                                    | ${1}  | ${"notify-webhook-url: only https addresses are allowed"}
    ${"given up without answers"}   | ${[lost]}                                                       | ${2}  | ${"notify-webhook-url: no connection (ECONNRESET)"}
  `("a receiver is $what", async ({ answers, tries, says }) => {
    const { ports, posts, slept } = fakes(...answers);
    const told = tell(news, run, { ...everybody, topicArn: undefined, slackUrl: undefined }, ports);
    if (says === undefined) await told;
    else await expect(told).rejects.toThrow(says);
    expect(posts).toHaveLength(tries);
    expect(slept).toEqual(tries === 2 ? [2] : []);
  });

  test("one that fails keeps no other from being told, and all that fail are named", async () => {
    const { ports, published } = fakes({ status: 400, text: "bad" });
    const trouble = (await tell(news, run, everybody, ports).catch((error: unknown) => error)) as Trouble;
    expect(trouble.problems.map(({ what }) => what)).toEqual([
      "notify-slack-webhook-url: the receiver answered 400: bad",
      "notify-webhook-url: the receiver answered 400: bad",
    ]);
    expect(published).toHaveLength(1);
  });

  test("a webhook can check who sent the message, and when", async () => {
    const { ports, posts } = fakes();
    await tell(news, run, { ...everybody, topicArn: undefined, slackUrl: undefined }, ports);
    const { body, headers }: Omit<Post, "url"> = posts[0] ?? { body: "", headers: {} };
    expect(headers["x-hub-signature-256"]).toBe(`sha256=${createHmac("sha256", "a secret").update(body).digest("hex")}`);
    expect(JSON.parse(body)).toEqual({
      version: 1,
      id: "id-1",
      timestamp: 1_795_318_800,
      event: "rollback",
      title: news.title,
      facts: [
        { name: "Users see now", value: "blue (shop:41), as before" },
        { name: "Why", value: "31.4 % of the requests failed" },
      ],
      repository: "example/shop",
      commit: "0123456789abcdef",
      ref: "refs/heads/main",
      actor: "octocat",
      runUrl: run.runUrl,
    });
  });

  test("without a secret nothing is signed", () => {
    expect(signature("x", undefined)).toEqual({});
  });
});

describe("messages", () => {
  const hostile: News = {
    event: "failure",
    title: "<!channel> \u001b[31mshop\u202e: größer 😀\nsecond line",
    facts: [
      ["Why", "<https://evil.example|click> <!here> *bold* & <script>"],
      ...Array.from({ length: 40 }, (_, index) => [`fact ${index}`, "x".repeat(5000)] as const),
    ],
  };

  test("a topic's subject is what SNS accepts", () => {
    expect(topicMessage(hostile, run).subject).toMatch(/^[\x20-\x7e]{1,100}$/);
    expect(topicMessage({ ...news, title: "漢字" }, run).subject).toBe("Deployment: rollback");
    expect(topicMessage({ ...news, title: "x".repeat(300) }, run).subject).toHaveLength(100);
  });

  test("a topic's text has the facts in their order, and the run", () => {
    expect(topicMessage(news, run).text).toBe(
      "shop/staging was rolled back\n\nUsers see now: blue (shop:41), as before\nWhy: 31.4 % of the requests failed\n\nRepository: example/shop\nCommit: 0123456789abcdef\nBy: octocat\nRun: https://github.com/example/shop/actions/runs/1",
    );
    expect(Buffer.byteLength(topicMessage(hostile, run).text)).toBeLessThan(262_144);
  });

  interface Block {
    readonly type: string;
    readonly text?: { readonly type: string; readonly text: string };
    readonly fields?: readonly { readonly text: string }[];
    readonly elements?: readonly { readonly text: string }[];
  }

  test("a Slack message keeps Slack's limits, and no text in it becomes a link, a mention or a format", () => {
    const { blocks } = slackMessage(hostile, run) as { blocks: readonly Block[] };
    expect(blocks.length).toBeLessThanOrEqual(50);
    for (const block of blocks) {
      if (block.type === "header") expect(block.text).toMatchObject({ type: "plain_text" });
      if (block.type === "header") expect(block.text?.text.length).toBeLessThanOrEqual(150);
      expect(block.fields?.length ?? 0).toBeLessThanOrEqual(10);
      for (const field of block.fields ?? []) expect(field.text.length).toBeLessThanOrEqual(2000);
    }
    const text = JSON.stringify(blocks.filter(({ type }) => type === "section"));
    expect(text).not.toMatch(/[<>]/);
    expect(text).not.toContain(" *bold*");
    expect(blocks.at(-1)?.elements?.[0]?.text).toContain("<https://github.com/example/shop/actions/runs/1|This run>");
  });

  test("what users see now stands first, over the whole width", () => {
    const { blocks } = slackMessage(news, run) as { blocks: readonly Block[] };
    expect(blocks[1]?.text?.text).toBe("*Users see now*\nblue (shop:41), as before");
  });

  test("a webhook's body is JSON whatever the texts are", () => {
    expect(JSON.parse(webhookBody(hostile, { ...run, runUrl: undefined }, 1, "i"))).toMatchObject({
      runUrl: null,
      title: "<!channel> shop: größer 😀\nsecond line",
    });
  });
});
