import { custom, type Field, list, Refusal, text, withDefault } from "../action/fields.ts";

/** The `response-time-statistic` input: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html */
export const responseTimeStatisticField: Field<string> = withDefault(
  custom((raw) => {
    if (/^p(100|\d{1,2}(\.\d{1,2})?)$/.test(raw) && Number(raw.slice(1)) > 0) return raw;
    const named = ["Average", "Maximum"].find((name) => name.toLowerCase() === raw.toLowerCase());
    if (named === undefined) throw new Refusal("a percentile such as p95 or p99.9, Average or Maximum");
    return named;
  }),
  "p95",
);

/** The `alarms` input: names, one a line (a name may hold commas and spaces). */
export const alarmsField: Field<readonly string[]> = list(text(/^[^\p{Cc}]{1,255}$/u, "an alarm's name, at most 255 characters"), {
  commas: false,
  max: 100,
});

/** A CloudWatch metric that reports the percentage of good database connections. */
export interface MetricRef {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
}

const accepted =
  'a metric of percentages as "Namespace Name [Dimension=value …] [statistic]", such as "Shop/Database ConnectionSuccess Service=api Average"; double quotes hold a value with spaces together';

/** The `database-metric` input. */
export const databaseMetricField: Field<MetricRef> = custom((raw) => {
  const [namespace, name, ...rest] = [...raw.matchAll(/(?:"[^"]*"|[^\s"])+/g)].map(([word]) => word.replace(/"/g, ""));
  if (namespace === undefined || name === undefined || /[\r\n]/.test(raw)) throw new Refusal(accepted);
  if (!/^[\w./#:\- ]{1,255}$/.test(namespace) || !/^[\x20-\x7e]{1,255}$/.test(name)) throw new Refusal(accepted);
  const dimensions: Record<string, string> = {};
  let statistic = "Average";
  for (const [index, word] of rest.entries()) {
    const cut = word.indexOf("=");
    if (cut > 0) dimensions[word.slice(0, cut)] = word.slice(cut + 1);
    else if (index === rest.length - 1 && /^(Average|Minimum|Maximum|p\d{1,2}(\.\d{1,2})?)$/.test(word)) statistic = word;
    else throw new Refusal(accepted);
  }
  if (Object.keys(dimensions).length > 30 || Object.values(dimensions).includes("")) throw new Refusal(accepted);
  return { namespace, name, dimensions, statistic };
});
