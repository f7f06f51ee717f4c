import type { PerColour } from "./colours.ts";

/** How an environment is addressed; everything but application and environment has a conventional name. */
export interface Address {
  readonly application: string;
  readonly environment: string;
  readonly cluster?: string | undefined;
  readonly services?: Partial<PerColour<string>>;
  /** A name or an ARN. */
  readonly loadBalancer?: string | undefined;
  readonly listenerArns?: readonly string[];
  readonly ruleArns?: readonly string[];
  readonly testListenerArn?: string | undefined;
  readonly targetGroups?: Partial<PerColour<readonly string[]>>;
  readonly secretId?: string | undefined;
  readonly logGroups?: readonly string[];
}

/** The names that follow from an address by convention, with the overrides in place. */
export interface Names {
  readonly cluster: string;
  readonly services: PerColour<string>;
  readonly loadBalancer: string;
  readonly secret: string;
  /** Pattern of log group names; `*` stands for the part of the application. */
  readonly logGroups: string;
}

export function namesOf(address: Address): Names {
  const { application, environment } = address;
  return {
    cluster: address.cluster ?? `${application}-${environment}`,
    services: {
      blue: address.services?.blue ?? `${application}-blue-${environment}`,
      green: address.services?.green ?? `${application}-green-${environment}`,
    },
    loadBalancer: address.loadBalancer ?? `${application}-alb-${environment}`,
    secret: address.secretId ?? `${application}-${environment}`,
    logGroups: `/aws/${application}/*-${environment}`,
  };
}
