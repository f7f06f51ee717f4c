// What ministack cannot make is taken out of a template before it is deployed there; cfn-lint and the resolved template check it.
import type { Json, JsonMap, Resource, Template } from "./template.ts";

/** Resource types that ministack 1.5.33 rejects by name. */
export const rejectedTypes: ReadonlySet<string> = new Set([
  "AWS::ApplicationAutoScaling::ScalableTarget",
  "AWS::ApplicationAutoScaling::ScalingPolicy",
  "AWS::Backup::BackupSelection",
  "AWS::Budgets::Budget",
  "AWS::CloudTrail::Trail",
  "AWS::EC2::EIP",
  "AWS::EC2::FlowLog",
  "AWS::EC2::NatGateway",
  "AWS::EC2::NetworkAcl",
  "AWS::EC2::NetworkAclEntry",
  "AWS::EC2::SecurityGroupEgress",
  "AWS::EC2::SubnetNetworkAclAssociation",
  "AWS::IAM::OIDCProvider",
  "AWS::SecretsManager::RotationSchedule",
  "AWS::WAFv2::LoggingConfiguration",
  "AWS::WAFv2::WebACLAssociation",
]);

/** Attributes that ministack does not know, with what stands for them there. */
const unknownAttributes: Readonly<Record<string, string>> = {
  "Database.MasterUserSecret.SecretArn": "arn:aws:secretsmanager:us-east-1:111111111111:secret:rds!db-emulated-abcdef",
};

/** The namespace of the series that stand for an alarm's metric math in the emulator. */
export const mathNamespace = "Test/MetricMath";

/**
 * The part of a template that ministack can deploy: rejected types are gone, with all that names them, and an alarm on metric math
 * watches a series of its own instead, named after the alarm's logical id.
 */
export function emulated(template: Template): { readonly body: string; readonly left: readonly string[] } {
  const left = Object.entries(template.Resources)
    .filter(([, resource]) => rejectedTypes.has(resource.Type))
    .map(([id]) => id);
  const gone = new Set(left);
  const resources: Record<string, Json> = {};
  for (const [id, resource] of Object.entries(template.Resources)) {
    if (gone.has(id)) continue;
    resources[id] = withKnownAttributes(without(withoutMath(id, resource) as unknown as Json, gone));
  }
  const outputs = Object.fromEntries(
    Object.entries(template.Outputs)
      .filter(([, output]) => !names(output.Value, gone))
      .map(([id, output]) => [id, { ...output, Value: withKnownAttributes(output.Value) }]),
  );
  const { Transform: _transform, ...rest } = template;
  const conditions = withSelectForJoin(template.Conditions ?? {});
  return { body: JSON.stringify({ ...rest, Conditions: conditions, Resources: resources, Outputs: outputs }), left };
}

/** In a condition ministack joins the name of a list parameter instead of its items: the first item tells "empty" as well. */
function withSelectForJoin(value: Json): Json {
  if (isList(value)) return value.map(withSelectForJoin);
  if (typeof value !== "object" || value === null) return value;
  const join = (value as JsonMap)["Fn::Join"];
  if (isList(join)) return { "Fn::Select": [0, join[1] ?? null] };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withSelectForJoin(item)]));
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

function withKnownAttributes(value: Json): Json {
  if (typeof value === "string") {
    return Object.entries(unknownAttributes).reduce((text, [name, stand]) => text.replaceAll(`\${${name}}`, stand), value);
  }
  if (Array.isArray(value)) return value.map(withKnownAttributes);
  if (typeof value !== "object" || value === null) return value;
  const attribute = (value as JsonMap)["Fn::GetAtt"];
  const stand = Array.isArray(attribute) ? unknownAttributes[attribute.join(".")] : undefined;
  return stand ?? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withKnownAttributes(item)]));
}

function withoutMath(id: string, resource: Resource): Resource {
  const properties = resource.Properties;
  if (resource.Type !== "AWS::CloudWatch::Alarm" || properties?.["Metrics"] === undefined) return resource;
  const { Metrics: _metrics, ...rest } = properties;
  return { ...resource, Properties: { ...rest, Namespace: mathNamespace, MetricName: id, Statistic: "Average", Period: 60 } };
}

/** Drops list items, properties and dependencies that name a resource that is gone. */
function without(value: Json, gone: ReadonlySet<string>): Json {
  if (Array.isArray(value))
    return value.filter((item) => !(names(item, gone) || gone.has(String(item)))).map((item) => without(item, gone));
  if (typeof value !== "object" || value === null) return value;
  const kept: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === "DependsOn" && typeof item === "string" && gone.has(item)) continue;
    if (isReference(item) && names(item, gone)) continue;
    kept[key] = without(item, gone);
  }
  return kept;
}

const isReference = (value: Json): value is JsonMap =>
  typeof value === "object" && value !== null && !Array.isArray(value) && /^(Ref|Fn::.*)$/.test(Object.keys(value)[0] ?? "");

function names(value: Json, gone: ReadonlySet<string>): boolean {
  if (typeof value === "string") return false;
  if (Array.isArray(value)) return value.some((item) => names(item, gone));
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, item]) => {
    if (key === "Ref") return gone.has(String(item));
    if (key === "Fn::GetAtt") return gone.has(String((item as readonly Json[])[0]));
    if (key === "Fn::Sub") {
      const text = String(Array.isArray(item) ? item[0] : item);
      return [...text.matchAll(/\$\{([A-Za-z0-9]+)/g)].some((match) => gone.has(match[1] ?? ""));
    }
    return names(item, gone);
  });
}
