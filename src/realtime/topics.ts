/** Audiences. An event stores one; a socket subscribes to those its actor may read. */
export const topics = {
  /** One person's private events. */
  user: (user_id: string) => `usr:${user_id}`,
  /** Those of them that are about direct conversations; needs `dms:read`. */
  userDirect: (user_id: string) => `usr:${user_id}:dms`,
  /** Everybody in the workspace, guests too. */
  all: (workspace_id: string) => `wsp:${workspace_id}:all`,
  members: (workspace_id: string) => `wsp:${workspace_id}:members`,
  managers: (workspace_id: string) => `wsp:${workspace_id}:managers`,
  /** Messages of public channels; needs `messages:read`. */
  messages: (workspace_id: string) => `wsp:${workspace_id}:messages`,
  channel: (channel_id: string) => `chn:${channel_id}`,
  dm: (dm_id: string) => `dm:${dm_id}`,
  /** What another event of the same audience tells already. */
  nobody: "nobody",
};

/** What the socket layer subscribes to: a person's topic exists once in each workspace. */
export function subscription(workspace_id: string, topic: string): string {
  return `${workspace_id}/${topic}`;
}
