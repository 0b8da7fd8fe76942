/** What the Go original answered, cut to one of each: names, types and the form of ids and times. */

const ULID = "01m7y5b31147gnmdvk12twgpxw";
const TIME = "2026-11-21T04:20:27.297324962Z";
const USER = `usr_${ULID}`;
const WORKSPACE = `wsp_${ULID}`;
const CHANNEL = `chn_${ULID}`;
const MESSAGE = `msg_${ULID}`;

export const user = { id: USER, kind: "human", display_name: "Hum", handle: "hum", avatar_url: "", created_at: TIME };
export const workspace = {
  id: WORKSPACE,
  route_id: "T8GW55JSAK2XAAVKG",
  name: "ClickClack",
  slug: "clickclack",
  icon_url: "",
  created_at: TIME,
  role: "owner",
};
export const channel = {
  id: CHANNEL,
  route_id: "CE648WSH2PSVS28KZ",
  workspace_id: WORKSPACE,
  name: "general",
  kind: "public",
  created_at: TIME,
  external_managed: false,
  last_seq: 0,
  last_read_seq: 0,
  unread_count: 0,
};
export const managedChannel = {
  ...channel,
  display_title: "A session",
  external_managed: true,
  external_ref: "ref:1",
  external_url: "https://example.com/x",
  sidebar_section: "Sessions",
};
export const session = { id: `ses_${ULID}`, token: "sst", user_id: USER, created_at: TIME, expires_at: TIME };

const envelope = { id: `evt_${ULID}`, cursor: `cur_${ULID}`, workspace_id: WORKSPACE, created_at: TIME };
const inChannel = { ...envelope, channel_id: CHANNEL };

export const channelCreated = { ...inChannel, type: "channel.created", payload: { channel_id: CHANNEL } };
export const channelUpdated = {
  ...inChannel,
  type: "channel.updated",
  payload: { archived: false, channel_id: CHANNEL },
};
export const messageCreated = {
  ...inChannel,
  type: "message.created",
  seq: 1,
  payload: { author_id: USER, correlation_id: "corr", message_id: MESSAGE, nonce: "n-1" },
};
export const activityCreated = {
  ...messageCreated,
  payload: { author_id: USER, correlation_id: "corr", kind: "agent_commentary", message_id: MESSAGE, turn_id: "t1" },
};
export const messageChanged = {
  ...inChannel,
  type: "message.updated",
  seq: 1,
  payload: { message_id: MESSAGE, root_message_id: MESSAGE },
};
export const reacted = {
  ...inChannel,
  type: "reaction.added",
  seq: 1,
  payload: { count: 1, emoji: "🦞", message_id: MESSAGE, user_id: USER },
};
export const replyCreated = {
  ...inChannel,
  type: "thread.reply_created",
  payload: { correlation_id: "corr", message_id: MESSAGE, nonce: "r-1", root_message_id: MESSAGE },
};
export const stateUpdated = {
  ...inChannel,
  type: "thread.state_updated",
  payload: { root_message_id: MESSAGE },
};

export const base = {
  id: MESSAGE,
  workspace_id: WORKSPACE,
  channel_id: CHANNEL,
  author_id: USER,
  thread_root_id: MESSAGE,
  body: "hello",
  body_format: "markdown",
  created_at: TIME,
  kind: "message",
  author: user,
};
export const root = { ...base, channel_seq: 1, nonce: "n-1" };
export const reply = { ...base, parent_message_id: MESSAGE, thread_seq: 1, nonce: "r-1" };
export const routedRoot = { ...root, route_id: "MGV2CPAM0WEWVWQRH" };
export const activity = { ...base, channel_seq: 3, kind: "agent_commentary", turn_id: "t1" };
export const quoting = {
  ...base,
  channel_seq: 2,
  quoted_message_id: MESSAGE,
  quoted_body_snapshot: "hello",
  quoted_author_id: USER,
  quoted_author: user,
};
export const zeroState = { root_message_id: MESSAGE, reply_count: 0, last_reply_author_ids: [] };
export const threadState = {
  root_message_id: MESSAGE,
  reply_count: 1,
  last_reply_at: TIME,
  last_reply_author_ids: [USER],
};
/** Roots of a page carry their thread's state and, with us, empty lists. */
export const pageRoot = { ...base, channel_seq: 2, thread_state: zeroState, reactions: [], attachments: [] };
export const reaction = { emoji: "🦞", count: 1, reacted_by_me: true };
export const receipt = { scope_id: CHANNEL, user_id: USER, last_read_seq: 2, last_read_at: TIME };
export const member = { workspace_id: WORKSPACE, user, role: "owner", joined_at: TIME };
export const typing = {
  ...inChannel,
  id: `eph_${ULID}`,
  cursor: "",
  type: "typing.started",
  payload: { channel_id: CHANNEL, user_id: USER },
};
