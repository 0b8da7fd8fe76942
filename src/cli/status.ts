import type { User } from "@clickclack/sdk";
import { clientCommand, clientGroup } from "./client-command.ts";
import { UsageError } from "./failure.ts";
import { readUntil } from "./flags.ts";
import { minute, print, row } from "./output.ts";

const show = clientCommand({
  name: "show",
  description: "Say which server, who you are, and the defaults",
  args: {},
  async run({ client, mode, server, workspace, channel }) {
    const { user } = await client.me();
    const defaults = { ...(workspace && { workspace }), ...(channel && { channel }) };
    const status = statusText(user);
    const rows = [
      row("server", server),
      row("user", user.id, user.display_name),
      ...(status ? [row("status", status)] : []),
      row("workspace", workspace ?? "(the first)"),
      row("channel", channel ?? "general"),
    ];
    print(mode, { json: { server, user, ...defaults }, plain: user.id, human: rows });
  },
});

const set = clientCommand({
  name: "set",
  description: "Tell others what you are doing: clickclack status set 🌴 On leave --until 2026-08-01T08:00:00Z",
  args: {
    emoji: { type: "string", description: "An emoji; the first word may be one too" },
    until: { type: "string", description: "It ends by itself then: 30m, 2h, or a time" },
  },
  async run({ client, mode }, args) {
    const words = [...args._];
    const emoji = args.emoji ?? (isEmoji(words[0]) ? words.shift() : undefined) ?? "";
    const text = words.join(" ").trim();
    if (emoji === "" && text === "") throw new UsageError("say what you are doing: clickclack status set 🌴 On leave");
    const expires_at = args.until && readUntil("until", args.until, Date.now());
    const me = await client.updateMe({ status: { emoji, text, ...(expires_at && { expires_at }) } });
    print(mode, { json: me, plain: me.user.id, human: statusText(me.user) ?? "no status" });
  },
});

const clear = clientCommand({
  name: "clear",
  description: "Take your status away: clickclack status clear",
  args: {},
  async run({ client, mode }) {
    const me = await client.updateMe({ status: {} });
    print(mode, { json: me, plain: me.user.id, human: "no status" });
  },
});

/** `🌴 On leave (until 2026-08-01 08:00)`. */
export function statusText({ status }: User): string | undefined {
  if (!status) return undefined;
  const said = [status.emoji, status.text].filter(Boolean).join(" ");
  return status.expires_at ? `${said} (until ${minute(status.expires_at)})` : said;
}

function isEmoji(word: string | undefined): word is string {
  return word !== undefined && /^\p{RGI_Emoji}$/v.test(word);
}

export default clientGroup({
  name: "status",
  description: "Which server, who you are, and what others see you doing",
  default: "show",
  subCommands: { show, set, clear },
});
