import { FORM_TYPE, formOf, textFile } from "./form.ts";

/** Sends the beginning of an upload and no more, as a client does whose line breaks. */
export async function beginUpload(origin: string, path: string, token: string): Promise<{ end(): void }> {
  const whole = formOf(textFile("x".repeat(300_000)));
  const { hostname, host, port } = new URL(origin);
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}`,
    `Authorization: Bearer ${token}`,
    `Content-Type: ${FORM_TYPE}`,
    `Content-Length: ${whole.byteLength}`,
  ];
  const socket = await Bun.connect({ hostname, port: Number(port), socket: { data: () => undefined } });
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  socket.write(whole.subarray(0, 20_000));
  socket.flush();
  return { end: () => void socket.terminate() };
}
