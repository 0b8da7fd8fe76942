import Flag from "@lucide/svelte/icons/flag";
import Info from "@lucide/svelte/icons/info";
import List from "@lucide/svelte/icons/list";
import LogOut from "@lucide/svelte/icons/log-out";
import UserPlus from "@lucide/svelte/icons/user-plus";
import UserRound from "@lucide/svelte/icons/user-round";
import Users from "@lucide/svelte/icons/users";
import type { Component } from "svelte";
import { settingsWords } from "../shared/settings-words.ts";

export type Section = keyof typeof settingsWords.sections;

interface Entry {
  section: Section;
  icon: Component<{ class?: string }>;
}

/** The pages as the list shows them. */
export const GROUPS: { label: string; entries: Entry[] }[] = [
  {
    label: settingsWords.groups.you,
    entries: [
      { section: "profile", icon: UserRound },
      { section: "sessions", icon: LogOut },
    ],
  },
  {
    label: settingsWords.groups.workspace,
    entries: [
      { section: "workspace", icon: Info },
      { section: "audit", icon: List },
    ],
  },
  {
    label: settingsWords.groups.people,
    entries: [
      { section: "members", icon: Users },
      { section: "invites", icon: UserPlus },
      { section: "reports", icon: Flag },
    ],
  },
];

/** Pages that only owners and moderators have. */
export const MANAGED: ReadonlySet<Section> = new Set<Section>(["audit", "invites", "reports"]);

export function isSection(text: string): text is Section {
  return Object.hasOwn(settingsWords.sections, text);
}
