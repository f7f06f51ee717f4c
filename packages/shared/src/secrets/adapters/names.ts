/** The region of a secret's ARN, or undefined for a name. */
export const regionOf = (id: string): string | undefined => /^arn:[^:]+:secretsmanager:([a-z0-9-]+):/.exec(id)?.[1];

/** The ways in which a user may write the secret with this ARN and name: https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen */
export const idsOf = (arn: string, name: string): readonly string[] => [arn, name, arn.replace(/-[A-Za-z0-9]{6}$/, "")];

/** The longest beginning that all names share: what a listing may be limited to. */
export function sharedPrefix(names: readonly string[]): string {
  const [first = "", ...rest] = names;
  let length = first.length;
  for (const name of rest) {
    while (!name.startsWith(first.slice(0, length))) length--;
  }
  return first.slice(0, length);
}

/** The name in a secret's ARN, without the six characters at its end where it has them. */
export const nameIn = (id: string): string => /^arn:[^:]+:secretsmanager:[^:]*:\d*:secret:(.+?)(?:-[A-Za-z0-9]{6})?$/.exec(id)?.[1] ?? id;

/** Consecutive parts of at most `size`. */
export const chunks = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

/** Work on many items, a few at a time. */
export async function eachOf<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}
