import type { Failure } from "@aws-deploy-actions/shared/action/launch";
import { newsOfProblems } from "@aws-deploy-actions/shared/report/problems";
import type { Config } from "./inputs.ts";

/** What people are told of a rollback that was ended by an error, before there was a story to tell: they count on it. */
export function failureOf({ given }: Config, error: unknown): Failure {
  const { mode, application, environment, contacts } = given;
  if (mode === "status") return {};
  const usersSeeNow = "The rollback is not done. Where users are now, this run could not find out: mode: status tells.";
  return { usersSeeNow, news: newsOfProblems(`${application}/${environment}: emergency rollback failed`, usersSeeNow, error, contacts) };
}
