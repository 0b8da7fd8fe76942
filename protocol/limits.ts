/**
 * Every cap of the product, with its unit in the name. Server, SDK and clients read the same
 * numbers; nothing in the code base repeats one.
 */
export const LIMITS = {
  /** Largest JSON request body. */
  json_body_bytes: 1024 * 1024,
  /** Largest multipart request, and so Bun's own hard stop must be above it. */
  upload_bytes: 64 * 1024 * 1024,
  /** Largest message body, as UTF-8. */
  message_body_bytes: 64 * 1024,
  /** Nonce length in code points. */
  nonce_chars: 128,
  turn_id_chars: 128,
  provenance_chars: 200,
  /** Text kept of a quoted message, in code points. */
  quote_snapshot_chars: 280,
  emoji_bytes: 64,
  /** Different emoji on one message. */
  reactions_per_message: 50,

  display_name_bytes: 80,
  handle_chars: 32,
  avatar_url_chars: 500,
  workspace_name_chars: 80,
  channel_name_chars: 80,
  channel_title_chars: 200,
  channel_purpose_chars: 250,
  email_chars: 254,
  password_min_chars: 8,
  password_max_chars: 256,
  channels_per_workspace: 2000,
  workspaces_per_user: 100,

  message_page_default: 100,
  message_page_max: 200,
  event_page_default: 200,
  event_page_max: 500,
  member_page_default: 100,
  member_page_max: 200,

  /** How long and how many events each workspace keeps for replay. */
  event_retention_ms: 30 * 24 * 60 * 60 * 1000,
  events_per_workspace: 1_000_000,
  prune_interval_ms: 60 * 60 * 1000,

  /** Events one socket may have missed before it must refetch (close code 4001). */
  replay_events: 5000,
  /** Events read back from the table per replay page. */
  replay_page_events: 500,
  /** Frames and bytes each workspace keeps in memory for joins. */
  ring_frames: 4096,
  ring_bytes: 4 * 1024 * 1024,
  /** A frame above this travels without its message; the client fetches it. */
  frame_bytes: 32 * 1024,
  /** Bytes a slow socket may have waiting before it is cut. */
  socket_backlog_bytes: 8 * 1024 * 1024,
  /** Bytes of backlog above which replay waits for the socket to drain. */
  replay_backlog_bytes: 1024 * 1024,
  socket_idle_timeout_s: 60,
  sockets_per_user: 100,
  heartbeat_ms: 25_000,
  /** How soon commits of another process (the command line) are noticed. */
  foreign_commit_poll_ms: 500,
  typing_ttl_ms: 5_000,
  ephemeral_payload_bytes: 8 * 1024,

  /** Writes waiting for a commit; beyond it a write fails with `unavailable`. */
  write_queue: 20_000,
  /** Writes in one commit. */
  write_batch: 512,
  /** Reads waiting for a connection; beyond it a read fails with `unavailable`. */
  read_queue: 20_000,

  session_ttl_ms: 30 * 24 * 60 * 60 * 1000,
  magic_link_ttl_ms: 15 * 60 * 1000,
  /** Password derivations at once (each needs 64 MiB). */
  password_hashes_at_once: 2,
  password_hash_queue: 64,
  login_attempts_per_minute: 20,
  login_failures_per_15_min: 5,
  rate_limit_keys: 4096,
  /** Requests a minute of one actor, unless `--rate-limit` says otherwise. */
  requests_per_minute: 6000,

  shutdown_ms: 10_000,
  shutdown_poll_ms: 20,
  http_idle_timeout_s: 120,
  correlation_id_chars: 128,
} as const;
