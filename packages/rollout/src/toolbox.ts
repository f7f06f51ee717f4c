import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Instant } from "@aws-deploy-actions/shared/units";
import type { StoredDefinition } from "./aws/definitions.ts";
import type { ResolvedImage } from "./aws/images.ts";
import type { Environment } from "./aws/locate.ts";
import type { LogPlace } from "./aws/logs.ts";
import type { JsonObject } from "./definition.ts";
import type { Order, RolloutPorts } from "./order.ts";
import type { RecordStore } from "./record/store.ts";

/** Everything that an action which moves traffic may ask of the outside, besides the engine's own ports. Built by main. */
export interface Toolbox {
  readonly clock: Clock;
  readonly region: string;
  identity(): Promise<{ readonly account: string; readonly arn: string; readonly partition: string }>;
  /** @throws Trouble with everything that is missing or wrong */
  locate(): Promise<Environment>;
  readDefinition(name: string): Promise<StoredDefinition>;
  register(body: JsonObject): Promise<{ readonly arn: string; readonly created: boolean }>;
  resolveImage(image: string): Promise<ResolvedImage>;
  store(environment: Environment): Promise<RecordStore>;
  logTail(place: LogPlace, task: string, lines?: number): Promise<readonly string[]>;
  recentErrors(groups: readonly string[], since: Instant): Promise<readonly string[]>;
  ports(environment: Environment, order: Order): RolloutPorts;
}
