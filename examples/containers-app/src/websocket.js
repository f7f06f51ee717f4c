import { createHash } from "node:crypto";

// RFC 6455, as much of it as an echo needs: no fragments, no extensions, messages of at most 64 KB.
const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const [text, binary, close, ping, pong] = [1, 2, 8, 9, 10];
const largest = 65_535;

/** Answers the handshake, then every message with itself. `open` holds the sockets that are open. */
export function openWebSocket(request, socket, head, open, headers) {
  const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${guid}`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nX-App-Version: ${headers["X-App-Version"]}\r\n\r\n`,
  );
  open.add(socket);
  socket.on("close", () => open.delete(socket));
  socket.on("error", () => socket.destroy());
  let rest = head;
  socket.on("data", (data) => {
    rest = echo(socket, Buffer.concat([rest, data]));
  });
}

/** Says "going away" to a client, which connects again elsewhere. */
export function closeWebSocket(socket) {
  socket.end(frame(close, Buffer.from([1001 >> 8, 1001 & 255])));
}

function echo(socket, data) {
  let rest = data;
  for (let message = readFrame(rest); message !== undefined; message = readFrame(rest)) {
    rest = rest.subarray(message.length);
    if (message.opcode === close) socket.end(frame(close, message.payload.subarray(0, 2)));
    else if (message.opcode === ping) socket.write(frame(pong, message.payload));
    else if (message.opcode === text || message.opcode === binary) socket.write(frame(message.opcode, message.payload));
    else if (message.opcode !== pong) socket.destroy();
  }
  return rest;
}

function readFrame(data) {
  if (data.length < 6) return undefined;
  const short = data[1] & 127;
  if (short === 127) return { opcode: -1, payload: Buffer.alloc(0), length: data.length };
  const start = short === 126 ? 4 : 2;
  const size = short === 126 ? data.readUInt16BE(2) : short;
  if (data.length < start + 4 + size) return undefined;
  const mask = data.subarray(start, start + 4);
  const payload = Buffer.from(data.subarray(start + 4, start + 4 + size)).map((byte, index) => byte ^ mask[index % 4]);
  return { opcode: data[0] & 15, payload, length: start + 4 + size };
}

function frame(opcode, payload) {
  const size = Math.min(payload.length, largest);
  const header = size < 126 ? Buffer.from([128 | opcode, size]) : Buffer.from([128 | opcode, 126, size >> 8, size & 255]);
  return Buffer.concat([header, payload.subarray(0, size)]);
}
