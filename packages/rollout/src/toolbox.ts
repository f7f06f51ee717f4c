import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Instant } from "@aws-deploy-actions/shared/units";
import type { StoredDefinition } from "./aws/definitions.ts";
import type { ResolvedImage } from "./aws/images.ts";
import type { Environment } from "./aws/locate.ts";
import type { LogPlace } from "./aws/logs.ts";
import type { FirstLook } from "./aws/traffic.ts";
import type { JsonObject } from "./definition.ts";
import type { Order, RolloutPorts } from "./order.ts";
import type { RecordStore, Written } from "./record/store.ts";

/** Everything that an action which moves traffic may ask of the outside, besides the engine's own ports. Built by main. */
export interface Toolbox {
  readonly clock: Clock;
  readonly region: string;
  identity(): Promise<{ readonly account: string; readonly arn: string; readonly partition: string }>;
  /**
   * @param rules `when-needed`: the first look may leave out the listeners' rules, as in an emergency
   * @throws Trouble with everything that is missing or wrong
   */
  locate(rules?: FirstLook["rules"]): Promise<Environment>;
  /** What is written down, with at most one call and without another try. @throws when it cannot be read */
  glance(environment: Promise<Environment>): Promise<Written>;
  readDefinition(name: string): Promise<StoredDefinition>;
  register(body: JsonObject): Promise<{ readonly arn: string; readonly created: boolean }>;
  resolveImage(image: string): Promise<ResolvedImage>;
  store(environment: Environment): Promise<RecordStore>;
  logTail(place: LogPlace, task: string, lines?: number): Promise<readonly string[]>;
  recentErrors(groups: readonly string[], since: Instant): Promise<readonly string[]>;
  ports(environment: Environment, order: Order): Promise<RolloutPorts>;
}
