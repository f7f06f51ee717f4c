import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { judgeCheck, needsOf, type Score, scoreOf, type Verdict, verdictOf } from "./decide/score.ts";
import type { Config } from "./inputs.ts";
import type { CheckResult, Rules } from "./model/check.ts";
import type { World } from "./model/world.ts";
import type { Ports } from "./ports.ts";
import { evidenceOf } from "./report/evidence.ts";
import { sarifOf } from "./report/sarif.ts";
import { checkText, summaryOf } from "./report/summary.ts";

/** Looks at the application's resources, judges them, and writes down what was seen. */
export async function run(config: Config, base: Base, ports: Ports): Promise<ActionResult> {
  const { journal, clock } = base;
  const begin = clock.now();
  const rules: Rules = {
    environmentClass: config.environmentClass,
    strict: config.strict,
    application: config.application,
    environment: config.environment,
    requiredTags: config.requiredTags,
    now: begin,
  };
  const identity = await ports.identity();
  const home = config.profile === "container" ? (["services"] as const) : (["stack"] as const);
  const world = await journal.group("Looking at the application's resources", () =>
    ports.observe(new Set([...home, ...needsOf(config.checks, rules)])),
  );
  const results = config.checks.map((check) => judgeCheck(check, world, rules));
  for (const result of results) journal.say(checkText(result));
  const place = `${config.application}/${config.environment}`;
  const score = scoreOf(results);
  const verdict = nobodyHome(config, world) ?? verdictOf(results, config.minimumScore, place);
  const about = {
    time: new Date(begin * 1000).toISOString(),
    account: identity.account,
    region: config.aws.region,
    identity: identity.arn,
    application: config.application,
    environment: config.environment,
    environmentClass: config.environmentClass,
    profile: config.profile,
    strict: config.strict,
    commit: base.context.commit,
    run: base.context.runUrl,
  };
  await ports.files.write(config.evidencePath, evidenceOf(about, verdict.outcome, score, results, ports.answers()));
  const sarif = await writeSarif(config, base, ports, results);
  journal.say(`Security Score: ${score.text}`);
  journal.say(`${verdict.outcome === "passed" ? "✔" : "✖"} ${verdict.reason}`);
  return toResult(config, verdict, score, results, [...sarif, config.evidencePath]);
}

/** Without the application itself all that is left are checks of the account: a wrong name must not pass. */
function nobodyHome(config: Config, { services }: World): Verdict | undefined {
  const { application, environment, subject } = config;
  if (config.profile !== "container" || services.state !== "seen" || services.value.length > 0) return undefined;
  return {
    outcome: "incomplete",
    reason: `${application}/${environment}: neither ${subject.services.join(" nor ")} is in the cluster ${subject.cluster}: nothing of the application was checked. Check application, environment, cluster, blue-service and green-service, the account and the region.`,
  };
}

async function writeSarif(config: Config, base: Base, ports: Ports, results: readonly CheckResult[]): Promise<readonly string[]> {
  const anchor = anchorOf(base, ports);
  if (anchor === undefined) {
    base.journal.annotate(
      "warning",
      "No SARIF was written: GitHub takes no finding without a file, and the workspace has neither the workflow nor a README. Run actions/checkout before.",
    );
    return [];
  }
  await ports.files.write(config.sarifPath, sarifOf(results, `security-posture/${config.application}-${config.environment}`, anchor));
  return [config.sarifPath];
}

/** The file that findings of the account are shown at: the workflow that looked, or, where it is another repository's, one that every repository has. */
function anchorOf({ environment }: Base, { files }: Ports): string | undefined {
  const workflow = /^[^/]+\/[^/]+\/(\.github\/workflows\/[^@]+)@/.exec(environment["GITHUB_WORKFLOW_REF"] ?? "")?.[1];
  return [workflow, "README.md", "readme.md", "README.rst", "README", "package.json", "template.yaml", "LICENSE"].find(
    (path) => path !== undefined && files.exists(path),
  );
}

function toResult(config: Config, verdict: Verdict, score: Score, results: readonly CheckResult[], files: readonly string[]): ActionResult {
  const first = results
    .flatMap(({ remarks }) => remarks)
    .find(({ level }) => level === (verdict.outcome === "failed" ? "failed" : "unknown"));
  const counts = {
    passed: String(score.passed),
    failed: String(score.failed),
    unknown: String(score.unknown),
    warnings: String(score.warnings),
  };
  const place = `${config.application}/${config.environment}`;
  return {
    outcome: verdict.outcome,
    ok: verdict.outcome === "passed",
    reason: verdict.reason,
    outputs: {
      score: score.text,
      ...counts,
      "evidence-path": config.evidencePath,
      ...(files.includes(config.sarifPath) ? { "sarif-path": config.sarifPath } : {}),
    },
    summary: summaryOf(verdict, score, results, files),
    ...(verdict.outcome === "passed" || first === undefined ? {} : { mend: `${first.resource}: ${first.mend}` }),
    ...(verdict.outcome === "passed"
      ? {}
      : {
          news: {
            event: "failure",
            title: `Security posture of ${place}: ${verdict.outcome}`,
            facts: [
              ["score", score.text],
              ...results
                .filter(({ state }) => state === "failed" || state === "unknown")
                .map(({ check, state }) => [check.id, state] as const),
            ],
          },
        }),
  };
}
