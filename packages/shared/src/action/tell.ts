import type { Aws } from "../aws/connect.ts";
import { awsSettings, type CommonValues, isLoopback } from "../aws/settings.ts";
import type { TopicMessage } from "../notify/messages.ts";
import { networkSend } from "../notify/send.ts";
import { type NotifyPorts, tell } from "../notify/tell.ts";
import { openAws } from "./aws-base.ts";
import type { Base } from "./launch.ts";
import type { ActionResult, NewsEvent } from "./result.ts";

/**
 * Sends the news of a result as the inputs ask, for an action's `tell`: `tell: (config, result, base) => tellFromInputs(config.common, result, base)`.
 *
 * @throws Trouble naming every receiver that could not be told; the caller says it and goes on
 */
export async function tellFromInputs(values: CommonValues, result: ActionResult, base: Base): Promise<void> {
  if (result.news === undefined) return;
  const { environment, clock, context, journal } = base;
  const settings = {
    on: values["notify-on"],
    topicArn: values["notify-sns-topic-arn"],
    slackUrl: values["notify-slack-webhook-url"],
    webhookUrl: values["notify-webhook-url"],
    webhookSecret: values["notify-webhook-secret"],
  };
  const publish: NotifyPorts["publish"] = async (topicArn, message, event) => {
    const { aws } = await openAws({ sns: () => import("../aws/clients/sns.ts") }, awsSettings(values, environment), base);
    await publishToTopic(aws, topicArn, message, event);
  };
  // A receiver may be on this machine only where AWS is, too.
  const loopback = isLoopback(environment["AWS_ENDPOINT_URL"] ?? "");
  const told = await tell(result.news, context, settings, { clock, send: networkSend({ loopback, environment }), publish });
  if (told.length > 0) journal.say(`Told ${told.join(", ")}.`);
}

/** Publishes to a topic in the topic's own region. */
export async function publishToTopic(aws: Aws<"sns">, topicArn: string, message: TopicMessage, event: NewsEvent): Promise<void> {
  const region = topicArn.split(":")[3] ?? aws.region;
  // A topic that keeps the order asks for a group, and for an id where it does not make one from the content: https://docs.aws.amazon.com/sns/latest/dg/fifo-topic-message-ordering.html
  const ordered = topicArn.endsWith(".fifo") ? { MessageGroupId: "deployments", MessageDeduplicationId: crypto.randomUUID() } : {};
  await aws.inRegion(region).sns(
    (sdk) =>
      new sdk.PublishCommand({
        TopicArn: topicArn,
        Subject: message.subject,
        Message: message.text,
        MessageAttributes: { event: { DataType: "String", StringValue: event } },
        ...ordered,
      }),
    { retry: { attempts: 2, budget: 15 } },
  );
}
