/** What looking gave. Whatever could not be read is `unknown`, never empty and never good. */
export type Seen<T> = { readonly state: "seen"; readonly value: T } | Unseen;

export interface Unseen {
  readonly state: "unknown";
  /** Why it could not be read, safe to show. */
  readonly why: string;
  readonly mend: string;
}

/** One resource of several that are read apart: one may be denied and the others not. */
export interface Named<T> {
  readonly name: string;
  readonly seen: Seen<T>;
}

export const seen = <T>(value: T): Seen<T> => ({ state: "seen", value });
