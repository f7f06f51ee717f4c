import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { awsComponents } from "@aws-deploy-actions/shared/health/components/adapters/aws";
import { loginChecks } from "@aws-deploy-actions/shared/health/database/adapter-login";
import { regionOf } from "@aws-deploy-actions/shared/secrets/adapters/names";
import { readOne } from "@aws-deploy-actions/shared/secrets/adapters/values";
import type { ValueAnswer } from "@aws-deploy-actions/shared/secrets/types";
import { type DataStoresPorts, loginTimeout } from "./checks/data-stores.ts";

/** How the database and Redis are looked at. The secret is read once for both logins. */
export function storesOf(aws: Aws<"secrets" | "ecs" | "elb" | "rds" | "elasticache">, { clock, runner }: Base): DataStoresPorts {
  const read = new Map<string, Promise<ValueAnswer>>();
  const value = async (id: string): Promise<ValueAnswer> => {
    const region = regionOf(id);
    const answer = read.get(id) ?? readOne(region === undefined || region === aws.region ? aws : aws.inRegion(region), id);
    read.set(id, answer);
    return await answer;
  };
  const secrets = { value };
  return {
    secrets,
    logins: loginChecks(secrets, { clock, timeout: loginTimeout, mask: (part) => runner.mask(part) }),
    aws: awsComponents(aws),
  };
}
