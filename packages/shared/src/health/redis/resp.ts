/** A reply of a Redis server: https://valkey.io/topics/protocol/ (RESP2, which every server speaks until asked for more). */
export type Reply =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "error"; readonly text: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "nothing" }
  | { readonly kind: "list"; readonly items: readonly Reply[] };

/** A command as bytes: an array of bulk strings, so that nothing in an argument can end it. */
export const encodeCommand = (words: readonly string[]): Buffer =>
  Buffer.from(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`);

/** More than this is no answer to anything that is asked here. */
const limit = 65_536;
const mostItems = 1_000;
const deepest = 8;

/** Puts replies together from the pieces in which they come. `add` throws for what is no RESP. */
export function replyReader(): { add(chunk: Buffer): void; next(): Reply | undefined } {
  let bytes = Buffer.alloc(0);
  const ready: Reply[] = [];
  return {
    add: (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length > limit) throw new Error("the reply is too long");
      for (let read = readReply(bytes, 0, 0); read !== undefined; read = readReply(bytes, 0, 0)) {
        ready.push(read.reply);
        bytes = bytes.subarray(read.end);
        if (bytes.length === 0) break;
      }
    },
    next: () => ready.shift(),
  };
}

interface Read {
  readonly reply: Reply;
  readonly end: number;
}

/** One reply from a position, or undefined where it is not all there yet. */
function readReply(bytes: Buffer, at: number, depth: number): Read | undefined {
  const lineEnd = bytes.indexOf("\r\n", at);
  if (lineEnd < 0 || depth > deepest) return refuse(depth > deepest);
  const text = bytes.toString("utf8", at + 1, lineEnd);
  const after = lineEnd + 2;
  switch (bytes[at]) {
    case 0x2b: // +
      return { reply: { kind: "text", text }, end: after };
    case 0x2d: // -
      return { reply: { kind: "error", text }, end: after };
    case 0x3a: // :
      return { reply: { kind: "number", value: count(text) }, end: after };
    case 0x24: // $
      return readBulk(bytes, after, count(text));
    case 0x2a: // *
      return readList(bytes, after, count(text), depth);
    default:
      return refuse(true);
  }
}

function refuse(wrong: boolean): undefined {
  if (wrong) throw new Error("this is no RESP");
  return undefined;
}

function count(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) refuse(true);
  return Number(text);
}

function readBulk(bytes: Buffer, at: number, length: number): Read | undefined {
  if (length < 0) return { reply: { kind: "nothing" }, end: at };
  if (length > limit) return refuse(true);
  return bytes.length < at + length + 2
    ? undefined
    : { reply: { kind: "text", text: bytes.toString("utf8", at, at + length) }, end: at + length + 2 };
}

function readList(bytes: Buffer, at: number, length: number, depth: number): Read | undefined {
  if (length < 0) return { reply: { kind: "nothing" }, end: at };
  if (length > mostItems) return refuse(true);
  const items: Reply[] = [];
  let end = at;
  for (let read: Read | undefined; items.length < length; end = read.end) {
    read = end < bytes.length ? readReply(bytes, end, depth + 1) : undefined;
    if (read === undefined) return undefined;
    items.push(read.reply);
  }
  return { reply: { kind: "list", items }, end };
}
