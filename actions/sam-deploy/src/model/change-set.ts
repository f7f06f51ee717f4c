import type { Instant } from "@aws-deploy-actions/shared/units";
import { digestOf, sha256 } from "./canonical.ts";
import type { StackParameter, Tags } from "./stack.ts";

/** A change set as CloudFormation describes it, all pages in one. */
export interface ChangeSetSeen {
  readonly id: string;
  readonly name: string;
  readonly stackId: string;
  readonly status: string;
  readonly executionStatus: string;
  readonly reason: string;
  readonly created: Instant;
  readonly parameters: readonly StackParameter[];
  readonly tags: Tags;
  readonly changes: readonly ResourceChange[];
}

export interface ResourceChange {
  readonly action: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  /** `True`, `False`, `Conditional`, or undefined where CloudFormation says nothing. */
  readonly replacement: string | undefined;
  readonly scope: readonly string[];
  /** What changes, by name: `Properties.Timeout`. Never a value. */
  readonly causes: readonly string[];
  /** What happens to the old resource where it is removed or replaced: `Retain`, `Delete`, `Snapshot`, …. */
  readonly policy: string | undefined;
  /** Names the nested stack in whose change set this change was found; empty in the stack itself. */
  readonly nested: string;
}

/** What becomes of a resource, as people read it. */
export type ChangeKind = "add" | "change" | "maybe-replace" | "replace" | "remove" | "tags" | "import" | "unknown";

/** A change with what it means. */
export interface JudgedChange extends ResourceChange {
  readonly kind: ChangeKind;
  /** Data of a stateful resource is deleted by it, or may be. */
  readonly endangersData: boolean;
}

/** Resources whose loss is a loss of data. */
const stateful = new Set([
  "AWS::DynamoDB::Table",
  "AWS::DynamoDB::GlobalTable",
  "AWS::Serverless::SimpleTable",
  "AWS::S3::Bucket",
  "AWS::S3Express::DirectoryBucket",
  "AWS::RDS::DBInstance",
  "AWS::RDS::DBCluster",
  "AWS::DocDB::DBCluster",
  "AWS::DocDB::DBInstance",
  "AWS::Neptune::DBCluster",
  "AWS::Redshift::Cluster",
  "AWS::Timestream::Database",
  "AWS::Timestream::Table",
  "AWS::ElastiCache::CacheCluster",
  "AWS::ElastiCache::ReplicationGroup",
  "AWS::ElastiCache::ServerlessCache",
  "AWS::MemoryDB::Cluster",
  "AWS::OpenSearchService::Domain",
  "AWS::Elasticsearch::Domain",
  "AWS::Cognito::UserPool",
  "AWS::Cognito::IdentityPool",
  "AWS::SQS::Queue",
  "AWS::Kinesis::Stream",
  "AWS::Logs::LogGroup",
  "AWS::EFS::FileSystem",
  "AWS::FSx::FileSystem",
  "AWS::EC2::Volume",
  "AWS::ECR::Repository",
  "AWS::SecretsManager::Secret",
  "AWS::SSM::Parameter",
  "AWS::KMS::Key",
  "AWS::Backup::BackupVault",
  "AWS::Route53::HostedZone",
]);

export const isStateful = (type: string): boolean => stateful.has(type);

/** Policies under which the data outlives the resource's place in the stack. */
const keepsData = (policy: string | undefined): boolean =>
  policy !== undefined && /^(Retain|ReplaceAndRetain|Snapshot|ReplaceAndSnapshot)$/.test(policy);

function kindOf({ action, replacement, scope }: ResourceChange): ChangeKind {
  switch (action) {
    case "Add":
      return "add";
    case "Remove":
      return "remove";
    case "Import":
      return "import";
    case "Modify":
      if (replacement === "True") return "replace";
      if (replacement === "Conditional") return "maybe-replace";
      return scope.length > 0 && scope.every((one) => one === "Tags") ? "tags" : "change";
    default:
      // "Dynamic": CloudFormation itself cannot say yet, so neither may we.
      return "unknown";
  }
}

/** Sorts a change set's changes by what they mean, the dangerous ones first. */
export function judgeChanges(changes: readonly ResourceChange[]): readonly JudgedChange[] {
  const order: readonly ChangeKind[] = ["remove", "replace", "maybe-replace", "unknown", "change", "add", "import", "tags"];
  return changes
    .map((change): JudgedChange => {
      const kind = kindOf(change);
      const loses = kind === "remove" || kind === "replace" || kind === "maybe-replace" || kind === "unknown";
      return { ...change, kind, endangersData: loses && isStateful(change.type) && !keepsData(change.policy) };
    })
    .sort((a, b) => Number(b.endangersData) - Number(a.endangersData) || order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** `2 to add, 1 to replace (1 with data at risk)`; the output `change-summary`. */
export function changeSummary(changes: readonly JudgedChange[]): string {
  const names: readonly (readonly [ChangeKind, string])[] = [
    ["add", "to add"],
    ["change", "to change"],
    ["maybe-replace", "perhaps to replace"],
    ["replace", "to replace"],
    ["remove", "to remove"],
    ["import", "to import"],
    ["unknown", "not known until executed"],
    ["tags", "with new tags only"],
  ];
  const parts = names.flatMap(([kind, words]) => {
    const count = changes.filter((change) => change.kind === kind).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  const risky = changes.filter(({ endangersData }) => endangersData).length;
  if (parts.length === 0) return "no changes";
  return parts.join(", ") + (risky === 0 ? "" : `; data at risk in ${risky}`);
}

/**
 * The changes that a protected resource forbids: it would be deleted or replaced, for certain or perhaps.
 *
 * @param protectedResources logical ids or resource types; `*` at an end stands for anything
 */
export function forbiddenChanges(changes: readonly JudgedChange[], protectedResources: readonly string[]): readonly JudgedChange[] {
  const matches = (pattern: string, text: string): boolean =>
    pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : pattern === text;
  return changes.filter(
    ({ kind, logicalId, type }) =>
      (kind === "remove" || kind === "replace" || kind === "maybe-replace" || kind === "unknown") &&
      protectedResources.some((pattern) => matches(pattern, logicalId) || matches(pattern, type)),
  );
}

/**
 * The digest that ties a reviewed change set to its execution: everything that CloudFormation will do, and the template it does it from.
 * Values with NoEcho are `****` in it, as CloudFormation shows them.
 */
export function changeSetDigest(seen: ChangeSetSeen, template: string): string {
  const { id, stackId, parameters, tags, changes } = seen;
  return digestOf({ id, stackId, parameters: [...parameters].sort(byName), tags, changes, template: sha256(template) });
}

const byName = (a: StackParameter, b: StackParameter): number => (a.name < b.name ? -1 : 1);

/** CloudFormation's words for a change set that changes nothing; there is no code for it. */
export const isEmptyChangeSet = ({ status, reason }: ChangeSetSeen): boolean =>
  status === "FAILED" && /didn't contain changes|No updates are to be performed|contains no changes/i.test(reason);
