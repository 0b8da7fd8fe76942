/** Acts on groups of people, and reports of what they said. */
import type { DurableType } from "@clickclack/protocol";
import { type Act, say } from "./act.ts";

export const order = {
  "group.created": async (stage) => {
    const { mia, owner, guest, bot, workspace_id, shared, deck } = stage;
    const member_ids = [owner.id, guest.id, bot.id, mia.id];
    const crew = { handle: "crew", name: "The crew", member_ids, channel_ids: [shared.id, deck.id] };
    await mia.client.groups.create(workspace_id, crew);
    await say(stage, shared.id, "@crew all hands, @olivia");
    await say(stage, deck.id, "@crew below");
  },
  "group.updated": async (stage) => {
    const { mia, owner, guest, bot, workspace_id, general, shared } = stage;
    const { group } = await mia.client.groups.create(workspace_id, { handle: "watch", name: "Watch" });
    const { channel } = await mia.client.channels.create(workspace_id, { name: "bridge", kind: "private" });
    await mia.client.groups.update(group.id, { name: "The watch", channel_ids: [channel.id, general.id] });
    for (const { id } of [owner, guest, bot]) await mia.client.groups.addMember(group.id, id);
    await say(stage, channel.id, "@watch come here");
    await mia.client.groups.removeMember(group.id, bot.id);
    await say(stage, shared.id, "@watch who is it?");
    await mia.client.channels.removeMember(general.id, guest.id);
  },
  "group.deleted": async (stage) => {
    const { mia, owner, workspace_id, shared } = stage;
    const { group } = await mia.client.groups.create(workspace_id, {
      ...{ handle: "gone", name: "Gone", member_ids: [owner.id] },
    });
    await mia.client.groups.delete(group.id);
    await say(stage, shared.id, "@gone is nobody");
  },
  "report.created": async (stage) => {
    const { guest, shared } = stage;
    await guest.client.reports.create(await say(stage, shared.id, "Rude"), { reason: "Rude" });
  },
  "report.updated": async (stage) => {
    const { guest, owner, shared } = stage;
    const { report } = await guest.client.reports.create(await say(stage, shared.id, "Ruder"), { reason: "Ruder" });
    await owner.client.reports.update(report.id, { status: "dismissed", resolution: "Not that rude" });
  },
} satisfies Partial<Record<DurableType, Act>>;
