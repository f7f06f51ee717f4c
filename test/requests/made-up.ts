import { violations } from "./check.ts";
import { record } from "./recorder.ts";

/** What AWS answers, by operation; an error is thrown once, and nothing is said afterwards. */
type Answers = Readonly<Record<string, object>>;

/** Operations that are asked for while answers are made up, each as often as it was asked, and what is wrong with the requests. */
export async function requestsOf(answers: Answers, work: () => Promise<unknown>) {
  const errors = new Set(Object.keys(answers).filter((operation) => answers[operation] instanceof Error));
  const recorded = record((operation) => {
    if (errors.delete(operation)) throw answers[operation];
    return answers[operation] instanceof Error ? {} : (answers[operation] ?? {});
  });
  try {
    await work();
  } finally {
    recorded.stop();
  }
  return { asked: recorded.requests.map(({ operation }) => operation), wrong: recorded.requests.flatMap(violations) };
}
