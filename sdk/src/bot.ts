import type { ClickClackEvent } from "@clickclack/protocol";
import { declareCommands, ownCommands } from "./bot-commands.ts";
import { incomingMessage, readCommand } from "./bot-message.ts";
import type { BotCommand, BotContext } from "./bot-message.ts";
import type { BotCommandInput } from "./bots.ts";
import { ClickClackClient } from "./client.ts";
import type { ClickClackClientOptions } from "./client.ts";
import type { Me, Message, MessageInput } from "./contract.ts";
import type { Sent } from "./conversation.ts";
import type { SubscribeOptions, Subscription } from "./subscribe.ts";

export type { BotCommand, BotContext } from "./bot-message.ts";

type Handler = (message: Message, context: BotContext) => unknown;

export interface ClickClackBotOptions
  extends ClickClackClientOptions, Pick<SubscribeOptions, "onReady" | "onState" | "onResync" | "onError" | "onClose"> {
  workspaceId: string;
  /** The cursor stored last time; without it the bot begins with what happens from now on. */
  afterCursor?: string | undefined;
  /** Every event, the bot's own too, before the handlers of messages. */
  onEvent?(event: ClickClackEvent, client: ClickClackClient): unknown;
  /**
   * The bot's command menu, put up when it starts (scope `commands:write`). Without it the menu stays what it is,
   * and `onCommand` follows it (scope `workspaces:read`).
   */
  commands?: BotCommandInput[];
  /** A message that begins with a command of the bot's menu, `/word` or `@handle /word`. */
  onCommand?(command: BotCommand, message: Message, context: BotContext): unknown;
  /** A message that mentions the bot. */
  onMention?: Handler;
  /**
   * Any other message or thread reply, and the above where they have no handler. Direct messages to the bot come
   * here with `addressed`; where there is no such handler they go to `onMention`.
   */
  onMessage?: Handler;
  /** Stores the cursor. It is called once an event's handlers have finished: what is not stored comes again. */
  saveCursor?(cursor: string): unknown;
}

/**
 * A bot of one workspace. Each message reaches one handler, in order, one at a time; the bot's own posts reach
 * none. A handler that throws gets its event again, and what it replied the first time is not posted twice.
 *
 * @example
 * const bot = new ClickClackBot({
 *   baseUrl: "http://localhost:8080",
 *   token: process.env.CLICKCLACK_TOKEN,
 *   workspaceId,
 *   onMention: (message, { reply }) => reply(`You said: ${message.body}`),
 * });
 * await bot.start();
 */
export class ClickClackBot {
  readonly client: ClickClackClient;
  readonly #options: ClickClackBotOptions;
  #subscription: Subscription | undefined;
  #starting: Promise<Subscription> | undefined;
  #me: Me | undefined;
  #menu: ReadonlySet<string> = new Set();

  constructor(options: ClickClackBotOptions) {
    this.client = new ClickClackClient(options);
    this.#options = options;
  }

  /** Who the bot is, once it has started. */
  get me(): Me | undefined {
    return this.#me;
  }

  /** The last position that was handled, `undefined` before there is one. */
  get cursor(): string | undefined {
    return this.#subscription?.cursor;
  }

  /**
   * Starts following the workspace. Once it has settled, whatever is said reaches a handler. A second call
   * while it runs answers the same subscription.
   */
  start(): Promise<Subscription> {
    this.#starting ??= this.#begin().catch((error: unknown) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  /** Stops, and settles when the running handler has finished. `start` resumes where it left off. */
  async stop(): Promise<void> {
    const subscription = await this.#starting?.catch(() => undefined);
    subscription?.close();
    await subscription?.closed;
  }

  sendChannelMessage(channelId: string, input: string | MessageInput): Promise<Sent> {
    return this.client.channels.sendMessage(channelId, input);
  }

  sendDirectMessage(conversationId: string, input: string | MessageInput): Promise<Sent> {
    return this.client.dms.sendMessage(conversationId, input);
  }

  async #begin(): Promise<Subscription> {
    const { user } = await this.client.me();
    this.#me = user;
    const { commands } = this.#options;
    if (commands) this.#menu = await declareCommands(this.client, commands);
    else await this.#readMenu(user);
    const { workspaceId, saveCursor, onReady, onState, onResync, onError, onClose } = this.#options;
    const watchers = { onReady, onState, onResync, onError };
    this.#subscription = this.client.events.subscribe({
      ...Object.fromEntries(Object.entries(watchers).filter(([, watcher]) => watcher)),
      workspaceId,
      afterCursor: this.#subscription?.cursor ?? this.#options.afterCursor ?? (await this.#tail()),
      onEvent: (event) => this.#handle(event, user),
      onCursor: async (cursor) => saveCursor?.(cursor),
      onClose: () => {
        this.#starting = undefined;
        onClose?.();
      },
    });
    return this.#subscription;
  }

  /** Where a bot without a past begins; stored at once, so that a crash before the first event loses none. */
  async #tail(): Promise<string | undefined> {
    const { workspaceId, saveCursor } = this.#options;
    const { tail_cursor } = await this.client.events.list({ workspaceId, includeTail: true, limit: 1 });
    if (tail_cursor) await saveCursor?.(tail_cursor);
    return tail_cursor;
  }

  async #handle(event: ClickClackEvent, me: Me): Promise<void> {
    const { onEvent, onCommand, onMention, onMessage } = this.#options;
    await onEvent?.(event, this.client);
    if (event.type === "bot_command.updated" && event.payload.bot_user_id === me.id) await this.#readMenu(me);
    if (!onCommand && !onMention && !onMessage) return;
    const incoming = await incomingMessage(event, me, this.client);
    if (!incoming) return;
    const { message, context } = incoming;
    const command = readCommand(message.body, me.handle);
    if (command && onCommand && this.#menu.has(command.name)) await onCommand(command, message, context);
    else if (onMention && (context.mentioned || (context.addressed && !onMessage))) await onMention(message, context);
    else await onMessage?.(message, context);
  }

  async #readMenu(me: Me): Promise<void> {
    if (this.#options.onCommand) this.#menu = await ownCommands(this.client, this.#options.workspaceId, me.id);
  }
}
