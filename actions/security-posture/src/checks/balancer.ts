import type { Action, Listener, LoadBalancer, Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { WebACL } from "@aws-sdk/client-wafv2";
import type { Check, Judgement } from "../model/check.ts";
import type { World } from "../model/world.ts";
import { controls } from "./controls.ts";
import { every, fine, join, on, onEach, remark, unless } from "./judging.ts";

const nameOf = (loadBalancers: World["loadBalancers"], arn: string): string =>
  (loadBalancers.state === "seen"
    ? loadBalancers.value.find(({ LoadBalancerArn }) => LoadBalancerArn === arn)?.LoadBalancerName
    : undefined) ?? arn;

export const wafActive: Check = {
  id: "waf",
  title: "A web application firewall stands before the load balancer and blocks",
  profiles: ["container"],
  severity: "medium",
  needs: ["loadBalancers", "webAcls"],
  controls: controls("CC6.6", "6.4.2", "32", "164.312(e)(1)"),
  prowler: ["elbv2_waf_acl_attached", "wafv2_webacl_with_rules"],
  judge: ({ loadBalancers, webAcls }) =>
    on("load balancer", loadBalancers, (balancers) =>
      onEach("web ACL", webAcls, (acl, arn) => {
        const balancer = balancers.find(({ LoadBalancerArn }) => LoadBalancerArn === arn);
        // Who is not on the internet gets no traffic from it to filter.
        if (balancer?.Scheme === "internal") return { subjects: [], remarks: [] };
        return firewall(balancer?.LoadBalancerName ?? arn, arn, acl);
      }),
    ),
};

function firewall(name: string, arn: string, acl: WebACL | undefined): Judgement {
  if (acl === undefined)
    return remark(
      "failed",
      name,
      "a web ACL",
      "none is attached",
      `aws wafv2 associate-web-acl --web-acl-arn WEB_ACL_ARN --resource-arn ${arn}`,
    );
  const rules = acl.Rules ?? [];
  const blocks = acl.DefaultAction?.Block !== undefined || rules.some(canBlock);
  return unless(blocks, name, "failed", {
    expected: "rules that block",
    found:
      rules.length === 0
        ? `${acl.Name ?? "the web ACL"} has no rules`
        : `the ${rules.length} rules of ${acl.Name ?? "the web ACL"} only count or allow`,
    mend: `aws wafv2 update-web-acl --scope REGIONAL --name ${acl.Name ?? "NAME"} --id ${acl.Id ?? "ID"} … with OverrideAction: {None: {}} for rule groups and Action: {Block: {}} for rules`,
  });
}

/** A rule group decides by its own rules, unless it is overridden to count. */
const canBlock = ({ Action: action, OverrideAction }: NonNullable<WebACL["Rules"]>[number]): boolean =>
  action === undefined
    ? OverrideAction?.Count === undefined
    : action.Block !== undefined || action.Captcha !== undefined || action.Challenge !== undefined;

export const tlsInTransit: Check = {
  id: "tls",
  title: "Traffic is encrypted with TLS 1.2 or later",
  profiles: ["container"],
  severity: "high",
  needs: ["listeners", "loadBalancers", "plainRules", "sslPolicies", "taskDefinitions"],
  controls: controls("CC6.7", "4.2.1", "32", "164.312(e)(1), 164.312(e)(2)(ii)"),
  prowler: ["elbv2_insecure_ssl_ciphers", "elbv2_ssl_listeners"],
  judge: (world) =>
    join([
      every("listeners", world.listeners, (listener) => oneListener(listener, world)),
      every("task definitions", world.taskDefinitions, ({ family = "?", revision = 0, volumes }) =>
        join(
          (volumes ?? [])
            .filter(({ efsVolumeConfiguration }) => efsVolumeConfiguration !== undefined)
            .map(({ name = "?", efsVolumeConfiguration }) =>
              unless(efsVolumeConfiguration?.transitEncryption === "ENABLED", `${family}:${revision} volume ${name}`, "failed", {
                expected: "transitEncryption: ENABLED",
                found: "files travel in clear",
                mend: `In the task definition: efsVolumeConfiguration: {transitEncryption: ENABLED} for the volume ${name}`,
              }),
            ),
        ),
      ),
    ]),
};

function oneListener(listener: Listener, world: World): Judgement {
  const { ListenerArn: arn = "?", Port = 0, Protocol, LoadBalancerArn = "" } = listener;
  const name = `${nameOf(world.loadBalancers, LoadBalancerArn)}:${Port}`;
  switch (Protocol) {
    case "HTTPS":
    case "TLS":
    case "QUIC":
      return protocols(name, listener, world.sslPolicies);
    case "HTTP":
      return redirects(name, listener, world);
    default:
      // TCP and UDP pass through: what is in them cannot be seen here.
      return remark(
        "warning",
        name,
        "a listener that speaks TLS",
        `${Protocol ?? "an unknown protocol"} is passed on as it is; whether the tasks speak TLS cannot be seen`,
        `aws elbv2 modify-listener --listener-arn ${arn} --protocol TLS --certificates CertificateArn=CERTIFICATE_ARN --ssl-policy ELBSecurityPolicy-TLS13-1-2-2021-06`,
      );
  }
}

const weak = /^(SSLv|TLSv1$|TLSv1\.0|TLSv1\.1)/;

const protocols = (name: string, { SslPolicy, ListenerArn = "?" }: Listener, policies: World["sslPolicies"]): Judgement =>
  on(name, policies, (list) => {
    const policy = list.find(({ Name }) => Name === SslPolicy);
    if (policy === undefined)
      return remark(
        "unknown",
        name,
        "readable",
        `the policy ${SslPolicy ?? "?"} was not found`,
        "Grant elasticloadbalancing:DescribeSSLPolicies.",
      );
    const old = (policy.SslProtocols ?? []).filter((one) => weak.test(one));
    return unless(old.length === 0, name, "failed", {
      expected: "TLS 1.2 or later",
      found: `the policy ${SslPolicy ?? "?"} also takes ${old.join(", ")}`,
      mend: `aws elbv2 modify-listener --listener-arn ${ListenerArn} --ssl-policy ELBSecurityPolicy-TLS13-1-2-2021-06`,
    });
  });

/** Plain HTTP may only lead to HTTPS; every rule, not just one, since any of them may be the one that serves. */
function redirects(name: string, listener: Listener, world: World): Judgement {
  const { ListenerArn: arn = "" } = listener;
  const internal = world.loadBalancers.state === "seen" && world.loadBalancers.value.some((one) => isInternal(one, listener));
  return onEach(name, only(world.plainRules, arn), (rules) => {
    const all: readonly (readonly [string, readonly Action[]])[] =
      rules.length > 0
        ? rules.map((rule) => [ruleName(rule), rule.Actions ?? []])
        : [["the default action", listener.DefaultActions ?? []]];
    const serving = all.filter(([, actions]) => actions.some(servesInClear)).map(([rule]) => rule);
    if (serving.length === 0) return fine(name);
    return remark(
      internal ? "warning" : "failed",
      name,
      "every rule redirects to HTTPS",
      `${serving.slice(0, 5).join(", ")} ${serving.length === 1 ? "serves" : "serve"} plain HTTP${internal ? ", inside the VPC" : ""}`,
      `aws elbv2 ${serving.includes("the default action") ? `modify-listener --listener-arn ${arn} --default-actions` : "modify-rule --rule-arn RULE_ARN --actions"} 'Type=redirect,RedirectConfig={Protocol=HTTPS,Port=443,StatusCode=HTTP_301}'`,
    );
  });
}

const only = (rules: World["plainRules"], arn: string): World["plainRules"] =>
  rules.state === "seen" ? { state: "seen", value: rules.value.filter(({ name }) => name === arn) } : rules;

const isInternal = ({ LoadBalancerArn, Scheme }: LoadBalancer, listener: Listener): boolean =>
  LoadBalancerArn === listener.LoadBalancerArn && Scheme === "internal";

const ruleName = ({ IsDefault, Priority }: Rule): string => (IsDefault === true ? "the default action" : `rule ${Priority ?? "?"}`);

/** A refusal is no service; a redirect counts where it leads to HTTPS. */
const servesInClear = ({ Type, RedirectConfig, FixedResponseConfig }: Action): boolean =>
  Type === "redirect"
    ? RedirectConfig?.Protocol !== "HTTPS"
    : Type === "fixed-response"
      ? !/^[45]/.test(FixedResponseConfig?.StatusCode ?? "")
      : true;

export const accessLogs: Check = {
  id: "load-balancer-access-logs",
  title: "The load balancer writes access logs",
  profiles: ["container"],
  severity: "medium",
  needs: ["balancerAttributes", "loadBalancers"],
  controls: controls("CC7.2", "10.2.1", "30, 32", "164.312(b)"),
  prowler: ["elbv2_logging_enabled"],
  judge: ({ loadBalancers, balancerAttributes }) =>
    onEach("load balancer", balancerAttributes, (attributes, arn) =>
      unless(attributes["access_logs.s3.enabled"] === "true", nameOf(loadBalancers, arn), "failed", {
        expected: "access_logs.s3.enabled",
        found: "access logs are off",
        mend: `aws elbv2 modify-load-balancer-attributes --load-balancer-arn ${arn} --attributes Key=access_logs.s3.enabled,Value=true Key=access_logs.s3.bucket,Value=LOG_BUCKET`,
      }),
    ),
};
