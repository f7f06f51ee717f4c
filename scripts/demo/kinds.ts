import type { LoadReport, RequestKind } from "../../packages/local-cloud/src/load/types.ts";

/** `12,873 on kept connections, 0 lost`: every kind of request that was sent, for the reader. @param slow what the slow ones are, such as `5 s long` */
export function kindsTold({ byKind }: Pick<LoadReport, "byKind">, slow: string): string {
  const words: Readonly<Record<RequestKind, string>> = { kept: "on kept connections", new: "on new connections", slow };
  return (["kept", "new", "slow"] as const)
    .map((kind) => `${byKind[kind].requests.toLocaleString("en")} ${words[kind]}, ${byKind[kind].lost} lost`)
    .join("; ");
}
