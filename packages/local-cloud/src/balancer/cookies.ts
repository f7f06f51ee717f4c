import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";

/** Remembers the target group. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/sticky-sessions.html */
export const groupCookie = "AWSALBTG";
/** Remembers the target. */
export const targetCookie = "AWSALB";

// "The cookie expiration is set to 7 days" whatever the stickiness duration is; that one is encrypted in the value.
const browserLifetime: Seconds = 7 * 86_400;

/** The value of one cookie in a Cookie header. */
export function readCookie(header: string, name: string): string | undefined {
  for (const part of header.split(";")) {
    const mark = part.indexOf("=");
    if (mark > 0 && part.slice(0, mark).trim() === name) return part.slice(mark + 1).trim();
  }
  return undefined;
}

/** The last cookie of each name and value: within a second all are the same. */
const made = new Map<string, { readonly ends: number; readonly cookie: string }>();

/** A Set-Cookie value that sticks to `value` until `expires`. AWS encrypts it; here it only has to be opaque to applications. */
export function stickyCookie(name: string, value: string, duration: Seconds, now: Instant): string {
  const ends = Math.floor(now + duration);
  const known = made.get(`${name} ${value}`);
  if (known?.ends === ends) return known.cookie;
  const cookie = newCookie(name, value, ends, now);
  if (made.size > 1000) made.clear();
  made.set(`${name} ${value}`, { ends, cookie });
  return cookie;
}

function newCookie(name: string, value: string, ends: number, now: Instant): string {
  const content = Buffer.from(`${ends}|${value}`).toString("base64url");
  return `${name}=${content}; Expires=${new Date((now + browserLifetime) * 1000).toUTCString()}; Path=/`;
}

/** What a request sticks to; undefined without a cookie, after its end, or when it is not ours. */
export function stuckTo(header: string, name: string, now: Instant): string | undefined {
  const content = readCookie(header, name);
  if (content === undefined) return undefined;
  const text = Buffer.from(content, "base64url").toString();
  const mark = text.indexOf("|");
  return mark > 0 && Number(text.slice(0, mark)) > now ? text.slice(mark + 1) : undefined;
}
