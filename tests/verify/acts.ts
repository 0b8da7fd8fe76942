/** For each event type, acts after which a client that heard of them must show what a fresh one shows. */
import type { DurableType } from "@clickclack/protocol";
import { type Act, say } from "./act.ts";
import { order } from "./order-acts.ts";
import { own } from "./own-acts.ts";

const messages = {
  "message.created": async (stage) => {
    const { shared, deck, direct_id, mia, owner, bot } = stage;
    await say(stage, shared.id, "Morning.");
    await say(stage, shared.id, "@olivia @gus @pinch look at this");
    await say(stage, shared.id, "@channel the bridge opens at nine, @olivia");
    await say(stage, shared.id, "@here it is open, says `@olivia`");
    await say(stage, deck.id, "Only for us, @gus.");
    await mia.client.dms.sendMessage(direct_id, "And only for you, @olivia.");
    await owner.client.channels.sendMessage(shared.id, "Seen.");
    await bot.client.channels.sendMessage(shared.id, {
      body: "Looking it up",
      kind: "agent_commentary",
      turn_id: "t-1",
    });
    await bot.client.channels.sendMessage(deck.id, "Nine it is, @olivia.");
  },
  "message.updated": async (stage) => {
    const { mia, workspace_id, shared } = stage;
    const id = await say(stage, shared.id, "We sail at nine.");
    await mia.client.messages.update(id, "We sail at ten, @olivia.");
    const { upload } = await mia.client.uploads.create(workspace_id, new Blob(["tides"]), "tides.txt");
    await mia.client.uploads.attach(id, upload.id);
  },
  "message.deleted": async (stage) => {
    const { mia, owner, shared, deck, root_id, direct_id } = stage;
    for (const id of [shared.id, deck.id])
      await mia.client.messages.delete(await say(stage, id, "@channel @gus wrong"));
    const { message } = await mia.client.dms.sendMessage(direct_id, "@olivia wrong");
    await mia.client.messages.delete(message.id);
    const pinned = await say(stage, shared.id, "Soon gone");
    await mia.client.pins.add(shared.id, pinned);
    await owner.client.messages.delete(pinned);
    const reply = await mia.client.threads.reply(root_id, "@olivia wrong too");
    await mia.client.messages.delete(reply.message.id);
  },
  "thread.reply_created": async ({ mia, guest, bot, root_id }) => {
    await mia.client.threads.reply(root_id, "I do, until midnight.");
    await guest.client.threads.reply(root_id, "And I after that. @olivia");
    await bot.client.threads.reply(root_id, "Written down.");
    await mia.client.threads.reply(root_id, "Thanks, @pinch.");
  },
  "thread.state_updated": async ({ owner, root_id }) => {
    await owner.client.threads.reply(root_id, "Settled.");
  },
  "reaction.added": async ({ owner, guest, mia, root_id }) => {
    for (const { client } of [mia, owner, guest]) await client.messages.addReaction(root_id, "🦞");
    await mia.client.messages.addReaction(root_id, "✅");
  },
  "reaction.removed": async ({ owner, mia, root_id }) => {
    await owner.client.messages.removeReaction(root_id, "🦞");
    await mia.client.messages.removeReaction(root_id, "✅");
  },
  "pin.added": async ({ mia, shared, root_id }) => {
    await mia.client.pins.add(shared.id, root_id);
  },
  "pin.removed": async (stage) => {
    const { mia, shared } = stage;
    const id = await say(stage, shared.id, "For a moment");
    await mia.client.pins.add(shared.id, id);
    await mia.client.pins.remove(shared.id, id);
  },
} satisfies Partial<Record<DurableType, Act>>;

const markers = {
  "channel.read": async (stage) => {
    const { owner, guest, bot, shared } = stage;
    await say(stage, shared.id, "@olivia @gus @pinch once more");
    const { last_seq = 0 } = (await owner.client.channels.get(shared.id)).channel;
    for (const { client } of [owner, guest, bot]) {
      await client.channels.markRead(shared.id, last_seq - 1);
      await client.channels.markRead(shared.id, last_seq);
      await client.channels.markUnread(shared.id, 3);
    }
    await say(stage, shared.id, "@channel and again");
    await guest.client.channels.markRead(shared.id, last_seq + 1);
  },
  "channel.settings_updated": async (stage) => {
    const { owner, bot, guest, general, shared } = stage;
    await say(stage, general.id, "Before");
    await guest.client.channels.setNotificationSettings(shared.id, "mentions");
    await owner.client.channels.setNotificationSettings(general.id, "muted");
    await owner.client.channels.leave(general.id);
    await bot.client.channels.setNotificationSettings(general.id, "mentions");
    await say(stage, general.id, "@channel while away");
    await owner.client.channels.join(general.id);
    await say(stage, general.id, "@olivia welcome back");
    await owner.client.channels.leave(general.id);
    await say(stage, general.id, "Gone again");
    await owner.client.channels.sendMessage(general.id, "Not at all");
    await say(stage, general.id, "Fine");
  },
  "dm.created": async ({ mia, owner, bot, workspace_id }) => {
    const { conversation } = await mia.client.dms.create(workspace_id, [owner.id, bot.id]);
    await mia.client.dms.sendMessage(conversation.id, "The three of us, @olivia.");
    await owner.client.dms.create(workspace_id, []);
  },
  "dm.read": async ({ mia, owner, direct_id }) => {
    await mia.client.dms.sendMessage(direct_id, "@olivia?");
    const { last_seq = 0 } = (await owner.client.dms.get(direct_id)).conversation;
    await owner.client.dms.markRead(direct_id, last_seq);
    await owner.client.dms.markUnread(direct_id, 2);
  },
  "dm.settings_updated": async ({ mia, owner, direct_id, workspace_id }) => {
    await owner.client.dms.close(direct_id);
    await mia.client.dms.sendMessage(direct_id, "You closed it?");
    const quiet = await owner.client.dms.create(workspace_id, []);
    await owner.client.dms.close(quiet.conversation.id);
  },
  "saved.added": async (stage) => {
    const { mia, owner, guest, bot, shared, general, direct_id, root_id, workspace_id } = stage;
    const { channel } = await mia.client.channels.create(workspace_id, { name: "aside", kind: "private" });
    for (const { id } of [owner, guest, bot]) await mia.client.channels.addMember(channel.id, id);
    const inside = await say(stage, channel.id, "Keep this");
    const gone = await say(stage, shared.id, "And this not for long");
    const { message } = await mia.client.dms.sendMessage(direct_id, "Only yours");
    for (const { client } of [owner, guest, bot]) for (const id of [inside, gone, root_id]) await client.saved.add(id);
    await owner.client.saved.add(message.id);
    await owner.client.saved.add(await say(stage, general.id, "Before you leave"));
    await owner.client.channels.leave(general.id);
    await mia.client.messages.delete(gone);
    for (const { id } of [owner, guest, bot]) await mia.client.channels.removeMember(channel.id, id);
    for (const { id } of [owner, guest]) await mia.client.channels.addMember(channel.id, id);
    await owner.client.channels.join(general.id);
  },
  "saved.removed": async (stage) => {
    const { owner, guest, shared } = stage;
    const id = await say(stage, shared.id, "For a moment");
    for (const { client } of [owner, guest]) await client.saved.add(id);
    await owner.client.saved.add(await say(stage, shared.id, "For longer"));
    for (const { client } of [owner, guest]) await client.saved.remove(id);
  },
  "thread.read": async ({ mia, owner, guest, bot, root_id }) => {
    await mia.client.threads.reply(root_id, "@olivia @gus @pinch one more");
    const { newest_seq } = await mia.client.threads.get(root_id, { latest: true });
    for (const { client } of [owner, guest, bot]) {
      await client.threads.markRead(root_id, newest_seq);
      await client.threads.markUnread(root_id, newest_seq);
    }
  },
  "thread.follow_updated": async (stage) => {
    const { mia, owner, guest, shared } = stage;
    const id = await say(stage, shared.id, "A thread of its own");
    await mia.client.threads.reply(id, "First");
    for (const { client } of [owner, guest]) await client.threads.follow(id);
    await mia.client.threads.reply(id, "Second, @gus");
    await guest.client.threads.unfollow(id);
  },
} satisfies Partial<Record<DurableType, Act>>;

const places = {
  "channel.created": async ({ mia, workspace_id }) => {
    await mia.client.channels.create(workspace_id, { name: "api", purpose: "Interfaces" });
    await mia.client.channels.create(workspace_id, { name: "hidden", kind: "private" });
  },
  "channel.updated": async (stage) => {
    const { owner, workspace_id, shared } = stage;
    const { channel } = await owner.client.channels.create(workspace_id, { name: "tides" });
    await owner.client.channels.update(channel.id, { name: "tide-tables", purpose: "High and low" });
    await say(stage, channel.id, "@channel high at nine");
    await owner.client.channels.update(channel.id, { kind: "private" });
    await say(stage, channel.id, "Only for those who were there");
    await owner.client.channels.update(channel.id, { kind: "public", archived: true });
    await owner.client.channels.update(shared.id, { purpose: "With guests", post_policy: "everyone" });
    const own = await stage.mia.client.channels.create(workspace_id, { name: "mine", kind: "private" });
    await say(stage, own.channel.id, "Not yet for everybody");
    await stage.mia.client.channels.update(own.channel.id, { kind: "public" });
  },
  "channel.member_added": async (stage) => {
    const { mia, owner, guest, bot, workspace_id, general } = stage;
    const { channel } = await mia.client.channels.create(workspace_id, { name: "crew", kind: "private" });
    await say(stage, channel.id, "Before the others came");
    for (const { id } of [owner, guest, bot]) await mia.client.channels.addMember(channel.id, id);
    await say(stage, channel.id, "@channel welcome");
    await owner.client.channels.addMember(general.id, guest.id);
    await say(stage, general.id, "@gus welcome here too");
  },
  "channel.member_removed": async (stage) => {
    const { mia, guest, bot, deck, general } = stage;
    await mia.client.channels.removeMember(general.id, guest.id);
    await mia.client.channels.removeMember(deck.id, bot.id);
    await guest.client.channels.leave(deck.id);
    await say(stage, deck.id, "@gus @pinch are gone");
  },
  "workspace.updated": async ({ owner, workspace_id }) => {
    await owner.client.workspaces.update(workspace_id, { name: "New harbour", channel_policy: "managers" });
  },
} satisfies Partial<Record<DurableType, Act>>;

const people = {
  "member.joined": async ({ newcomer }) => {
    await newcomer("noor", "member");
  },
  "member.left": async ({ newcomer, owner, workspace_id }) => {
    const { id, client } = await newcomer("leaver", "member");
    const { conversation } = await client.dms.create(workspace_id, [owner.id]);
    await client.dms.sendMessage(conversation.id, "A last word, @olivia");
    await owner.client.workspaces.removeMember(workspace_id, id);
  },
  "member.updated": async (stage) => {
    const { owner, guest, mia, general, shared, workspace_id } = stage;
    await owner.client.workspaces.updateMember(workspace_id, guest.id, { role: "member" });
    await say(stage, general.id, "@gus is one of us");
    const { conversation } = await mia.client.dms.create(workspace_id, [guest.id]);
    await mia.client.dms.sendMessage(conversation.id, "Welcome, @gus");
    await owner.client.workspaces.updateMember(workspace_id, guest.id, { role: "guest" });
    await say(stage, general.id, "Or was");
    // A guest again, they have a place in no public channel.
    await owner.client.channels.addMember(shared.id, guest.id);
  },
  "member.moderation_updated": async (stage) => {
    const { owner, mia, guest, shared, workspace_id } = stage;
    await mia.client.moderation.update(workspace_id, guest.id, { timeout_minutes: 60, moderation_note: "Cool down" });
    await say(stage, shared.id, "@gus take a breath");
    await mia.client.moderation.update(workspace_id, guest.id, { clear_timeout: true });
    await owner.client.moderation.update(workspace_id, mia.id, { moderation_note: "Well kept" });
    await guest.client.channels.sendMessage(shared.id, "Sorry, @olivia");
  },
  "workspace.ownership_transferred": async ({ owner, mia, workspace_id }) => {
    await owner.client.workspaces.transferOwnership(workspace_id, mia.id);
    await mia.client.workspaces.transferOwnership(workspace_id, owner.id);
    await owner.client.workspaces.transferOwnership(workspace_id, mia.id);
    await mia.client.workspaces.update(workspace_id, { slug: "new-harbour" });
    await mia.client.workspaces.transferOwnership(workspace_id, owner.id);
  },
  "user.updated": async ({ mia, owner, guest, newcomer, workspace_id }) => {
    const sleeper = await newcomer("sleeper", "member");
    const { conversation } = await sleeper.client.dms.create(workspace_id, [owner.id]);
    await sleeper.client.dms.sendMessage(conversation.id, "Good night, @olivia");
    await sleeper.client.deactivateMe();
    await mia.client.updateMe({ display_name: "Mia Member", handle: "mia-m" });
    await owner.client.updateMe({ display_name: "Olivia Owner", timezone: "Europe/Berlin" });
    const dnd_until = new Date(Date.now() + 3_600_000).toISOString();
    for (const { client } of [mia, owner, guest])
      await client.updateMe({ status: { emoji: "🌴", text: "By the sea", expires_at: dnd_until }, dnd_until });
    await owner.client.updateMe({ status: {} });
    await guest.client.updateMe({ status: { text: "Back" }, dnd_until: "" });
  },
  "preferences.updated": async ({ owner, guest, workspace_id, general, shared }) => {
    await owner.client.updateMe({
      locale: "de",
      notification_settings: { level: "mentions", dnd_from: "22:00", dnd_to: "07:00" },
      appearance_preferences: { color_mode: "dark" },
    });
    const sections = { [workspace_id]: [{ id: "first", name: "First", conversation_ids: [shared.id] }] };
    await owner.client.updateMe({
      sidebar_preferences: { channel_order: { [workspace_id]: [shared.id, general.id] }, sections },
    });
    await guest.client.updateMe({ sidebar_preferences: { channel_order: { [workspace_id]: [shared.id] } } });
  },
} satisfies Partial<Record<DurableType, Act>>;

/** A type without an entry does not compile; one whose entry never makes it emit fails its test. */
export const ACTS: Record<DurableType, Act> = { ...messages, ...markers, ...places, ...people, ...order, ...own };
