import { serviceOver } from "@aws-deploy-actions/shared/aws/connect";
import { systemClock } from "@aws-deploy-actions/shared/clock";
import type { ComponentResult } from "@aws-deploy-actions/shared/health/components/result";
import { Hidden } from "@aws-deploy-actions/shared/secrets/hidden";
import type { ValueAnswer } from "@aws-deploy-actions/shared/secrets/types";
import { type DataStoresPorts, dataStores } from "../src/adapters/checks/data-stores.ts";
import { judgeRooms, subnetAddresses } from "../src/adapters/checks/subnets.ts";
import { type Config, read } from "../src/inputs.ts";
import type { Prepared } from "../src/prepare.ts";
import type { Findings } from "../src/tools.ts";

const configOf = (inputs: Readonly<Record<string, string>> = {}): Config =>
  read(
    { application: "shop", environment: "staging", image: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v2", ...inputs },
    { AWS_REGION: "eu-central-1" },
  );

/** What the checks look at: blue runs, green will. */
const prepared = (blue: number, green: number, subnets: readonly string[] = ["subnet-a", "subnet-b"]): Prepared => {
  const service = (name: string, running: number) => ({ name, running, subnets, launchType: "FARGATE" });
  const services = { blue: service("shop-blue-staging", blue), green: service("shop-green-staging", green) };
  return {
    environment: { services, names: { secret: "shop-staging" } },
    active: "blue",
    target: "green",
    after: {},
  } as unknown as Prepared;
};

/** What an engineer reads, in short. */
const kinds = ({ problems, warnings, notes }: Findings): string =>
  [problems.length > 0 ? "refused" : "", warnings.length > 0 ? "needs force" : "", notes.length > 0 ? "noted" : ""]
    .filter(Boolean)
    .join(" and ") || "fine";

describe("free addresses of the subnets", () => {
  test.each`
    free          | needed | found        | because
    ${[251, 251]} | ${4}   | ${"fine"}    | ${"there are plenty"}
    ${[2, 1]}     | ${4}   | ${"refused"} | ${"one task would find none"}
    ${[2, 2]}     | ${4}   | ${"noted"}   | ${"nothing is left afterwards"}
    ${[100, 1]}   | ${4}   | ${"noted"}   | ${"one zone cannot take its half"}
    ${[4, 4]}     | ${4}   | ${"fine"}    | ${"there is twice as much as needed"}
    ${[0]}        | ${1}   | ${"refused"} | ${"there is none"}
    ${[]}         | ${1}   | ${"refused"} | ${"no subnet was shown"}
  `("of $free for $needed tasks: $found, since $because", ({ free, needed, found }: { free: number[]; needed: number; found: string }) => {
    const rooms = free.map((one, index) => ({ subnet: `subnet-${index}`, zone: `zone-${index}`, free: one }));
    expect(kinds(judgeRooms(rooms, needed, "shop-green-staging"))).toBe(found);
  });

  /** EC2 that answers, or fails with, this. */
  const ec2 = (answer: object | Error) => {
    class DescribeSubnetsCommand {
      readonly input: object;
      constructor(input: object) {
        this.input = input;
      }
    }
    const asked: object[] = [];
    const send = async (command: { readonly input: object }) => {
      asked.push(command.input);
      if (answer instanceof Error) throw answer;
      return answer;
    };
    const service = serviceOver("ec2", async () => ({ sdk: { DescribeSubnetsCommand }, send }), systemClock());
    return { aws: { ec2: service } as never, asked };
  };
  const subnet = (free: number, more: object = {}) => ({
    SubnetId: "subnet-a",
    AvailabilityZone: "eu-central-1a",
    AvailableIpAddressCount: free,
    ...more,
  });
  const named = (name: string) => Object.assign(new Error("no"), { name });

  test.each`
    when                                     | state             | answer                                            | inputs                                    | found
    ${"as many tasks as run are new"}        | ${prepared(4, 0)} | ${{ Subnets: [subnet(3)] }}                       | ${{}}                                     | ${"refused"}
    ${"tasks of the other colour were kept"} | ${prepared(4, 3)} | ${{ Subnets: [subnet(3)] }}                       | ${{}}                                     | ${"fine"}
    ${"fewer are wanted"}                    | ${prepared(4, 0)} | ${{ Subnets: [subnet(3)] }}                       | ${{ "desired-count": "1" }}               | ${"fine"}
    ${"a migration runs besides"}            | ${prepared(1, 0)} | ${{ Subnets: [subnet(1)] }}                       | ${{ "migration-command": '["migrate"]' }} | ${"refused"}
    ${"the subnets have IPv6 alone"}         | ${prepared(4, 0)} | ${{ Subnets: [subnet(0, { Ipv6Native: true })] }} | ${{}}                                     | ${"fine"}
    ${"a subnet is gone"}                    | ${prepared(4, 0)} | ${named("InvalidSubnetID.NotFound")}              | ${{}}                                     | ${"refused"}
  `(
    "when $when: $found",
    async ({ state, answer, inputs, found }: { state: Prepared; answer: object; inputs: Record<string, string>; found: string }) => {
      const { aws, asked } = ec2(answer);
      expect(kinds(await subnetAddresses(aws, state, configOf(inputs)))).toBe(found);
      expect(asked).toEqual([{ SubnetIds: ["subnet-a", "subnet-b"] }]);
    },
  );

  test("nothing is asked about a service whose containers have the addresses of their hosts", async () => {
    const { aws, asked } = ec2({ Subnets: [] });
    expect(kinds(await subnetAddresses(aws, prepared(4, 0, []), configOf()))).toBe("fine");
    expect(asked).toEqual([]);
  });

  test("a role that may not ask is no refusal: who called hears of it", async () => {
    await expect(subnetAddresses(ec2(named("UnauthorizedOperation")).aws, prepared(4, 0), configOf())).rejects.toThrow(
      "ec2:DescribeSubnets failed",
    );
  });
});

describe("database and Redis", () => {
  const found: ValueAnswer = { state: "found", value: { versionId: "1", content: { kind: "text", text: new Hidden("{}") } } };
  const result = (component: "database" | "redis", state: ComponentResult["state"]): ComponentResult => ({
    component,
    subject: "the server in URL of secret shop-staging",
    state,
    detail: "so it is.",
  });
  interface World {
    readonly secret?: ValueAnswer;
    readonly postgres?: ComponentResult["state"];
    readonly redis?: ComponentResult["state"];
    readonly rds?: ComponentResult["state"];
    readonly cache?: ComponentResult["state"];
  }
  const world = ({ secret = found, postgres, redis, rds, cache }: World) => {
    const asked: string[] = [];
    const as = (component: "database" | "redis", state: ComponentResult["state"] | undefined) =>
      state === undefined ? undefined : result(component, state);
    const list = (one: ComponentResult | undefined) => (one === undefined ? undefined : [one]);
    const ports: DataStoresPorts = {
      secrets: { value: async () => secret },
      logins: {
        check: async (kind, id) => {
          asked.push(`${kind} ${id}`);
          if (secret.state !== "found") return result("database", secret.state === "unanswered" ? "unknown" : "unhealthy");
          return kind === "postgres" ? as("database", postgres) : as("redis", redis);
        },
      },
      aws: {
        database: async (name) => {
          asked.push(`RDS ${name}`);
          return list(as("database", rds));
        },
        cache: async (name) => {
          asked.push(`ElastiCache ${name}`);
          return list(as("redis", cache));
        },
      },
    };
    return { ports, asked };
  };
  const denied: ValueAnswer = { state: "unanswered", kind: "denied", why: "no", mend: "Grant it" } as never;

  test.each`
    when                                          | given                                                | inputs                          | found
    ${"both answer"}                              | ${{ postgres: "healthy", redis: "healthy" }}         | ${{}}                           | ${"fine"}
    ${"the database refuses the login"}           | ${{ postgres: "unhealthy", redis: "healthy" }}       | ${{}}                           | ${"needs force"}
    ${"Redis answers with an error"}              | ${{ postgres: "healthy", redis: "unhealthy" }}       | ${{}}                           | ${"needs force"}
    ${"the runner is outside of the VPC"}         | ${{ postgres: "unreachable", redis: "unreachable" }} | ${{}}                           | ${"noted"}
    ${"RDS says that the instance is stopped"}    | ${{ postgres: "unreachable", rds: "unhealthy" }}     | ${{}}                           | ${"needs force and noted"}
    ${"ElastiCache creates the cache still"}      | ${{ cache: "unhealthy" }}                            | ${{}}                           | ${"needs force"}
    ${"the role may not ask RDS"}                 | ${{ rds: "unknown" }}                                | ${{}}                           | ${"noted"}
    ${"the application has neither"}              | ${{}}                                                | ${{}}                           | ${"fine"}
    ${"there is no secret by convention"}         | ${{ secret: { state: "missing" } }}                  | ${{}}                           | ${"fine"}
    ${"the secret that was named is missing"}     | ${{ secret: { state: "missing" } }}                  | ${{ "secret-id": "shop/data" }} | ${"needs force"}
    ${"the role may not read the secret"}         | ${{ secret: denied }}                                | ${{}}                           | ${"noted"}
    ${"the instance that was named is not there"} | ${{}}                                                | ${{ database: "shop-db" }}      | ${"noted"}
  `("when $when: $found", async ({ given, inputs, found: expected }: { given: World; inputs: Record<string, string>; found: string }) => {
    expect(kinds(await dataStores(world(given).ports, prepared(2, 0), configOf(inputs)))).toBe(expected);
  });

  test("what cannot be checked from here is no failure, and says what can check it", async () => {
    const { notes } = await dataStores(world({ postgres: "unreachable" }).ports, prepared(2, 0), configOf());
    expect(notes.join("\n")).toMatch(/Not checked from this runner: database, .*health-check with via: task/);
  });

  test("names follow the convention, and why a secret cannot be read is told once", async () => {
    const { ports, asked } = world({ secret: denied });
    await dataStores(ports, prepared(2, 0), configOf());
    expect(asked.sort()).toEqual(["ElastiCache shop-staging", "RDS shop-staging", "postgres shop-staging"]);
  });
});
