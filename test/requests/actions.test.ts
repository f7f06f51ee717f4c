// The requests of security-posture and sam-deploy, held against AWS's own description of its services.
import { connectAws } from "@aws-deploy-actions/shared/aws/connect";
import { systemClock } from "@aws-deploy-actions/shared/clock";
import { jest } from "@jest/globals";
import { artefactsInS3 } from "../../actions/sam-deploy/src/adapters/artefacts.ts";
import { releaseStore } from "../../actions/sam-deploy/src/adapters/releases.ts";
import { cloudFormationStack } from "../../actions/sam-deploy/src/adapters/stacks.ts";
import { startBareCloud } from "../../actions/security-posture/test/cloud.ts";
import { runAction } from "../../actions/security-posture/test/harness.ts";
import { createShop } from "../../actions/security-posture/test/shop.ts";
import { createStack } from "../../actions/security-posture/test/stack.ts";
import { violations } from "./check.ts";
import { record } from "./recorder.ts";

jest.setTimeout(120_000);

/** Each request once, so that a mistake is told once. */
const wrong = (requests: readonly Parameters<typeof violations>[0][]): readonly string[] => [...new Set(requests.flatMap(violations))];
const services = (requests: readonly { readonly operation: string }[]): readonly (string | undefined)[] =>
  [...new Set(requests.map(({ operation }) => operation.split(":")[0]))].sort();

test("the posture of an application in containers, as production", async () => {
  const cloud = await startBareCloud();
  try {
    await createShop();
    const recorded = record();
    try {
      await runAction({ "environment-class": "production" });
    } finally {
      recorded.stop();
    }
    expect(services(recorded.requests)).toEqual(expect.arrayContaining(["ecs", "elbv2", "iam", "kms", "rds", "secretsmanager", "wafv2"]));
    expect(wrong(recorded.requests)).toEqual([]);
  } finally {
    await cloud.stop();
  }
});

test("the posture of a serverless application", async () => {
  const cloud = await startBareCloud();
  try {
    await createStack(cloud);
    const recorded = record();
    try {
      await runAction({ profile: "serverless", "required-tags": "Project" });
    } finally {
      recorded.stop();
    }
    expect(services(recorded.requests)).toEqual(
      expect.arrayContaining(["budgets", "cloudformation", "cloudtrail", "dynamodb", "lambda", "s3", "s3control"]),
    );
    expect(wrong(recorded.requests)).toEqual([]);
  } finally {
    await cloud.stop();
  }
});

test("everything sam-deploy asks of CloudFormation and S3", async () => {
  const status = { Stacks: [{ StackName: "api", StackStatus: "UPDATE_COMPLETE", CreationTime: new Date(), StackId: "arn" }] };
  const answers: Readonly<Record<string, unknown>> = {
    DescribeStacks: status,
    CreateChangeSet: { Id: "arn:aws:cloudformation:eu-central-1:111111111111:changeSet/deploy-1/1" },
    DescribeChangeSet: { Status: "CREATE_COMPLETE", ChangeSetId: "arn:aws:cloudformation:eu-central-1:111111111111:changeSet/deploy-1/1" },
    DetectStackDrift: { StackDriftDetectionId: "b78ac9b0-dec1-11e7-a451-503a3example" },
    DescribeStackDriftDetectionStatus: { DetectionStatus: "DETECTION_COMPLETE" },
    GetTemplate: { TemplateBody: "{}" },
  };
  const recorded = record((operation) => answers[operation] ?? {});
  try {
    const loaders = {
      cloudformation: () => import("@aws-deploy-actions/shared/aws/clients/cloudformation"),
      s3: () => import("@aws-deploy-actions/shared/aws/clients/s3"),
    };
    const aws = connectAws(loaders, { region: "eu-central-1" } as never, systemClock(), undefined);
    const stack = cloudFormationStack(aws, "api");
    const set = answers["CreateChangeSet"] as { readonly Id: string };
    const request = {
      name: "deploy-1",
      parameters: [
        { name: "A", value: " exactly=this,\n" },
        { name: "B", previous: true },
      ],
      tags: { Project: "x" },
      capabilities: ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
      role: "arn:aws:iam::111111111111:role/cloudformation",
      notificationTopics: ["arn:aws:sns:eu-central-1:111111111111:stacks"],
      description: "commit 1234567",
      nested: true,
    } as const;
    await stack.look();
    await stack.events(undefined);
    await stack.nestedEvents("arn:aws:cloudformation:eu-central-1:111111111111:stack/api-inner/1");
    await stack.resources();
    await stack.processedTemplate();
    await stack.createChangeSet({ ...request, type: "UPDATE", template: { body: "{}" } });
    await stack.createChangeSet({ ...request, type: "CREATE", template: { url: "https://s3.eu-central-1.amazonaws.com/b/t.json" } });
    await stack.changeSet("deploy-1");
    await stack.changeSetTemplate(set.Id);
    await stack.executeChangeSet(set.Id, "token-1");
    await stack.deleteChangeSet(set.Id);
    await stack.deleteStack("token-2");
    await stack.cancelUpdate("token-3");
    await stack.continueRollback(["Function", "Inner.Table"], "token-4");
    await stack.rollBack("token-5");
    const detection = await stack.startDrift();
    await stack.drift(detection ?? "");
    const place = { bucket: "releases-of-the-shop", account: "111111111111", partition: "aws", region: "eu-central-1", stack: "api" };
    const releases = releaseStore(aws, place);
    await releases.saveRecord("a".repeat(64), "{}");
    await releases.loadRecord("a".repeat(64));
    await releases.saveTemplate("b".repeat(64), "{}");
    await releases.loadTemplate("b".repeat(64));
    const artefacts = artefactsInS3(aws, place);
    await artefacts.look({ bucket: "packages-of-the-shop", key: "api/1234" });
    await artefacts.putTemplate("packages-of-the-shop", "api/template", "{}");
  } finally {
    recorded.stop();
  }
  expect(recorded.requests.length).toBeGreaterThan(20);
  expect(services(recorded.requests)).toEqual(["cloudformation", "s3"]);
  expect(wrong(recorded.requests)).toEqual([]);
});
