import { custom, type Field, Refusal } from "@aws-deploy-actions/shared/action/fields";
import type { Instant } from "@aws-deploy-actions/shared/units";

/** When nothing may be deployed without force: `Fri 16:00-Mon 08:00 Europe/Berlin`, or from one date to another. */
export type FreezeWindow =
  | { readonly kind: "weekly"; readonly from: WeekTime; readonly to: WeekTime; readonly zone: string; readonly text: string }
  | { readonly kind: "dates"; readonly from: string; readonly to: string; readonly zone: string; readonly text: string };

interface WeekTime {
  /** 0 is Sunday. */
  readonly day: number;
  readonly minute: number;
}

const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const accepted = 'lines such as "Fri 16:00-Mon 08:00 Europe/Berlin" or "2026-12-20 - 2027-01-03 UTC"';

function weekTime(day: string | undefined, time: string | undefined): WeekTime | undefined {
  const number = days.indexOf((day ?? "").toLowerCase());
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time ?? "");
  return number < 0 || match === null ? undefined : { day: number, minute: Number(match[1]) * 60 + Number(match[2]) };
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function parseWindow(line: string): FreezeWindow {
  const weekly = /^(\w{3})\s+(\d\d:\d\d)\s*-\s*(\w{3})\s+(\d\d:\d\d)(?:\s+(\S+))?$/.exec(line);
  const dates = /^(\d{4}-\d\d-\d\d)\s*-\s*(\d{4}-\d\d-\d\d)(?:\s+(\S+))?$/.exec(line);
  const zone = weekly?.[5] ?? dates?.[3] ?? "UTC";
  if (!isZone(zone)) throw new Refusal(`${accepted}; the last word is a time zone such as Europe/Berlin`);
  const [from, to] = [weekTime(weekly?.[1], weekly?.[2]), weekTime(weekly?.[3], weekly?.[4])];
  if (from !== undefined && to !== undefined) return { kind: "weekly", from, to, zone, text: line };
  const [first, last] = [dates?.[1], dates?.[2]];
  if (first !== undefined && last !== undefined && first <= last && !Number.isNaN(Date.parse(first)) && !Number.isNaN(Date.parse(last))) {
    return { kind: "dates", from: first, to: last, zone, text: line };
  }
  throw new Refusal(accepted);
}

export const freezeWindowsField: Field<readonly FreezeWindow[]> = custom((raw) =>
  raw
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(parseWindow),
);

/** The window that is open now, or undefined. Local time in the window's zone decides, so summer time moves it as people expect. */
export function frozenBy(windows: readonly FreezeWindow[], now: Instant): FreezeWindow | undefined {
  return windows.find((window) => {
    const parts = new Intl.DateTimeFormat("en-GB", {
      timeZone: window.zone,
      weekday: "short",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    }).formatToParts(now * 1000);
    const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? "";
    if (window.kind === "dates") {
      const today = `${of("year")}-${of("month")}-${of("day")}`;
      return window.from <= today && today <= window.to;
    }
    const at = days.indexOf(of("weekday").toLowerCase()) * 1440 + Number(of("hour")) * 60 + Number(of("minute"));
    const [from, to] = [window.from.day * 1440 + window.from.minute, window.to.day * 1440 + window.to.minute];
    return from <= to ? from <= at && at < to : at >= from || at < to;
  });
}
