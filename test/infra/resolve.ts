// What a template says for given parameters, as plain data. References to other resources stay as text: "<Vpc>", "<Database.Endpoint.Address>".
import type { Json, JsonMap, Resource, Template } from "./template.ts";

const noValue = Symbol("AWS::NoValue");
type Resolved = Json | typeof noValue;

const pseudo: Readonly<Record<string, Resolved>> = {
  "AWS::AccountId": "111111111111",
  "AWS::NoValue": noValue,
  "AWS::Partition": "aws",
  "AWS::Region": "us-east-1",
  "AWS::StackName": "stack",
  "AWS::URLSuffix": "amazonaws.com",
};

/** The resources that exist under these parameters, with their properties resolved. */
export function resolveResources(template: Template, given: Readonly<Record<string, string>>): Readonly<Record<string, Resource>> {
  const scope = new Scope(template, given);
  return Object.fromEntries(
    Object.entries(template.Resources)
      .filter(([, resource]) => resource.Condition === undefined || scope.condition(resource.Condition))
      .map(([id, resource]) => [id, { ...resource, Properties: (scope.resolve(resource.Properties ?? {}) ?? {}) as JsonMap }]),
  );
}

class Scope {
  private readonly template: Template;
  private readonly given: Readonly<Record<string, string>>;

  constructor(template: Template, given: Readonly<Record<string, string>>) {
    this.template = template;
    this.given = given;
  }

  condition(name: string): boolean {
    return this.resolve(this.template.Conditions?.[name] ?? null) === true;
  }

  resolve(value: Json): Resolved {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item)).filter((item) => item !== noValue) as Json[];
    if (typeof value !== "object" || value === null) return value;
    const [[key, argument] = ["", null]] = Object.entries(value);
    if (key === "Ref" || key.startsWith("Fn::") || (key === "Condition" && typeof argument === "string")) return this.call(key, argument);
    const entries = Object.entries(value).map(([name, item]) => [name, this.resolve(item)] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== noValue)) as JsonMap;
  }

  private call(name: string, argument: Json): Resolved {
    switch (name) {
      case "Ref":
        return this.reference(String(argument));
      case "Condition":
        return this.condition(String(argument));
      case "Fn::GetAtt":
        return `<${(argument as readonly string[]).join(".")}>`;
      case "Fn::Sub":
        return String(argument).replace(/\$\{([^!}][^}]*)\}/g, (_, inner: string) =>
          inner.includes(".") ? `<${inner}>` : String(this.reference(inner)),
        );
      case "Fn::If": {
        const [condition, yes, no] = argument as readonly [string, Json, Json];
        return this.resolve(this.condition(condition) ? yes : no);
      }
      case "Fn::GetAZs":
        return ["us-east-1a", "us-east-1b", "us-east-1c"];
      default:
        return this.compute(name, this.resolve(argument) as readonly Json[]);
    }
  }

  private compute(name: string, args: readonly Json[]): Resolved {
    const [first, second] = args;
    switch (name) {
      case "Fn::Equals":
        return String(first) === String(second);
      case "Fn::Not":
        return first !== true;
      case "Fn::And":
        return args.every((item) => item === true);
      case "Fn::Or":
        return args.some((item) => item === true);
      case "Fn::Join":
        return (second as readonly string[]).join(String(first));
      case "Fn::Select":
        return (second as readonly Json[])[Number(first)] ?? "";
      case "Fn::Cidr":
        return cidrs(String(first), Number(second), Number(args[2]));
      default:
        throw new Error(`the test's resolver does not know ${name}`);
    }
  }

  private reference(name: string): Resolved {
    if (name in pseudo) return pseudo[name] ?? null;
    const parameter = this.template.Parameters[name];
    if (parameter === undefined) return `<${name}>`;
    const value = this.given[name] ?? parameter.Default;
    if (value === undefined) throw new Error(`parameter ${name} is missing`);
    return /^(List<|CommaDelimitedList)/.test(parameter.Type) ? String(value).split(",") : value;
  }
}

function cidrs(network: string, count: number, hostBits: number): readonly string[] {
  const [address = "0.0.0.0"] = network.split("/");
  const base = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return Array.from({ length: count }, (_, index) => {
    const start = base + index * 2 ** hostBits;
    return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join(".")}/${32 - hostBits}`;
  });
}
