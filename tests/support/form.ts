/** A part of a multipart form, as a client would send it, or as one would that means harm. */
export interface Part {
  name: string;
  value: string | Uint8Array;
  filename?: string;
  type?: string;
}

const BOUNDARY = "----harbour-clack";

/** What to send with it. */
export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** Made by hand, so that a test can break it; a file's name goes out exactly as it is given. */
export function formOf(...parts: Part[]): Uint8Array<ArrayBuffer> {
  const chunks = parts.flatMap(({ name, value, filename, type }) => [
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`),
    Buffer.from(filename === undefined ? "" : `; filename="${filename}"`),
    Buffer.from(type === undefined ? "\r\n\r\n" : `\r\nContent-Type: ${type}\r\n\r\n`),
    Buffer.from(value),
    Buffer.from("\r\n"),
  ]);
  return new Uint8Array(Buffer.concat([...chunks, Buffer.from(`--${BOUNDARY}--\r\n`)]));
}

export const textFile = (value = "claw", filename = "claw.txt"): Part => ({
  name: "file",
  value,
  filename,
  type: "text/plain",
});

/** A picture of one colour. */
export async function pictureOf(width: number, height: number): Promise<Uint8Array> {
  const dot = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");
  return new Bun.Image(dot).resize(width, height).png().bytes();
}
