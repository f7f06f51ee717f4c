// CloudFormation in virtual time, for the states that no emulator gives. Each behaviour names the page that it follows.
import type { Clock } from "@aws-deploy-actions/shared/clock";
import { cloudTrouble } from "@aws-deploy-actions/shared/problems";
import { canonical } from "../../src/model/canonical.ts";
import type { ChangeSetSeen } from "../../src/model/change-set.ts";
import { isBusy, type StackEvent, type StackOutput, type StackSeen, type StackStatus, type Tags } from "../../src/model/stack.ts";
import type { ChangeSetRequest, Drift, StackPort } from "../../src/ports.ts";

export interface Content {
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Tags;
}

interface FakeChangeSet {
  seen: ChangeSetSeen;
  readonly request: ChangeSetRequest;
  readonly content: Content;
  readonly readyAt: number;
}

const account = "111111111111";
export const fakeStackName = "api-dev";
export const operationSeconds = 20;

/** What happens to one content when it is deployed; good unless its template says otherwise. */
const failsIn = (content: Content): boolean => content.template.includes("FAIL");
const rollbackFailsIn = (content: Content): boolean => content.template.includes("STUCK");

export class FakeStack implements StackPort {
  status: StackStatus | undefined;
  content: Content | undefined;
  outputs: readonly StackOutput[] = [];
  protection = false;
  updated = 0;
  /** How often an operation that changes resources began, by what it put in. */
  readonly operations: string[] = [];
  readonly calls: string[] = [];
  readonly eventLog: StackEvent[] = [];
  /** How long a change of resources takes. */
  seconds = operationSeconds;
  drifted: Drift = { state: "done", resources: [] };
  retained: readonly string[] = [];
  private readonly changeSets = new Map<string, FakeChangeSet>();
  private due: { at: number; then: () => void }[] = [];
  private serial = 0;
  private before: Content | undefined;
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get id(): string {
    return `arn:aws:cloudformation:us-east-1:${account}:stack/${fakeStackName}/1`;
  }

  /** Puts the stack into a state, as an earlier run may have left it. */
  stand(status: StackStatus, content?: Content): void {
    this.status = status;
    this.content = content;
    this.before = content;
    this.event(fakeStackName, status);
  }

  async look(): Promise<StackSeen | undefined> {
    this.turn("look");
    if (this.status === undefined) return undefined;
    const { parameters = {}, tags = {} } = this.content ?? {};
    return {
      name: fakeStackName,
      id: this.id,
      status: this.status,
      statusReason: "",
      parameters: Object.entries(parameters).map(([name, value]) => ({ name, value: /secret/i.test(name) ? "****" : value })),
      tags,
      outputs: this.outputs,
      capabilities: ["CAPABILITY_IAM"],
      terminationProtection: this.protection,
      created: 0,
      updated: this.updated,
    };
  }

  async events(after: string | undefined, limit = 200): Promise<readonly StackEvent[]> {
    this.turn("events");
    if (this.status === undefined) throw this.refused(`Stack [${fakeStackName}] does not exist`);
    const from = this.eventLog.findIndex(({ id }) => id === after) + 1;
    return this.eventLog.slice(Math.max(from, this.eventLog.length - limit));
  }

  async nestedEvents(): Promise<readonly StackEvent[]> {
    this.turn("nestedEvents");
    return this.eventLog;
  }

  async resources() {
    this.turn("resources");
    const stuck = this.status === "UPDATE_ROLLBACK_FAILED";
    return [
      {
        logicalId: "Function",
        physicalId: "function-1",
        type: "AWS::Lambda::Function",
        status: stuck ? "UPDATE_FAILED" : "UPDATE_COMPLETE",
      },
    ];
  }

  async processedTemplate(): Promise<string> {
    this.turn("processedTemplate");
    return processed(this.content?.template ?? "{}");
  }

  async createChangeSet(request: ChangeSetRequest): Promise<string> {
    this.turn("createChangeSet");
    if (request.type === "CREATE") {
      // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html: a new stack is under review until its change set is executed.
      if (this.status !== undefined && this.status !== "REVIEW_IN_PROGRESS") throw this.refused(`Stack [${fakeStackName}] already exists`);
      this.status = "REVIEW_IN_PROGRESS";
      this.event(fakeStackName, "REVIEW_IN_PROGRESS");
    } else if (this.status === undefined || isBusy(this.status) || /FAILED|^ROLLBACK_COMPLETE/.test(this.status))
      throw this.refused(`Stack:${this.id} is in ${this.status} state and can not be updated.`);
    const content = this.resolve(request);
    const id = `arn:aws:cloudformation:us-east-1:${account}:changeSet/${request.name}/${++this.serial}`;
    const same = request.type === "UPDATE" && canonical(content) === canonical(this.content);
    const status = same ? "FAILED" : "CREATE_COMPLETE";
    const seen: ChangeSetSeen = {
      id,
      name: request.name,
      stackId: this.id,
      status,
      executionStatus: same ? "UNAVAILABLE" : "AVAILABLE",
      reason: same ? "The submitted information didn't contain changes. Submit different information to create a change set." : "",
      created: this.clock.now(),
      parameters: Object.entries(content.parameters).map(([name, value]) => ({ name, value })),
      tags: content.tags,
      changes: same ? [] : [changeOf(content.template, request.type)],
    };
    this.changeSets.set(id, { seen, request, content, readyAt: this.clock.now() + 1 });
    return id;
  }

  async changeSet(nameOrId: string): Promise<ChangeSetSeen | undefined> {
    this.turn("changeSet");
    const one = [...this.changeSets.values()].find(({ seen }) => seen.id === nameOrId || seen.name === nameOrId);
    if (one === undefined) return undefined;
    return this.clock.now() < one.readyAt ? { ...one.seen, status: "CREATE_IN_PROGRESS", changes: [] } : one.seen;
  }

  async changeSetTemplate(id: string): Promise<string> {
    this.turn("changeSetTemplate");
    return this.changeSets.get(id)?.content.template ?? "";
  }

  async executeChangeSet(id: string): Promise<void> {
    this.turn("executeChangeSet");
    const one = this.changeSets.get(id);
    if (one === undefined) throw this.refused(`ChangeSet [${id}] does not exist`);
    // Executed before: the adapter takes a repeated call for the first one's lost answer.
    if (one.seen.executionStatus.startsWith("EXECUTE")) return;
    if (one.seen.executionStatus !== "AVAILABLE") throw this.refused(`ChangeSet [${id}] cannot be executed in its current status`);
    one.seen = { ...one.seen, executionStatus: "EXECUTE_IN_PROGRESS" };
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-execute.html: executing one deletes all others.
    for (const other of [...this.changeSets.keys()]) if (other !== id) this.changeSets.delete(other);
    this.begin(one.request.type, one.content);
  }

  async deleteChangeSet(id: string): Promise<void> {
    this.turn("deleteChangeSet");
    this.changeSets.delete(id);
  }

  async deleteStack(): Promise<void> {
    this.turn("deleteStack");
    if (this.protection) throw this.refused("Stack cannot be deleted while TerminationProtection is enabled");
    this.to("DELETE_IN_PROGRESS");
    for (const id of this.retained) this.event(id, "DELETE_SKIPPED", "", "AWS::DynamoDB::Table");
    this.after(operationSeconds, () => {
      this.event(fakeStackName, "DELETE_COMPLETE");
      this.status = undefined;
      this.content = undefined;
      this.changeSets.clear();
    });
  }

  async cancelUpdate(): Promise<void> {
    this.turn("cancelUpdate");
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html: only while the update is in progress.
    if (this.status !== "UPDATE_IN_PROGRESS") throw this.refused("CancelUpdateStack cannot be called from current stack status");
    this.due = [];
    this.goBack("User Initiated");
  }

  async continueRollback(skip: readonly string[]): Promise<void> {
    this.turn("continueRollback");
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html
    if (this.status !== "UPDATE_ROLLBACK_FAILED") throw this.refused("ContinueUpdateRollback cannot be called from current stack status");
    const stillStuck = this.content !== undefined && rollbackFailsIn(this.content) && !skip.includes("Function");
    this.to("UPDATE_ROLLBACK_IN_PROGRESS");
    this.after(operationSeconds, () => (stillStuck ? this.stuck() : this.back()));
  }

  async rollBack(): Promise<void> {
    this.turn("rollBack");
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html
    if (this.status !== "UPDATE_FAILED" && this.status !== "CREATE_FAILED")
      throw this.refused("RollbackStack cannot be called from current stack status");
    this.to("UPDATE_ROLLBACK_IN_PROGRESS");
    this.after(operationSeconds, () => this.back());
  }

  async startDrift(): Promise<string | undefined> {
    this.turn("startDrift");
    return "drift-1";
  }

  async drift(): Promise<Drift> {
    this.turn("drift");
    return this.drifted;
  }

  /** Lets what is due by now happen; every call sees the world as it has become. */
  private turn(call: string): void {
    this.calls.push(call);
    this.settle();
  }

  settle(): void {
    for (;;) {
      const next = this.due.filter(({ at }) => at <= this.clock.now()).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) return;
      this.due = this.due.filter((one) => one !== next);
      next.then();
    }
  }

  private begin(type: "CREATE" | "UPDATE", content: Content): void {
    this.operations.push(canonical(content));
    this.before = this.content;
    this.content = content;
    this.updated = this.clock.now();
    this.to(`${type}_IN_PROGRESS`);
    this.event("Function", `${type}_IN_PROGRESS`);
    if (failsIn(content) || rollbackFailsIn(content)) {
      this.after(this.seconds / 2, () => {
        this.event("Function", `${type}_FAILED`, "The runtime parameter of nodejs12.x is no longer supported");
        this.event("Table", `${type}_FAILED`, `Resource ${type === "CREATE" ? "creation" : "update"} cancelled`);
        if (type === "UPDATE") this.goBack("The following resource(s) failed to update: [Function].");
        else {
          this.to("ROLLBACK_IN_PROGRESS");
          this.after(operationSeconds, () => this.to("ROLLBACK_COMPLETE"));
        }
      });
    } else
      this.after(this.seconds, () => {
        this.event("Function", `${type}_COMPLETE`);
        if (type === "CREATE") this.to("CREATE_COMPLETE");
        else {
          this.to("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
          this.after(2, () => this.to("UPDATE_COMPLETE"));
        }
      });
  }

  private goBack(reason: string): void {
    this.to("UPDATE_ROLLBACK_IN_PROGRESS", reason);
    this.after(operationSeconds, () => (this.content !== undefined && rollbackFailsIn(this.content) ? this.stuck() : this.back()));
  }

  private stuck(): void {
    this.event("Function", "UPDATE_FAILED", "Resource handler returned message: the old version is gone");
    this.to("UPDATE_ROLLBACK_FAILED");
  }

  /** Tags and parameters go back with the template. */
  private back(): void {
    this.content = this.before;
    this.to("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
    this.after(1, () => this.to("UPDATE_ROLLBACK_COMPLETE"));
  }

  private resolve(request: ChangeSetRequest): Content {
    const parameters = request.parameters.map(
      (one) => [one.name, "value" in one ? one.value : (this.content?.parameters[one.name] ?? "")] as const,
    );
    return {
      template: "body" in request.template ? request.template.body : "",
      parameters: Object.fromEntries(parameters),
      tags: request.tags,
    };
  }

  private after(seconds: number, then: () => void): void {
    this.due.push({ at: this.clock.now() + seconds, then });
  }

  private to(status: StackStatus, reason = ""): void {
    this.status = status;
    this.event(fakeStackName, status, reason);
  }

  private event(logicalId: string, status: string, reason = "", type = "AWS::Lambda::Function"): void {
    const isStack = logicalId === fakeStackName;
    this.eventLog.push({
      id: `event-${this.eventLog.length}`,
      time: this.clock.now() + this.eventLog.length / 1e6,
      stackId: this.id,
      logicalId,
      physicalId: isStack ? this.id : `${logicalId}-1`,
      type: isStack ? "AWS::CloudFormation::Stack" : type,
      status,
      reason,
      token: undefined,
    });
  }

  private refused(message: string): Error {
    return cloudTrouble(
      `cloudformation failed: ValidationError: ${message}`,
      undefined,
      Object.assign(new Error(message), { name: "ValidationError" }),
    );
  }
}

/** What the transform makes of a template: something else than what was given. */
export const processed = (template: string): string => template.replace("AWS::Serverless-2016-10-31", "processed");

const changeOf = (template: string, type: "CREATE" | "UPDATE"): ChangeSetSeen["changes"][number] => ({
  action: type === "CREATE" ? "Add" : template.includes("REMOVE") ? "Remove" : "Modify",
  logicalId: template.includes("REMOVE") ? "Users" : "Function",
  physicalId: "function-1",
  type: template.includes("REMOVE") ? "AWS::DynamoDB::Table" : "AWS::Lambda::Function",
  replacement: "False",
  scope: ["Properties"],
  causes: ["Properties.Code"],
  policy: undefined,
  nested: "",
});
