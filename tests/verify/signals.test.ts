import { EPHEMERAL, type EphemeralType, LIMITS, parseEvent } from "@clickclack/protocol";
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { emptyStores } from "../../web/src/testing/stores.ts";
import { type Frame, Listener } from "../support/test-server.ts";
import { type Actor, openStage, type Stage } from "./stage.ts";

const { apply } = await import("../../web/src/state/apply.ts");

setDefaultTimeout(30_000);

/** Somebody with an open socket, and what their client makes of it. */
interface Watcher {
  who: Actor;
  socket: Listener;
  presence: ReturnType<typeof emptyStores>["presence"];
  /** Frames applied so far. */
  applied: number;
}

/** What is never stored: who does it, and where, so that an owner, a guest and a bot hear of it. */
const SIGNALS: Record<EphemeralType, (stage: Stage) => Promise<unknown>> = {
  "realtime.ready": async () => undefined,
  "realtime.heartbeat": async () => undefined,
  "typing.started": (stage) => signal(stage, stage.mia, "typing.started"),
  "typing.stopped": (stage) => signal(stage, stage.mia, "typing.stopped"),
  "agent.progress": (stage) => signal(stage, stage.bot, "agent.progress", { turn_id: "t-1", op: "append" }),
  "presence.changed": async (stage) => listen(stage, await stage.newcomer("nora", "member")).ready(),
  "presence.reset": async (stage) => {
    const crowd: Actor[] = [];
    for (let n = 0; n <= LIMITS.presence_frames_per_flush; n++)
      crowd.push(await stage.newcomer(`crowd-${n}`, "member"));
    await Promise.all(crowd.map((one) => listen(stage, one).ready()));
  },
  "bot_command.updated": ({ bot }) => bot.client.bots.setCommands([{ command: "/tide", description: "The next tide" }]),
  "bot.membership_removed": async ({ owner, workspace_id }) => {
    const { bot } = await owner.client.bots.create(workspace_id, { display_name: "Brief" });
    await owner.client.bots.removeMembership(workspace_id, bot.id);
  },
  "bot.deleted": async ({ owner, workspace_id }) => {
    const { bot } = await owner.client.bots.create(workspace_id, { display_name: "Briefer" });
    await owner.client.bots.delete(bot.id);
  },
};

function signal(
  stage: Stage,
  { client }: Actor,
  type: "typing.started" | "typing.stopped" | "agent.progress",
  payload = {},
) {
  const { workspace_id, shared } = stage;
  return client.events.publishEphemeral({ workspaceId: workspace_id, channelId: shared.id, type, payload });
}

const opened: Listener[] = [];

function listen({ url, workspace_id }: Stage, who: Actor): Listener {
  const socket = new Listener(url, who.token, `workspace_id=${workspace_id}`);
  opened.push(socket);
  return socket;
}

describe("verify", () => {
  let stage: Stage;
  let watchers: Watcher[];
  beforeAll(async () => {
    stage = await openStage({ heartbeat_ms: 200 });
    watchers = [stage.owner, stage.guest, stage.bot].map((who) => {
      const { presence } = emptyStores();
      return { who, socket: listen(stage, who), presence, applied: 0 };
    });
    for (const { socket } of watchers) await socket.ready();
  });
  afterAll(async () => {
    for (const socket of opened) socket.close();
    await stage?.close();
  });

  for (const type of Object.keys(EPHEMERAL) as EphemeralType[]) {
    test(type, async () => {
      await SIGNALS[type](stage);
      for (const watcher of watchers) {
        const frame = await watcher.socket.until((one) => one.type === type);
        expect(frame.cursor).toBe("");
        expect(parseEvent(frame)?.type).toBe(type);
        await expectSamePresence(watcher);
      }
    });
  }

  /** After the frames that came, somebody is shown as present exactly if the server's list says so. */
  async function expectSamePresence(watcher: Watcher): Promise<void> {
    for (;;) {
      const isReset = takeFrames(watcher);
      const { online } = await watcher.who.client.workspaces.presence(stage.workspace_id);
      // What a client does when it is told that more has changed than is worth saying.
      if (isReset) watcher.presence.replace(online);
      const shown = [...watcher.presence.here.keys()].toSorted();
      if (Bun.deepEquals(shown, online.map((one) => one.user_id).toSorted())) return;
      // The list knows it already; the frame that says so comes within a moment.
      const { applied, socket } = watcher;
      await socket.until((frame) => socket.frames.indexOf(frame) >= applied && isAboutPresence(frame));
    }
  }

  /** Answers whether one of them says that the list is to be fetched. */
  function takeFrames(watcher: Watcher): boolean {
    const fresh = watcher.socket.frames.slice(watcher.applied).filter(isAboutPresence);
    watcher.applied = watcher.socket.frames.length;
    const stores = { ...emptyStores(), presence: watcher.presence };
    for (const frame of fresh) {
      const event = parseEvent(frame);
      if (event) apply(stores, event);
    }
    return fresh.some((frame) => frame.type === "presence.reset");
  }
});

function isAboutPresence(frame: Frame): boolean {
  return frame.type.startsWith("presence.");
}
