// Writes down what the AWS SDK of this process is asked to send, with the types that the wire loses.
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Request } from "./check.ts";

interface Sent {
  readonly constructor: { readonly name: string };
  readonly input: unknown;
}
interface Sender {
  send: (this: { readonly config: { readonly serviceId?: string } }, command: Sent, ...rest: readonly unknown[]) => unknown;
}

/** The class that all clients extend. */
const base = Object.getPrototypeOf(SecretsManagerClient.prototype) as Sender;

/** botocore's names of services whose own name says another. */
const folders: Readonly<Record<string, string>> = {
  "elastic load balancing v2": "elbv2",
  "cloudwatch logs": "logs",
  "application auto scaling": "application-autoscaling",
  "service quotas": "service-quotas",
};

/**
 * Begins to write down; `stop` ends it.
 *
 * @param answer given in AWS's place; without it requests go where they would
 */
export function record(answer?: (operation: string, input: unknown) => unknown): {
  readonly requests: readonly Request[];
  readonly stop: () => void;
} {
  const requests: Request[] = [];
  const original = base.send;
  base.send = function (command, ...rest) {
    const name = (this.config.serviceId ?? "").toLowerCase();
    const operation = command.constructor.name.replace(/Command$/, "");
    requests.push({ operation: `${folders[name] ?? name.replaceAll(" ", "")}:${operation}`, input: command.input });
    return answer === undefined ? original.call(this, command, ...rest) : Promise.resolve(answer(operation, command.input));
  };
  return {
    requests,
    stop: () => {
      base.send = original;
    },
  };
}
