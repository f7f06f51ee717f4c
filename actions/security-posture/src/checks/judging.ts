import type { Judgement, Remark } from "../model/check.ts";
import type { Named, Seen, Unseen } from "../model/seen.ts";

/** A verdict on resources that are all right so far. */
export const fine = (...subjects: readonly string[]): Judgement => ({ subjects, remarks: [] });
export const nothing: Judgement = { subjects: [], remarks: [] };

export const join = (parts: readonly Judgement[]): Judgement => ({
  subjects: [...new Set(parts.flatMap(({ subjects }) => subjects))],
  remarks: parts.flatMap(({ remarks }) => remarks),
});

export const remark = (level: Remark["level"], resource: string, expected: string, found: string, mend: string): Judgement => ({
  subjects: [resource],
  remarks: [{ level, resource, expected, found, mend }],
});

/** One resource with one condition. */
export const unless = (holds: boolean, resource: string, level: Remark["level"], told: Omit<Remark, "level" | "resource">): Judgement =>
  holds ? fine(resource) : remark(level, resource, told.expected, told.found, told.mend);

export const unread = (resource: string, { why, mend }: Unseen): Judgement => remark("unknown", resource, "readable", why, mend);

/** Judges what was read, and says so where it could not be. */
export const on = <T>(what: string, part: Seen<T>, judge: (value: T) => Judgement): Judgement =>
  part.state === "seen" ? judge(part.value) : unread(what, part);

/** Judges each of several; each may have been unreadable by itself. */
export const onEach = <T>(what: string, part: Seen<readonly Named<T>[]>, judge: (value: T, name: string) => Judgement): Judgement =>
  on(what, part, (list) => join(list.map(({ name, seen }) => on(name, seen, (value) => judge(value, name)))));

/** Judges each item of a list that was read as a whole. */
export const every = <T>(what: string, part: Seen<readonly T[]>, judge: (value: T) => Judgement): Judgement =>
  on(what, part, (list) => join(list.map(judge)));
