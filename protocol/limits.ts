/**
 * Every cap of the product, with its unit in the name. Server, SDK and clients read the same
 * numbers; nothing in the code base repeats one.
 */
export const LIMITS = {
  /** Largest JSON request body. */
  json_body_bytes: 1024 * 1024,
  /** Largest file; Bun's own hard stop must be above it and what a form adds. */
  upload_bytes: 64 * 1024 * 1024,
  /** What a multipart request may hold beside its file, and the parts of that. */
  form_overhead_bytes: 64 * 1024,
  form_header_bytes: 8 * 1024,
  form_field_bytes: 1024,
  form_fields: 16,
  /** Uploads of one person that may be under way at once. */
  uploads_at_once: 16,
  /** What one person may keep in one workspace. */
  upload_quota_bytes: 10 * 1024 * 1024 * 1024,
  upload_quota_files: 10_000,
  /** How long a place in the quota is kept for an upload under way; one that takes longer fails. */
  upload_reservation_ms: 60 * 60 * 1000,
  /** How long an upload waits for another one with the same nonce. */
  upload_nonce_wait_ms: 60_000,
  /** How long an upload that no message carries is kept. */
  unattached_upload_ttl_ms: 24 * 60 * 60 * 1000,
  /** How often files nobody needs are removed, how many at a time, and the longest wait after a failure. */
  upload_cleanup_interval_ms: 60_000,
  upload_cleanup_batch: 100,
  upload_cleanup_backoff_ms: 60 * 60 * 1000,
  filename_bytes: 255,
  attachments_per_message: 10,
  /** Larger pictures are plain files: decoding takes four bytes a pixel. */
  image_pixels: 40_000_000,
  /** How much of a file is read to learn what it is and how large its picture. */
  file_head_bytes: 256 * 1024,
  /** Width, height and milliseconds beyond which a client's word for its video is not believed. */
  media_dimension: 100_000,
  media_duration_ms: 7 * 24 * 60 * 60 * 1000,
  /** Pictures made smaller at once, and waiting for it. */
  thumbnails_at_once: 2,
  thumbnail_queue: 64,
  thumbnail_failures: 1024,
  /** Largest message body, as UTF-8. */
  message_body_bytes: 64 * 1024,
  /** Nonce length in code points. */
  nonce_chars: 128,
  turn_id_chars: 128,
  provenance_chars: 200,
  /** Text kept of a quoted message, in code points. */
  quote_snapshot_chars: 280,
  /** People one message mentions by handle; more are not told. */
  mentions_per_message: 50,
  /** Earlier texts kept of one message; the oldest go first. */
  revisions_per_message: 100,
  pins_per_channel: 100,
  /** Messages one person keeps saved; a search for them looks through all. */
  saved_per_user: 5000,
  /** How far ahead a reminder may be, how often those that are due are told, and how many in one transaction. */
  reminder_ahead_ms: 5 * 366 * 24 * 60 * 60 * 1000,
  reminder_interval_ms: 5_000,
  reminder_batch: 100,
  /** Drafts of one person, in all their workspaces. */
  drafts_per_user: 500,
  draft_page_default: 50,
  draft_page_max: 200,
  /** People in one direct conversation. */
  dm_members: 32,
  /** Direct conversations of one person in one workspace. */
  dms_per_user: 2000,
  emoji_bytes: 64,
  /** Different emoji on one message. */
  reactions_per_message: 50,

  display_name_bytes: 80,
  handle_chars: 32,
  avatar_url_chars: 500,
  /** Largest picture of a person as it is sent, and the shorter and longer side of what is kept of it. */
  avatar_bytes: 5 * 1024 * 1024,
  avatar_px: 256,
  avatar_longer_px: 512,
  /** Pictures of people made smaller at once, and waiting for it. */
  avatars_at_once: 1,
  avatar_queue: 16,
  /** How long the file of a picture may wait for its row before it counts as left behind. */
  avatar_unsettled_ms: 60 * 60 * 1000,
  status_text_chars: 100,
  /** How often statuses that are over are ended, and how many in one transaction. */
  status_interval_ms: 15_000,
  status_batch: 100,
  /** The longest status and the longest do-not-disturb. */
  status_max_ms: 366 * 24 * 60 * 60 * 1000,
  timezone_chars: 64,
  locale_chars: 35,
  /** The personal order of a sidebar: workspaces in one request, and what one workspace may have. */
  sidebar_workspaces: 100,
  sidebar_conversations: 500,
  sidebar_sections: 50,
  sidebar_section_name_chars: 80,
  sidebar_section_id_chars: 64,
  workspace_name_chars: 80,
  /** Messages a guest posts in the waiting room within 24 hours, unless a workspace says otherwise. */
  guest_post_budget_default: 3,
  guest_post_budget_max: 100,
  /** The longest time-out, and what a manager writes about somebody. */
  timeout_minutes_max: 365 * 24 * 60,
  moderation_note_chars: 1000,
  /** Invites of one workspace that work at once, and the people shown who came by one. */
  invites_per_workspace: 500,
  invite_accepted_shown: 20,
  invite_uses_max: 10_000,
  invite_page_default: 50,
  invite_page_max: 100,
  /** Letters with invites that one person has sent a day, and how long one is tried. */
  invite_letters_per_day: 200,
  invite_letter_ttl_ms: 24 * 60 * 60 * 1000,
  /** Codes of no invite that one address may try. */
  wrong_codes_per_minute: 20,
  topic_name_chars: 80,
  /** Topics of one workspace and its channels, archived ones too. */
  topics_per_workspace: 1000,
  channel_name_chars: 80,
  channel_title_chars: 200,
  channel_purpose_chars: 250,
  bots_per_workspace: 500,
  /** Tokens of one bot that work at once. */
  bot_tokens_per_bot: 20,
  /** How long a setup code may be claimed. */
  setup_code_ttl_ms: 10 * 60 * 1000,
  setup_claims_per_minute: 10,
  setup_nonce_min_chars: 16,
  setup_nonce_max_chars: 128,
  setup_default_chars: 256,
  setup_allow_from: 500,
  /** Entries of one bot's command menu, and of a workspace's. */
  bot_commands: 100,
  bot_menu_commands: 5000,
  bot_command_text_chars: 100,
  email_chars: 254,
  password_min_chars: 8,
  password_max_chars: 256,
  channels_per_workspace: 2000,
  workspaces_per_user: 100,
  /** How often it is looked for content of deleted workspaces, and the messages or rows that go at a time. */
  workspace_removal_interval_ms: 10_000,
  workspace_removal_batch: 200,

  message_page_default: 100,
  message_page_max: 200,
  event_page_default: 200,
  event_page_max: 500,
  member_page_default: 100,
  member_page_max: 200,
  groups_per_workspace: 200,
  members_per_group: 500,
  channels_per_group: 20,
  /** Memberships of all groups of a workspace, which one list answers. */
  group_memberships: 20_000,
  group_description_chars: 250,
  /** Places in channels that one change of a group gives. */
  group_places_at_once: 1000,
  /** People one message mentions by groups; more are not told. */
  group_mentions_per_message: 500,
  report_reason_chars: 1000,
  report_page_default: 50,
  report_page_max: 200,
  /** Reports of one person in one workspace that nobody has looked at yet. */
  open_reports_per_user: 50,
  audit_page_default: 100,
  audit_page_max: 200,
  /** Entries of the audit log in one file, and how many are read at a time. */
  audit_export_entries: 20_000,
  audit_export_slice: 500,
  /** No further slice is begun when a file has so many. */
  audit_export_chars: 32 * 1024 * 1024,
  /** Such files that are made at once, and waiting for it. */
  audit_exports_at_once: 1,
  audit_export_queue: 8,

  /** Length of a search in code points, and the different words and phrases of it that are looked for. */
  search_query_chars: 500,
  search_terms: 32,
  search_page_default: 50,
  search_page_max: 100,
  /** The newest hits that are ranked together, about; paging on ranks the next ones. */
  search_ranked_hits: 200,
  /** Hits looked through for one page when a filter cannot be answered by the index. */
  search_scanned_hits: 5000,
  search_snippet_words: 32,
  search_snippet_chars: 400,
  /** People, channels and files beside the messages found. */
  search_others: 20,

  /** How long and how many events each workspace keeps for replay. */
  event_retention_ms: 30 * 24 * 60 * 60 * 1000,
  events_per_workspace: 1_000_000,
  /** How soon the search rows of a channel that changed its kind begin to be written anew. */
  reindex_interval_ms: 5_000,
  prune_interval_ms: 60 * 60 * 1000,

  /** Events one socket may have missed before it must refetch (close code 4001). */
  replay_events: 5000,
  /** Events read back from the table per replay page. */
  replay_page_events: 500,
  /** Frames and bytes each workspace keeps in memory for joins. */
  ring_frames: 4096,
  ring_bytes: 4 * 1024 * 1024,
  /** Older events that are read into the ring at once, because one who missed them is rarely alone. */
  ring_reach_events: 1000,
  /** A frame above this travels without its message; the client fetches it. */
  frame_bytes: 32 * 1024,
  /** Bytes a slow socket may have waiting before it is cut. */
  socket_backlog_bytes: 8 * 1024 * 1024,
  /** Bytes of backlog above which replay waits for the socket to drain. */
  replay_backlog_bytes: 1024 * 1024,
  socket_idle_timeout_s: 60,
  sockets_per_user: 100,
  /** Sockets that join in one turn of the event loop, fewer when turns take longer than this. */
  handshakes_per_turn: 32,
  handshakes_turn_ms: 8,
  heartbeat_ms: 25_000,
  /** Somebody whose last socket went is shown as gone after this, unless they are back. */
  presence_grace_ms: 2_000,
  /** Arrivals and departures are collected this long before they are told. */
  presence_flush_ms: 250,
  /** More of them than this at once are told by one `presence.reset` when the storm is over. */
  presence_frames_per_flush: 32,
  /** A storm that does not end tells in between. */
  presence_storm_ms: 10_000,
  /** Clients that are told to ask for the list do so within this, each at a moment of its own. */
  presence_refetch_ms: 15_000,
  /** How soon commits of another process (the command line) are noticed. */
  foreign_commit_poll_ms: 500,
  typing_ttl_ms: 5_000,
  ephemeral_payload_bytes: 8 * 1024,

  /** Writes waiting for a commit; beyond it a write fails with `unavailable`. */
  write_queue: 20_000,
  /** Writes in one commit. */
  write_batch: 512,
  /** How often the write-ahead log is moved into the database while there are commits. */
  checkpoint_interval_ms: 250,
  /** Reads waiting for a connection; beyond it a read fails with `unavailable`. */
  read_queue: 20_000,
  /** Searches and other long reads waiting for their thread, and how long one may take. */
  long_read_queue: 1000,
  long_read_ms: 5000,

  session_ttl_ms: 30 * 24 * 60 * 60 * 1000,
  magic_link_ttl_ms: 15 * 60 * 1000,
  /** Password derivations at once (each needs 64 MiB). */
  password_hashes_at_once: 2,
  password_hash_queue: 64,
  login_attempts_per_minute: 20,
  login_failures_per_15_min: 5,
  password_changes_per_15_min: 5,
  /** Sessions of one person; beyond it the oldest end. */
  sessions_per_user: 200,
  /** Letters with links that may be asked for: to one address, and from one network. */
  letters_per_email_per_hour: 5,
  letters_per_network_per_hour: 60,
  /** Letters that wait, how many are looked at and how many sent at a time. */
  mail_queue: 10_000,
  mail_batch: 50,
  mail_at_once: 4,
  mail_subject_chars: 200,
  /** How often letters that failed are looked for, and the first and longest wait after a failure. */
  mail_interval_ms: 1_000,
  mail_retry_min_ms: 5_000,
  mail_retry_max_ms: 15 * 60 * 1000,
  /** How long the mail server may be silent. */
  mail_timeout_ms: 10_000,
  home_label_chars: 32,
  rate_limit_keys: 4096,
  /** Requests a minute of one actor, unless `--rate-limit` says otherwise. */
  requests_per_minute: 6000,

  shutdown_ms: 10_000,
  shutdown_poll_ms: 20,
  http_idle_timeout_s: 120,
  correlation_id_chars: 128,
} as const;
