import type { HttpOptions, HttpResult } from "@aws-deploy-actions/shared/health/http";
import type { HttpCheck } from "@aws-deploy-actions/shared/health/http-syntax";
import type { VirtualAccount } from "./account.ts";

/** How health checks reach the application in virtual time: through the balancer's nodes, to whichever task gets them. */
export interface VirtualNetwork {
  readonly check: (check: HttpCheck, options: HttpOptions) => Promise<HttpResult>;
  /** The runner's own network is in order. */
  readonly control: () => () => Promise<boolean>;
}

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** The application answers `{"status":"ok","revision":"shop:2"}`, or 500 in as many cases as its version fails users. */
export function virtualNetwork(account: VirtualAccount): VirtualNetwork {
  return {
    control: () => async () => true,
    check: async ({ url, headers, json }, { clock }) => {
      const { port, pathname, protocol } = new URL(url);
      const request = {
        port: port === "" ? (defaultPorts[protocol] ?? 80) : Number(port),
        url: pathname,
        headers: Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value])),
      };
      const began = clock.now();
      await clock.sleep(0.01);
      account.advanceTo(clock.now());
      const found = account.world.ask(request);
      if (typeof found === "string") return { ok: false, latency: clock.now() - began, cause: "connection", detail: found };
      await clock.sleep(found.behaviour.latency);
      const latency = clock.now() - began;
      if (account.random() < found.behaviour.errorRate) return { ok: false, latency, status: 500, cause: "status", detail: "HTTP 500" };
      const body: Readonly<Record<string, string>> = { status: "ok", revision: found.task.spec.taskDefinitionArn.split("/").at(-1) ?? "" };
      const wrong = json.find(({ path, value }) => body[path.replace(/^\$\./, "")] !== value);
      return wrong === undefined
        ? { ok: true, latency, status: 200 }
        : { ok: false, latency, status: 200, cause: "body", detail: `${wrong.path} is not ${wrong.value}` };
    },
  };
}
