import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { type LocalCloud, startLocalCloud } from "../../packages/local-cloud/src/start.ts";
import { readInputs } from "../../packages/shared/src/action/inputs.ts";
import { type Action, launch } from "../../packages/shared/src/action/launch.ts";
import type { NewsEvent } from "../../packages/shared/src/action/result.ts";
import { tellFromInputs } from "../../packages/shared/src/action/tell.ts";
import { type CommonValues, commonFields } from "../../packages/shared/src/aws/settings.ts";

let cloud: LocalCloud;
let receiver: Server;
let folder = "";
let address = "";
const received: { readonly path: string; readonly text: string; readonly headers: Readonly<Record<string, unknown>> }[] = [];
const before = { ...process.env };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "notify-"));
  cloud = await startLocalCloud();
  Object.assign(process.env, cloud.environment);
  receiver = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      received.push({ path: request.url ?? "", text, headers: request.headers });
      response.writeHead(request.url === "/gone" ? 410 : 200).end("answer");
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterAll(async () => {
  process.env = before;
  receiver.close();
  rmSync(folder, { recursive: true, force: true });
  await cloud.stop();
});

/** Runs an action that has news, as GitHub would; returns its log, whether it failed, and what the receiver got. */
async function tellOf(event: NewsEvent, inputs: Readonly<Record<string, string>>) {
  received.length = 0;
  const log: string[] = [];
  let failed = false;
  const action: Action<CommonValues> = {
    name: "deploy",
    spec: commonFields,
    read: (raw) => readInputs(commonFields, raw),
    run: async () => ({
      outcome: "succeeded",
      ok: true,
      reason: "",
      news: { event, title: "shop/staging: größer", facts: [["Users see now", "green"]] },
    }),
    logDirectory: () => folder,
    tell: tellFromInputs,
  };
  const given = Object.entries({ "aws-region": cloud.region, ...inputs }).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  await launch(action, {
    environment: {
      ...cloud.environment,
      ...Object.fromEntries(given),
      GITHUB_REPOSITORY: "example/shop",
      GITHUB_OUTPUT: join(folder, "output"),
    },
    write: (line) => log.push(line),
    fail: () => {
      failed = true;
    },
    onCancel: () => undefined,
  });
  return { log: log.join("\n"), failed };
}

test("news reach the subscribers of a topic, with subject and event", async () => {
  const sns = new SNSClient({ region: cloud.region });
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "deployments" }));
  const subscribe = (path: string, event: string) =>
    sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: "http",
        Endpoint: `${address}${path}`,
        Attributes: { FilterPolicy: JSON.stringify({ event: [event] }) },
      }),
    );
  await subscribe("/topic", "success");
  await subscribe("/others", "failure");
  const { log, failed } = await tellOf("success", { "notify-sns-topic-arn": TopicArn ?? "" });
  expect(failed).toBe(false);
  expect(log).toContain("Told notify-sns-topic-arn.");
  const told = received.filter(({ text }) => text.includes('"Notification"'));
  expect(told.map(({ path }) => path)).toEqual(["/topic"]);
  expect(JSON.parse(told[0]?.text ?? "")).toMatchObject({
    Subject: "shop/staging: groer",
    Message: "shop/staging: größer\n\nUsers see now: green\n\nRepository: example/shop",
  });
});

test("a topic in another region is asked there, and one that keeps the order gets its group", async () => {
  const sns = new SNSClient({ region: "eu-west-1" });
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "deployments.fifo", Attributes: { FifoTopic: "true" } }));
  expect((await tellOf("failure", { "notify-sns-topic-arn": TopicArn ?? "" })).log).toContain("Told notify-sns-topic-arn.");
});

test("Slack and a webhook are told, here even without https, since AWS is on this machine too", async () => {
  const { log } = await tellOf("rollback", {
    "notify-slack-webhook-url": `${address}/slack`,
    "notify-webhook-url": `${address}/hook`,
    "notify-webhook-secret": "a-secret",
  });
  expect(log).toContain("Told notify-slack-webhook-url, notify-webhook-url.");
  expect(received.map(({ path }) => path).sort()).toEqual(["/hook", "/slack"]);
  expect(received.find(({ path }) => path === "/hook")?.headers).toMatchObject({
    "x-event": "rollback",
    "x-hub-signature-256": expect.stringMatching(/^sha256=[0-9a-f]{64}$/),
  });
});

test("nobody is told what notify-on leaves out", async () => {
  await tellOf("success", { "notify-slack-webhook-url": `${address}/slack`, "notify-on": "rollback, failure" });
  expect(received).toEqual([]);
});

test("a notification that fails is a warning and nothing more; its address stays secret", async () => {
  const { log, failed } = await tellOf("success", {
    "notify-slack-webhook-url": `${address}/gone`,
    "notify-sns-topic-arn": `arn:aws:sns:${cloud.region}:${cloud.accountId}:nowhere`,
  });
  expect(failed).toBe(false);
  expect(log).toMatch(
    /::warning::The notification could not be sent: notify-sns-topic-arn: sns:Publish failed: .*notify-slack-webhook-url: the receiver answered 410: answer/,
  );
  expect(log.split("\n").filter((line) => line.includes(address) && !line.startsWith("::add-mask::"))).toEqual([]);
  expect(readFileSync(join(folder, "output"), "utf8")).toContain("succeeded");
});
