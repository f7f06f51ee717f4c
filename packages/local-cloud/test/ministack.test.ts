import { CloudFormationClient, ListStacksCommand } from "@aws-sdk/client-cloudformation";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { type Ministack, startMinistack } from "../src/ministack.ts";

const client = (cloud: Ministack, accessKeyId = "111111111111") => ({
  endpoint: cloud.endpoint,
  region: "us-east-1",
  credentials: { accessKeyId, secretAccessKey: "test" },
});

const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test("two servers run side by side on their own ports, and each ends by itself", async () => {
  const [one, two] = await Promise.all([startMinistack(), startMinistack()]);
  try {
    expect(one.port).not.toBe(two.port);
    expect(one.endpoint).toBe(`http://127.0.0.1:${one.port}`);
    await one.stop();
    await one.stop();
    expect(alive(one.pid)).toBe(false);
    const stacks = await new CloudFormationClient(client(two)).send(new ListStacksCommand({}));
    expect(stacks.StackSummaries ?? []).toEqual([]);
  } finally {
    await Promise.all([one.stop(), two.stop()]);
  }
});

describe("with auth", () => {
  let cloud: Ministack;
  beforeAll(async () => {
    cloud = await startMinistack({ auth: true });
  });
  afterAll(() => cloud.stop());

  test("a twelve-digit access key is the account", async () => {
    const identity = await new STSClient(client(cloud, "222222222222")).send(new GetCallerIdentityCommand({}));
    expect(identity.Account).toBe("222222222222");
  });

  test("a role that asks for an ExternalId cannot be assumed with another one", async () => {
    const trust = {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::111111111111:root" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "sts:ExternalId": "right" } },
        },
      ],
    };
    const role = await new IAMClient(client(cloud, "222222222222")).send(
      new CreateRoleCommand({ RoleName: "deploy", AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    const assume = (ExternalId: string) =>
      new STSClient(client(cloud)).send(new AssumeRoleCommand({ RoleArn: role.Role?.Arn, RoleSessionName: "test", ExternalId }));
    await expect(assume("wrong")).rejects.toThrow(/AccessDenied|not authorized/);
    expect((await assume("right")).AssumedRoleUser?.Arn).toContain(":assumed-role/deploy/test");
  });
});

test("missing Python tools are named with the command that installs them", async () => {
  await expect(startMinistack({ python: "/nowhere/python" })).rejects.toThrow("node scripts/bootstrap.mjs ministack");
});
