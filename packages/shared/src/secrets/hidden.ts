const shown = "[hidden]";

/**
 * A value that must never be seen: in a template, JSON, a log or an inspection it shows as `[hidden]`.
 * Only `reveal` gives it away, so each place that does so can be found and judged.
 */
export class Hidden<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  /** What `util.inspect` and the console show. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return shown;
  }
}
