import { randomUUID } from "node:crypto";
import { cbor } from "@smithy/core/cbor";
import type { Protocol } from "./identify.ts";

/** What goes back to the caller. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An error as AWS words it; handlers throw it, the proxy writes it in the caller's protocol. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const contentTypes: Readonly<Record<Protocol, string>> = {
  "json-1.0": "application/x-amz-json-1.0",
  "json-1.1": "application/x-amz-json-1.1",
  "rest-json": "application/json",
  cbor: "application/cbor",
  query: "text/xml",
  "ec2-query": "text/xml",
  "rest-xml": "application/xml",
};

/** A value as a JSON or CBOR answer. */
export function valueAnswer(protocol: Protocol, value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): ApiAnswer {
  const body = protocol === "cbor" ? Buffer.from(cbor.serialize(value)) : Buffer.from(JSON.stringify(value));
  const smithy = protocol === "cbor" ? { "smithy-protocol": "rpc-v2-cbor" } : {};
  return { status, body, headers: { "content-type": contentTypes[protocol], "x-amzn-requestid": randomUUID(), ...smithy, ...headers } };
}

/** A Query protocol answer: `inner` is the XML inside `<OperationResult>`. */
export function xmlAnswer(operation: string, namespace: string, inner: string): ApiAnswer {
  const id = randomUUID();
  const body = `<${operation}Response xmlns="${namespace}"><${operation}Result>${inner}</${operation}Result><ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata></${operation}Response>`;
  return { status: 200, body: Buffer.from(body), headers: { "content-type": contentTypes.query, "x-amzn-requestid": id } };
}

/** Text made safe for XML. */
export const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** An error in the caller's protocol: https://smithy.io/2.0/aws/protocols/index.html */
export function errorAnswer(protocol: Protocol, error: AwsError): ApiAnswer {
  const { code, message, status } = error;
  const id = randomUUID();
  const headers = { "content-type": contentTypes[protocol], "x-amzn-requestid": id };
  const fields = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
  const side = status >= 500 ? "Receiver" : "Sender";
  switch (protocol) {
    case "json-1.0":
    case "json-1.1":
    case "rest-json":
    case "cbor": {
      const type = { "x-amzn-errortype": code, "x-amzn-query-error": `${code};${side}` };
      return valueAnswer(protocol, { __type: code, message, Message: message }, status, type);
    }
    case "query": {
      const body = `<ErrorResponse><Error><Type>${side}</Type>${fields}</Error><RequestId>${id}</RequestId></ErrorResponse>`;
      return { status, headers, body: Buffer.from(body) };
    }
    case "ec2-query": {
      const body = `<Response><Errors><Error>${fields}</Error></Errors><RequestID>${id}</RequestID></Response>`;
      return { status, headers, body: Buffer.from(body) };
    }
    case "rest-xml":
      return {
        status,
        headers,
        body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Error>${fields}<RequestId>${id}</RequestId></Error>`),
      };
  }
}
