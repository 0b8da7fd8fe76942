import { SMTPServer, type SMTPServerDataStream } from "smtp-server";

export interface Received {
  /** Whom the envelope names, which is where it arrives. */
  to: string;
  from: string;
  subject: string;
  text: string;
  /** Whether it came encrypted. */
  secure: boolean;
  /** As it came, headers and all. */
  source: string;
}

export interface Mailbox {
  /** What `--smtp-url` takes. */
  url: string;
  /** The next letter, in the order they came; waits for it. */
  next(): Promise<Received>;
  /** Letters that came and nobody asked for yet. */
  readonly waiting: Received[];
  /** How many letters were offered, those that were refused too. */
  readonly offered: number;
  /** Answers this to the next letters instead of taking them. */
  refuse(response_code: number, times: number): void;
  close(): Promise<void>;
}

/** A real mail server on a free port, with STARTTLS; with credentials it wants them. */
export async function openMailbox(credentials?: { user: string; password: string }): Promise<Mailbox> {
  const waiting: Received[] = [];
  const readers: ((letter: Received) => void)[] = [];
  let offered = 0;
  let refusal = { response_code: 0, times: 0 };
  const server = new SMTPServer({
    authOptional: credentials === undefined,
    // It would warn about its certificate, which is of no matter here.
    logger: false,
    onAuth({ username, password }, _session, done) {
      const isRight = username === credentials?.user && password === credentials?.password;
      done(isRight ? null : new Error("wrong password"), isRight ? { user: username } : undefined);
    },
    onData(stream, session, done) {
      read(stream, (source) => {
        offered++;
        if (refusal.times > 0) {
          refusal.times--;
          return done(Object.assign(new Error("not now"), { responseCode: refusal.response_code }));
        }
        const to = session.envelope.rcptTo.map((one) => one.address).join(", ");
        const from = session.envelope.mailFrom === false ? "" : session.envelope.mailFrom.address;
        const letter = { to, from, secure: session.secure, source, ...opened(source) };
        done();
        const reader = readers.shift();
        if (reader) reader(letter);
        else waiting.push(letter);
      });
    },
  });
  // A client that hangs up is no failure of the server's.
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("the mail server listens nowhere");
  const login = credentials
    ? `${encodeURIComponent(credentials.user)}:${encodeURIComponent(credentials.password)}@`
    : "";
  return {
    url: `smtp://${login}127.0.0.1:${address.port}`,
    waiting,
    get offered() {
      return offered;
    },
    async next() {
      return waiting.shift() ?? new Promise<Received>((resolve) => readers.push(resolve));
    },
    refuse(response_code, times) {
      refusal = { response_code, times };
    },
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

/** The first link of a letter. */
export function linkIn({ text }: Pick<Received, "text">): string {
  const found = /https?:\/\/\S+/.exec(text)?.[0];
  if (!found) throw new Error(`the letter has no link: ${text}`);
  return found;
}

function read(stream: SMTPServerDataStream, then: (source: string) => void): void {
  const parts: Buffer[] = [];
  stream.on("data", (part: Buffer) => parts.push(part));
  stream.on("end", () => then(Buffer.concat(parts).toString()));
}

/** Subject and text, for the encodings that our letters come in. */
function opened(source: string): { subject: string; text: string } {
  const end = source.indexOf("\r\n\r\n");
  const headers = source.slice(0, end).replace(/\r\n[ \t]+/g, " ");
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, "im").exec(headers)?.[1]?.trim() ?? "";
  const body = source.slice(end + 4);
  const encoding = header("content-transfer-encoding").toLowerCase();
  const text =
    encoding === "base64"
      ? Buffer.from(body, "base64").toString()
      : encoding === "quoted-printable"
        ? unquoted(body.replace(/=\r\n/g, ""))
        : body;
  return { subject: decodedWords(header("subject")), text: text.replaceAll("\r\n", "\n") };
}

function decodedWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toLowerCase() === "b" ? Buffer.from(word, "base64").toString() : unquoted(word.replaceAll("_", " ")),
    );
}

function unquoted(text: string): string {
  const bytes = text.replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
}
