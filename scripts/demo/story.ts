/** One deployment of the demo. */
export interface Chapter {
  readonly version: string;
  /** What this version is, for the reader. */
  readonly about: string;
  readonly expected: "succeeded" | "rolled-back" | "failed";
  /** What the reason has to name: a version that is refused for something else has not shown its fault. */
  readonly because: RegExp;
}

export const chapters: readonly Chapter[] = [
  { version: "v2", about: "a good new version", expected: "succeeded", because: /serves all traffic/ },
  // Of pages that fail by chance four in a row meet our own probe now and then, before the minutes of the error rate are full.
  {
    version: "v3",
    about: "fails 30 % of its pages",
    expected: "rolled-back",
    because: /error.rate|health check page failed .* status 500/,
  },
  { version: "v4", about: "stops with exit code 1 right after its start", expected: "failed", because: /exited with 1/ },
  { version: "v5", about: "takes 6 s for each page", expected: "rolled-back", because: /response.time/ },
  { version: "v6", about: "passes its health checks and loses its database", expected: "rolled-back", because: /database|health check/ },
];

/** What one deployment was like, in figures that the run itself measured. */
export interface ChapterResult {
  readonly version: string;
  readonly outcome: string;
  readonly reason: string;
  /** Whether the workflow's step was green. */
  readonly stepSucceeded: boolean;
  readonly trafficOn: string;
  readonly requests: number;
  /** Lost: a connection error, or a 5xx that the application did not answer; those that were cut included. */
  readonly failedRequests: number;
  readonly appErrors: number;
  /** WebSockets and streaming answers that broke off before a leaving target's drain time was over. */
  readonly cutConnections: number;
  readonly switchSeconds: number | undefined;
  readonly rollbackSeconds: number | undefined;
  readonly apiCalls: number;
}

/** Everything that is not as it must be; empty when the demo holds its promise. */
export function broken(results: readonly ChapterResult[], leastRequests: number): readonly string[] {
  const total = results.reduce((sum, one) => sum + one.requests, 0);
  return [
    ...results.flatMap((one) => {
      const { expected, because } = chapters.find((chapter) => chapter.version === one.version) ?? {};
      return [
        ...(one.outcome === expected ? [] : [`${one.version} ended as ${one.outcome}, not ${expected}`]),
        ...(because === undefined || because.test(one.reason) ? [] : [`${one.version} does not name its fault: ${one.reason}`]),
        ...(one.failedRequests === 0 ? [] : [`${one.failedRequests} requests were lost while ${one.version} was deployed`]),
        ...(one.stepSucceeded === (expected === "succeeded")
          ? []
          : [`the step of ${one.version} was ${one.stepSucceeded ? "green" : "red"}`]),
      ];
    }),
    ...(total >= leastRequests ? [] : [`only ${total} requests were answered, fewer than ${leastRequests}`]),
  ];
}
