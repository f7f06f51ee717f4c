import type { Failure } from "@aws-deploy-actions/shared/action/launch";
import { Trouble } from "@aws-deploy-actions/shared/problems";
import { newsOfProblems } from "@aws-deploy-actions/shared/report/problems";
import type { Config } from "./inputs.ts";

/** Trouble that ended a deployment before it changed anything. Its cause is the trouble itself. */
export class NotBegun extends Trouble {}

/** @throws NotBegun where the work meets trouble; our own defects stay what they are */
export async function beforeAnyChange<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Trouble ? new NotBegun(error.problems, { cause: error }) : error;
  }
}

/** What people are told of a run that was ended by an error, before there was a story to tell. */
export function failureOf({ given }: Config, error: unknown): Failure {
  const { mode, application, environment, contacts } = given;
  if (mode === "plan" || mode === "status") return {};
  const usersSeeNow =
    error instanceof NotBegun
      ? "Users see what they saw before: the deployment did not begin."
      : "Where users are now, this run could not find out: mode: status tells.";
  return { usersSeeNow, news: newsOfProblems(`${application}/${environment}: ${mode} failed`, usersSeeNow, error, contacts) };
}
