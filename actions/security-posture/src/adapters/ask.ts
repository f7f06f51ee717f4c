import type { Aws, Command, ServiceName } from "@aws-deploy-actions/shared/aws/connect";
import { causeKind } from "@aws-deploy-actions/shared/aws/errors";
import { problemsOf, Trouble } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { type Named, type Seen, seen, type Unseen } from "../model/seen.ts";
import type { Answered } from "../ports.ts";

/** The services that the posture is read from. */
export type PostureServices =
  | "ecs"
  | "elb"
  | "wafv2"
  | "rds"
  | "elasticache"
  | "ec2"
  | "secrets"
  | "kms"
  | "logs"
  | "iam"
  | "ecr"
  | "cloudtrail"
  | "backup"
  | "cloudformation"
  | "lambda"
  | "dynamodb"
  | "s3"
  | "s3control"
  | "tagging"
  | "cloudwatch"
  | "budgets"
  | "acm";
export type PostureAws = Aws<PostureServices>;

type AnyService = (make: (sdk: never) => Command, options?: object) => Promise<object>;

/** The same AWS, with every call and its answer written down: what the evidence file shows is what was judged. */
export function recording<Names extends ServiceName>(aws: Aws<Names>, record: (answered: Answered) => void): Aws<Names> {
  const wrap =
    (name: string, service: AnyService): AnyService =>
    async (make, options) => {
      let command: Command | undefined;
      const keep = (sdk: never): Command => {
        command = make(sdk);
        return command;
      };
      const about = () => ({
        call: `${name}:${command?.constructor.name.replace(/Command$/, "") ?? "?"}`,
        region: aws.region,
        input: command?.input ?? {},
      });
      try {
        const answer = await service(keep, options);
        record({ ...about(), answer });
        return answer;
      } catch (error) {
        record({ ...about(), error: whyOf(error).why });
        throw error;
      }
    };
  const services = Object.entries(aws).filter(([, value]) => typeof value === "function");
  const wrapped = services.map(([name, value]) => [name, wrap(name, value as unknown as AnyService)]);
  return {
    ...Object.fromEntries(wrapped),
    region: aws.region,
    inRegion: (region: string) => recording(aws.inRegion(region), record),
  } as Aws<Names>;
}

/** Why a call gave nothing, and what would help. */
function whyOf(error: unknown): Unseen {
  const problem = problemsOf(error)[0];
  return { state: "unknown", why: oneLine(problem?.what ?? "no answer", 400), mend: oneLine(problem?.mend ?? "Run again.", 300) };
}

/** Looks; whatever AWS would not answer is unknown. Our own defects stay errors. */
export async function look<T>(ask: () => Promise<T>): Promise<Seen<T>> {
  try {
    return seen(await ask());
  } catch (error) {
    if (error instanceof Trouble) return whyOf(error);
    throw error;
  }
}

/** Looks at each of several by itself. */
export const lookAtEach = async <T>(names: readonly string[], ask: (name: string) => Promise<T>): Promise<readonly Named<T>[]> =>
  await Promise.all([...new Set(names)].map(async (name) => ({ name, seen: await look(() => ask(name)) })));

/** What a call gave, or the alternative where AWS says that there is no such thing. A denial is no such answer. */
export async function orMissing<T, U>(call: Promise<T>, alternative: U): Promise<T | U> {
  try {
    return await call;
  } catch (error) {
    if (causeKind(error) === "missing") return alternative;
    throw error;
  }
}

/** No listing of one application is longer; a listing that never ends must not hang the run. */
const mostPages = 200;

/**
 * All items of a listing, whatever the number of pages.
 *
 * @param page asks for one page, given the token of the page before
 */
export async function allPages<P, T>(
  page: (token: string | undefined) => Promise<P>,
  items: (page: P) => readonly T[] | undefined,
  next: (page: P) => string | undefined,
): Promise<readonly T[]> {
  const all: T[] = [];
  let token: string | undefined;
  for (let count = 0; count < mostPages; count++) {
    const answer = await page(token);
    all.push(...(items(answer) ?? []));
    token = next(answer);
    if (token === undefined || token === "") return all;
  }
  throw new Trouble({ kind: "cloud", what: `a listing did not end after ${mostPages} pages`, mend: "Run again." });
}

/** The last part of an ARN: `arn:…:role/path/name` gives `name`. */
export const lastPart = (arn: string): string => arn.split("/").at(-1) ?? arn;

export const distinct = (texts: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(texts.filter((text): text is string => text !== undefined && text !== "")),
];
