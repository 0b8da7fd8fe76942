/** The people, channels and direct conversations of the million-message database. */
import type { Database } from "bun:sqlite";
import { insert, NEVER, routeId, SEEDED_AT, seedId, seedUser } from "./seed.ts";

export interface MillionPlaces {
  workspace_id: string;
  /** The busiest first; the last tenth are private, and the first person is in all of them. */
  channel_ids: string[];
  private_channel_ids: string[];
  /** The first person's direct conversations. */
  dm_ids: string[];
  user_ids: string[];
  /** One bearer token for each person; the first owns the workspace. */
  tokens: string[];
  /** A second workspace with two people and a few hundred messages. */
  small: { workspace_id: string; channel_id: string; user_ids: string[]; token: string };
  /** Somebody in no workspace. */
  stranger_token: string;
}

const DMS = 20;

export function makePlaces(db: Database, { members, channels }: { members: number; channels: number }): MillionPlaces {
  const token = () => `sst_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url")}`;
  const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => seedId(prefix, index));
  const places: MillionPlaces = {
    workspace_id: seedId("wsp", 0),
    channel_ids: ids("chn", channels),
    private_channel_ids: ids("chn", channels).slice(channels - Math.floor(channels / 10)),
    dm_ids: ids("dm", Math.min(DMS, members - 1)),
    user_ids: ids("usr", members),
    tokens: Array.from({ length: members }, token),
    small: {
      workspace_id: seedId("wsp", 1),
      channel_id: seedId("chn", channels),
      user_ids: [seedId("usr", members), seedId("usr", members + 1)],
      token: token(),
    },
    stranger_token: token(),
  };
  db.transaction(() => store(db, places, members))();
  return places;
}

function store(db: Database, places: MillionPlaces, members: number): void {
  const { workspace_id, small } = places;
  for (const [index, id] of [workspace_id, small.workspace_id].entries()) {
    const name = index === 0 ? "Bench" : "Small";
    insert(db, "workspaces", {
      id,
      route_id: routeId("T", index),
      name,
      slug: name.toLowerCase(),
      created_at: SEEDED_AT,
    });
  }
  for (const [index, token] of places.tokens.entries()) seedUser(db, workspace_id, index, token);
  seedUser(db, small.workspace_id, members, small.token);
  seedUser(db, small.workspace_id, members + 1, `${small.token}-`);
  seedStranger(db, members + 2, places.stranger_token);
  const hidden = new Set(places.private_channel_ids);
  for (const [index, id] of [...places.channel_ids, small.channel_id].entries()) {
    const kind = hidden.has(id) ? "private" : "public";
    const home = id === small.channel_id ? small.workspace_id : workspace_id;
    insert(db, "channels", {
      id,
      route_id: routeId("C", index),
      workspace_id: home,
      name: `channel-${index}`,
      kind,
      created_at: SEEDED_AT,
    });
  }
  for (const channel_id of hidden) addEverySecond(db, channel_id, places.user_ids);
  for (const [index, id] of places.dm_ids.entries()) addDm(db, places, id, index);
}

function addEverySecond(db: Database, channel_id: string, user_ids: readonly string[]): void {
  for (const [index, user_id] of user_ids.entries()) {
    if (index % 2 === 0)
      insert(db, "channel_members", { channel_id, user_id, added_by: user_ids[0] ?? "", created_at: SEEDED_AT });
  }
}

function addDm(db: Database, { workspace_id, user_ids }: MillionPlaces, id: string, index: number): void {
  const people = [user_ids[0] ?? "", user_ids[index + 1] ?? ""];
  insert(db, "direct_conversations", {
    id,
    route_id: routeId("D", index),
    workspace_id,
    member_set_key: people.toSorted().join(","),
    created_by: people[0] ?? "",
    created_at: SEEDED_AT,
  });
  for (const user_id of people) insert(db, "direct_conversation_members", { conversation_id: id, user_id });
}

function seedStranger(db: Database, index: number, token: string): void {
  const id = seedId("usr", index);
  insert(db, "users", { id, display_name: "Stranger", handle: "stranger", created_at: SEEDED_AT });
  const token_hash = new Bun.CryptoHasher("sha256").update(token).digest("hex");
  insert(db, "sessions", {
    id: seedId("ses", index),
    token_hash,
    user_id: id,
    created_at: SEEDED_AT,
    expires_at: NEVER,
  });
}
