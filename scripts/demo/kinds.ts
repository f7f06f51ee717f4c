import type { LoadReport, RequestKind } from "../../packages/local-cloud/src/load/types.ts";

/** `12,873 on kept connections, 0 lost`: every kind of request that was sent, for the reader. @param slow what the slow ones are, such as `of 5 s` */
export function kindsTold({ byKind }: Pick<LoadReport, "byKind">, slow: string): string {
  const words: Readonly<Record<RequestKind, string>> = { kept: "on kept connections", new: "on new connections", slow };
  return (["kept", "new", "slow"] as const)
    .map((kind) => `${byKind[kind].requests.toLocaleString("en")} ${words[kind]}, ${byKind[kind].lost} lost`)
    .join("; ");
}

/** `4 WebSockets and 120 streaming answers, 0 cut before the drain time was over`. */
export function longLivedTold({ webSockets, streams }: Pick<LoadReport, "webSockets" | "streams">, early: number): string {
  const opened = `${webSockets.opened} WebSockets (${webSockets.messages} messages) and ${streams.opened} streaming answers`;
  return `${opened}, ${early} cut before the drain time was over`;
}
