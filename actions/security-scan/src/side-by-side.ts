export interface Task<T> {
  /** The longest starts first, so that it does not end alone. */
  readonly weight: number;
  /** It mostly waits for others, so it takes no place among those that compute. */
  readonly waits: boolean;
  readonly run: () => Promise<T>;
}

const mostWaiting = 4;

/** Runs tasks side by side: as many computing ones as there are cores, and those that wait beside them. Results keep the order of the tasks. */
export async function sideBySide<T>(tasks: readonly Task<T>[], cores: number): Promise<readonly T[]> {
  const results: T[] = new Array(tasks.length);
  const work = async (queue: { readonly task: Task<T>; readonly index: number }[]): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next.index] = await next.task.run();
  };
  const indexed = tasks.map((task, index) => ({ task, index })).sort((one, other) => other.task.weight - one.task.weight);
  const [waiting, computing] = [indexed.filter(({ task }) => task.waits), indexed.filter(({ task }) => !task.waits)];
  const crew = (queue: typeof indexed, size: number): Promise<void>[] => Array.from({ length: Math.max(1, size) }, () => work(queue));
  await Promise.all([...crew(waiting, mostWaiting), ...crew(computing, cores)]);
  return results;
}
