import type { Stage } from "./stage.ts";

/** What makes one type of event happen. */
export type Act = (stage: Stage) => Promise<void>;

export async function say({ mia }: Stage, channel_id: string, body: string): Promise<string> {
  return (await mia.client.channels.sendMessage(channel_id, body)).message.id;
}
