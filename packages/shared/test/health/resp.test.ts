import fc from "fast-check";
import { encodeCommand, type Reply, replyReader } from "../../src/health/redis/resp.ts";

const read = (...chunks: readonly (string | Buffer)[]): readonly (Reply | undefined)[] => {
  const reader = replyReader();
  const found: (Reply | undefined)[] = [];
  for (const chunk of chunks) {
    reader.add(Buffer.from(chunk));
    for (let next = reader.next(); next !== undefined; next = reader.next()) found.push(next);
  }
  return found;
};
const text = (value: string): Reply => ({ kind: "text", text: value });

test.each`
  bytes                                     | reply                                                                     | because
  ${"+PONG\r\n"}                            | ${text("PONG")}                                                           | ${"a simple string"}
  ${"-NOAUTH Authentication required.\r\n"} | ${{ kind: "error", text: "NOAUTH Authentication required." }}             | ${"an error"}
  ${":-3\r\n"}                              | ${{ kind: "number", value: -3 }}                                          | ${"a number"}
  ${"$4\r\na\r\nb\r\n"}                     | ${text("a\r\nb")}                                                         | ${"a bulk string may hold ends of lines"}
  ${"$-1\r\n"}                              | ${{ kind: "nothing" }}                                                    | ${"nothing"}
  ${"*2\r\n$6\r\nmaster\r\n*0\r\n"}         | ${{ kind: "list", items: [text("master"), { kind: "list", items: [] }] }} | ${"lists in lists"}
`("$bytes is read: $because", ({ bytes, reply }) => {
  expect(read(bytes)).toEqual([reply]);
  expect(read(...bytes)).toEqual([reply]);
  expect(read(bytes + bytes)).toEqual([reply, reply]);
});

test.each(["HTTP/1.1 400 Bad Request\r\n", "*x\r\n", "$99999999\r\n", "*99999\r\n", "*1\r\n".repeat(20), "+".repeat(70_000)])(
  "%j is refused",
  (bytes) => {
    expect(() => read(bytes)).toThrow();
  },
);

test("whatever comes, the reader gives replies, waits, or refuses: it never hangs", () => {
  const piece = fc.oneof(fc.string(), fc.constantFrom("*1\r\n", "$3\r\n", "+OK\r\n", "\r\n", ":1\r\n", "$-1\r\n"));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      try {
        read(...pieces);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
    { seed: 3, numRuns: 500 },
  );
});

test("no argument can end a command", () => {
  expect(encodeCommand(["AUTH", "a\r\nFLUSHALL\r\n", "ü"]).toString()).toBe("*3\r\n$4\r\nAUTH\r\n$13\r\na\r\nFLUSHALL\r\n\r\n$2\r\nü\r\n");
});
