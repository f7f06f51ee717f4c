import { ruleId, sourcesOf } from "@aws-deploy-actions/shared/findings/finding";
import type { AnnotationLevel, AnnotationPlace } from "@aws-deploy-actions/shared/github/commands";
import { plain } from "@aws-deploy-actions/shared/text/sanitise";
import { isIncomplete } from "../decide/verdict.ts";
import { countingOf, type ScanReport } from "./model.ts";

/** GitHub shows ten of a kind for a step: https://docs.github.com/rest/checks/runs. More would hide the ones that matter. */
const most = 10;

export interface Annotation {
  readonly level: AnnotationLevel;
  readonly message: string;
  readonly place: AnnotationPlace;
}

/** The ten that matter: what was not looked at, then the worst findings, new ones first. One place is kept for the verdict of a step that fails. */
export function annotations(report: ScanReport): readonly Annotation[] {
  const missing = report.scanners.filter(isIncomplete);
  const incomplete: readonly Annotation[] =
    missing.length === 0
      ? []
      : [
          {
            level: "warning",
            message: missing
              .map(({ name, state, reason }) => `${name} ${state === "failed" ? "did not run" : "ran in part only"}: ${reason}`)
              .join("\n"),
            place: { title: "The security scan is incomplete" },
          },
        ];
  const counting = countingOf(report);
  const inOrder = [...counting.filter(({ fresh }) => fresh === true), ...counting.filter(({ fresh }) => fresh !== true)].slice(0, 1000);
  const order = ["critical", "high", "medium", "low"];
  inOrder.sort((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
  const room = most - incomplete.length - (report.verdict.ok ? 0 : 1);
  return [
    ...incomplete,
    ...inOrder.slice(0, room).map((finding): Annotation => {
      const { severity, place, message, help } = finding;
      return {
        level: severity === "critical" || severity === "high" ? "error" : severity === "medium" ? "warning" : "notice",
        message: [message, ...(help === undefined ? [] : [help])].join("\n"),
        place: {
          title: `${severity}: ${ruleId(finding)}${sourcesOf(finding).length > 1 ? ` (also ${sourcesOf(finding).slice(1).join(", ")})` : ""}`,
          // The runner takes a path as it is.
          file: plain(place.path),
          line: place.line,
          ...(place.endLine !== undefined && { endLine: place.endLine }),
        },
      };
    }),
  ];
}
