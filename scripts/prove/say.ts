/** How a proof talks to whoever started it. */
export interface Say {
  /** A line of the report; on stderr where stdout is for JSON. */
  readonly say: (text?: string) => void;
  /** What goes on meanwhile. */
  readonly progress: (text: string) => void;
}
