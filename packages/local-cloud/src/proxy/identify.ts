import { gunzipSync } from "node:zlib";
import { type Params, readParams } from "./params.ts";

/** How a service writes its requests and errors: https://smithy.io/2.0/aws/protocols/index.html */
export type Protocol = "json-1.0" | "json-1.1" | "query" | "ec2-query" | "rest-xml" | "rest-json" | "cbor";

/** One call, as far as it can be told from the request alone. */
export interface ApiCall {
  /** The prefix that IAM actions of this service carry: `ecs`, `elasticloadbalancing`, `cloudwatch`. */
  readonly service: string;
  /** The operation, `UpdateService`; for REST services that are not known by name, `PUT /path`. */
  readonly operation: string;
  readonly protocol: Protocol;
  readonly params: Params;
}

/** A request as it came in. */
export interface RawRequest {
  readonly method: string;
  /** Path and query string. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Signing names that differ from the IAM prefix: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html */
const iamPrefixes: Readonly<Record<string, string>> = {
  monitoring: "cloudwatch",
  email: "ses",
  "cloudwatch-logs": "logs",
};

/** The part of X-Amz-Target before the dot, for requests that are not signed. */
const targetServices: readonly (readonly [prefix: string, service: string])[] = [
  ["AmazonEC2ContainerServiceV20141113", "ecs"],
  ["AmazonEC2ContainerRegistry_V20150921", "ecr"],
  ["Logs_20140328", "logs"],
  ["secretsmanager", "secretsmanager"],
  ["GraniteServiceVersion20100801", "cloudwatch"],
  ["AnyScaleFrontendService", "application-autoscaling"],
  ["AmazonSSM", "ssm"],
  ["TrentService", "kms"],
];

const restXmlServices = new Set(["s3", "route53", "cloudfront"]);

/** Tells service, operation and parameters of a request. */
export function identify(request: RawRequest): ApiCall {
  const body = decodedBody(request);
  const target = header(request, "x-amz-target");
  const service = serviceOf(request, target);
  if (target !== undefined) {
    const protocol = header(request, "content-type")?.includes("1.0") ? "json-1.0" : "json-1.1";
    return { service, operation: target.slice(target.lastIndexOf(".") + 1), protocol, params: readParams(protocol, body) };
  }
  const cbor = /\/service\/([^/]+)\/operation\/([^/?]+)/.exec(request.url);
  if (cbor !== null) return { service, operation: cbor[2] ?? "", protocol: "cbor", params: readParams("cbor", body) };
  const form = formOf(request, body);
  const action = new URLSearchParams(form).get("Action");
  if (action !== null) {
    const protocol = service === "ec2" ? "ec2-query" : "query";
    return { service: unsignedQueryService(service, action), operation: action, protocol, params: readParams("query", Buffer.from(form)) };
  }
  const protocol = restXmlServices.has(service) ? "rest-xml" : "rest-json";
  return { service, operation: restOperation(service, request), protocol, params: restParams(request, protocol, body) };
}

export function header(request: RawRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function decodedBody(request: RawRequest): Buffer {
  return header(request, "content-encoding") === "gzip" ? gunzipSync(request.body) : request.body;
}

/** Key, day, region and service of a version 4 signature: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function scopeOf(request: RawRequest): readonly string[] | undefined {
  const signed = /Credential=([^,\s]+)/.exec(header(request, "authorization") ?? "")?.[1];
  const presigned = new URL(request.url, "http://local").searchParams.get("X-Amz-Credential");
  return (signed ?? presigned ?? undefined)?.split("/");
}

function serviceOf(request: RawRequest, target: string | undefined): string {
  const signed = scopeOf(request)?.[3];
  if (signed !== undefined) return iamPrefixes[signed] ?? signed;
  return targetServices.find(([prefix]) => target?.startsWith(prefix))?.[1] ?? "unknown";
}

/** AssumeRoleWithWebIdentity is the one call that nobody signs. */
const unsignedQueryService = (service: string, action: string): string =>
  service === "unknown" && action.startsWith("AssumeRole") ? "sts" : service;

function formOf(request: RawRequest, body: Buffer): string {
  if (header(request, "content-type")?.startsWith("application/x-www-form-urlencoded")) return body.toString("utf8");
  return new URL(request.url, "http://local").search.slice(1);
}

function restParams(request: RawRequest, protocol: Protocol, body: Buffer): Params {
  const url = new URL(request.url, "http://local");
  const params: Record<string, unknown> = { path: decodeURIComponent(url.pathname), ...Object.fromEntries(url.searchParams) };
  for (const name of ["if-match", "if-none-match", "x-amz-expected-bucket-owner"]) {
    const value = header(request, name);
    if (value !== undefined) params[name] = value;
  }
  return protocol === "rest-json" && body.length > 0 ? { ...params, ...readParams("rest-json", body) } : params;
}

/** S3's operations by method, path and the query's first word: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
function restOperation(service: string, request: RawRequest): string {
  const url = new URL(request.url, "http://local");
  if (service !== "s3") return `${request.method} ${url.pathname}`;
  const [bucket, ...key] = url.pathname.slice(1).split("/");
  const subresource = ["versioning", "policy", "encryption", "tagging", "lifecycle", "acl", "publicAccessBlock", "uploads", "delete"].find(
    (name) => url.searchParams.has(name),
  );
  const verb = { GET: "Get", PUT: "Put", HEAD: "Head", DELETE: "Delete", POST: "Post" }[request.method] ?? request.method;
  if (bucket === "") return "ListBuckets";
  if (key.join("/") !== "") return subresource === undefined ? `${verb}Object` : `${verb}Object${capitalised(subresource)}`;
  if (subresource !== undefined) return `${verb}Bucket${capitalised(subresource)}`;
  return { GET: "ListObjectsV2", PUT: "CreateBucket", HEAD: "HeadBucket", DELETE: "DeleteBucket" }[request.method] ?? `${verb}Bucket`;
}

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
