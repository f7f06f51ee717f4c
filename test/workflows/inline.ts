// act ends with a called workflow that fails, where GitHub goes on with the jobs that wait for it whatever happens.
import { parse, stringify } from "yaml";
import { textOf, type Workflow, workflowOf } from "./workflow.ts";

type Job = Workflow["jobs"][string] & { readonly with?: Readonly<Record<string, string | number | boolean>> };

/** What stands between the braces of an expression; a value that is none, as a literal. */
const inside = (value: string | number | boolean | undefined): string => {
  const text = String(value ?? "");
  return /^\$\{\{(.*)\}\}$/s.exec(text)?.[1]?.trim() ?? (typeof value === "string" ? `'${text}'` : text);
};

/** A job that calls a workflow of one job, as that job itself: same conditions, permissions and steps. */
function inlined(caller: Job): object {
  const { uses = "", with: given = {}, secrets: _secrets, ...own } = caller as Job & { readonly secrets?: object };
  const [called] = Object.values(workflowOf(uses.split("/").at(-1) ?? "").jobs);
  const text = JSON.stringify(called).replace(/\binputs\.([\w-]+)/g, (_, name: string) => `(${inside(given[name])})`);
  const job = JSON.parse(text) as Job;
  return { ...job, ...own, name: job.name, if: `\${{ (${inside(own.if)}) && (${job.if}) }}` };
}

/** The text of a workflow whose calls of workflows beside it are jobs of its own. */
export function withCallsInside(name: string): string {
  const workflow = parse(textOf(name)) as Workflow;
  const jobs = Object.entries(workflow.jobs).map(([id, job]) => [id, job.uses?.startsWith("./") === true ? inlined(job) : job]);
  return stringify({ ...workflow, jobs: Object.fromEntries(jobs) }, { lineWidth: 0 });
}
