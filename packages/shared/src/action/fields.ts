import { formatDuration, parseDuration, type Seconds } from "../units.ts";

/** Why a raw input is refused. `accepted` completes the sentence "accepted: …". */
export class Refusal extends Error {
  readonly accepted: string;

  constructor(accepted: string) {
    super(accepted);
    this.accepted = accepted;
  }
}

/** How one input is read. */
export interface Field<T> {
  /** @throws Refusal where the text is no such value */
  readonly parse: (text: string) => T;
  /** What the value is when nothing is given, as text in the input's own notation. */
  readonly fallback?: string;
  readonly required: boolean;
  /** Its value is masked and never repeated in a message. */
  readonly secret: boolean;
}

type Optional<T> = Field<T | undefined>;

/** Longest text any input may have: more is a mistake, and no step may hang on it. */
export const inputLimit = 65_536;

const field = <T>(parse: (text: string) => T, extra: Partial<Field<T>> = {}): Field<T> => ({
  parse,
  required: false,
  secret: false,
  ...extra,
});

/** The value must be given. */
export const required = <T>(base: Field<T>): Field<T> => ({ ...base, required: true });
/** undefined when not given. */
export const optional = <T>(base: Field<T>): Optional<T> => {
  const { fallback: _, ...rest } = base;
  return rest;
};
/** The value that counts when nothing is given. */
export const withDefault = <T>(base: Field<T>, fallback: string): Field<T> => ({ ...base, fallback });
export const secret = <T>(base: Field<T>): Field<T> => ({ ...base, secret: true });

/** One line of text; `pattern` limits it, `accepted` says how in words. */
export function text(pattern?: RegExp, accepted = "a text on one line"): Field<string> {
  return field((raw) => {
    if (/[\r\n\0]/.test(raw)) throw new Refusal(pattern === undefined ? "a text on one line" : accepted);
    if (pattern !== undefined && !pattern.test(raw)) throw new Refusal(accepted);
    return raw;
  });
}

/** Text of several lines, taken as it is. */
export const block = (): Field<string> => field((raw) => raw);

/** One of the listed values; the first is the default. */
export function oneOf<const V extends readonly [string, ...string[]]>(...values: V): Field<V[number]> {
  return field(
    (raw) => {
      if (!values.includes(raw)) throw new Refusal(values.map((value) => `"${value}"`).join(", "));
      return raw;
    },
    { fallback: values[0] },
  );
}

/** `true` or `false`, as YAML 1.2 writes them. */
export const flag = (fallback = false): Field<boolean> =>
  field(
    (raw) => {
      if (/^(true|True|TRUE)$/.test(raw)) return true;
      if (/^(false|False|FALSE)$/.test(raw)) return false;
      throw new Refusal('"true" or "false"');
    },
    { fallback: String(fallback) },
  );

/** A number with bounds, both allowed. */
export function number(min: number, max: number, { integer = false } = {}): Field<number> {
  const accepted = `${integer ? "a whole number" : "a number"} from ${min} to ${max}`;
  return field((raw) => {
    if (!/^-?\d{1,15}(\.\d{1,6})?$/.test(raw)) throw new Refusal(accepted);
    const value = Number(raw);
    if (value < min || value > max || (integer && !Number.isInteger(value))) throw new Refusal(accepted);
    return value;
  });
}

export const wholeNumber = (min: number, max: number): Field<number> => number(min, max, { integer: true });

/** A length of time in seconds; `90s`, `5m`, `1h`, or a bare number in the unit. Bounds in seconds, both allowed. */
export function duration(unit: "s" | "m" | "h" | "d", min: Seconds, max: Seconds): Field<Seconds> {
  const names = { s: "seconds", m: "minutes", h: "hours", d: "days" };
  const accepted = `a duration such as 90s, 5m, 1h, or a bare number of ${names[unit]}, from ${formatDuration(min)} to ${formatDuration(max)}`;
  return field((raw) => {
    const value = parseDuration(raw, unit);
    if (value === undefined || value < min || value > max) throw new Refusal(accepted);
    return value;
  });
}

/**
 * A list, one item a line; also separated by commas where no item can hold one.
 * Each item is read by the given field, and a refusal names the item.
 */
export function list<T>(item: Field<T>, { commas = true, max = 100 } = {}): Field<readonly T[]> {
  return field(
    (raw) => {
      const parts = raw
        .split(commas ? /[\n,]/ : /\n/)
        .map((part) => part.trim())
        .filter((part) => part !== "");
      if (parts.length > max) throw new Refusal(`at most ${max} items`);
      return parts.map((part, index) => {
        try {
          return item.parse(part);
        } catch (error) {
          if (error instanceof Refusal) throw new Refusal(`in item ${index + 1}: ${error.accepted}`);
          throw error;
        }
      });
    },
    { fallback: "" },
  );
}

/** Anything else: `parse` throws a Refusal that says what is accepted. */
export const custom = <T>(parse: (text: string) => T): Field<T> => field(parse);

const arnPattern = /^arn:aws(-[a-z]+)*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws)?:\S{1,1900}$/;
/** An ARN, of one service where given. */
export function arn(service?: string): Field<string> {
  const accepted = `an ARN${service === undefined ? "" : ` of ${service}`}, such as arn:aws:${service ?? "service"}:region:123456789012:…`;
  return text(
    service === undefined ? arnPattern : new RegExp(`^arn:aws(-[a-z]+)*:${service}:[a-z0-9-]*:(\\d{12}|aws)?:\\S{1,1900}$`),
    accepted,
  );
}

/** An HTTPS URL without credentials in it; http only where allowed, or (`localHttp`) only to this machine. */
export function url({ http = false, localHttp = false } = {}): Field<string> {
  const accepted = `an ${http ? "http or https" : "https"} URL without a user name or password in it`;
  return field((raw) => {
    const parsed = URL.canParse(raw) ? new URL(raw) : undefined;
    const local = localHttp && /^http:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:|\/|$)/.test(parsed?.href ?? "");
    const protocols = http || local ? ["https:", "http:"] : ["https:"];
    if (
      parsed === undefined ||
      !protocols.includes(parsed.protocol) ||
      parsed.username !== "" ||
      parsed.password !== "" ||
      /\s/.test(raw)
    ) {
      throw new Refusal(accepted);
    }
    return raw;
  });
}
