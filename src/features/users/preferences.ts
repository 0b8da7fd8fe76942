import { LIMITS, type Me } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import { forbidden, invalid } from "../../lib/errors.ts";
import { requireName } from "../../lib/text.ts";
import { appendEvent } from "../../realtime/events.ts";
import { topics } from "../../realtime/topics.ts";
import * as queries from "./preference-queries.ts";
import type { StoredSidebar } from "./preference-queries.ts";
import { workspaceIdsOf } from "./queries.ts";

type Notifications = NonNullable<Me["notification_settings"]>;
type Appearance = NonNullable<Me["appearance_preferences"]>;
type Sidebar = NonNullable<Me["sidebar_preferences"]>;
type Section = Sidebar["sections"][string][number];

/** Fields that may be left out, as a request has them. */
type Some<Fields> = { [Key in keyof Fields]?: Fields[Key] | undefined };

export interface PreferencesPatch {
  locale?: string | undefined;
  notification_settings?: Some<Notifications> | undefined;
  /** A default may come by its name. */
  appearance_preferences?: { [Key in keyof Appearance]?: string | undefined } | undefined;
  sidebar_preferences?: Some<Sidebar> | undefined;
}

const NOTIFICATIONS: Notifications = {
  pushover_enabled: false,
  pushover_user_key: "",
  level: "all",
  sound: false,
  desktop: true,
  dnd_from: "",
  dnd_to: "",
};
const APPEARANCE: Appearance = { color_mode: "", board_theme: "", message_layout: "", density: "" };
/** What the defaults are called; they are kept as `""`, so that another default needs no change of what is stored. */
const DEFAULT_NAMES: ReadonlySet<string> = new Set(["system", "signal", "standard", "comfortable"]);

/** What only they see of themselves. */
export async function preferencesOf(
  tx: Tx,
  user_id: string,
): Promise<
  Required<Pick<Me, "notification_settings" | "appearance_preferences" | "sidebar_preferences">> & { locale?: string }
> {
  const stored = await queries.settingsOf(tx, user_id);
  const sidebar_preferences: Sidebar = { channel_order: {}, sections: {} };
  for (const { workspace_id, channel_order_json, sections_json } of await queries.sidebarsOf(tx, user_id)) {
    if (channel_order_json !== null)
      sidebar_preferences.channel_order[workspace_id] = JSON.parse(channel_order_json) as string[];
    if (sections_json !== null) sidebar_preferences.sections[workspace_id] = JSON.parse(sections_json) as Section[];
  }
  return {
    ...(stored?.locale && { locale: stored.locale }),
    notification_settings: { ...NOTIFICATIONS, ...parsed<Notifications>(stored?.notification_json) },
    appearance_preferences: { ...APPEARANCE, ...parsed<Appearance>(stored?.appearance_json) },
    sidebar_preferences,
  };
}

/** Changes what the patch names. Their other devices are told where it concerns them, and nobody else. */
export async function changePreferences(tx: Tx, user_id: string, patch: PreferencesPatch, at: string): Promise<void> {
  const arranged = await changeSidebars(tx, user_id, patch.sidebar_preferences ?? {});
  const isSet = await changeSettings(tx, user_id, patch);
  for (const workspace_id of isSet ? await workspaceIdsOf(tx, user_id) : arranged) {
    const topic = topics.user(user_id);
    await appendEvent(tx, { type: "preferences.updated", topic, workspace_id, payload: { user_id }, created_at: at });
  }
}

async function changeSettings(tx: Tx, user_id: string, patch: PreferencesPatch): Promise<boolean> {
  const { locale, notification_settings, appearance_preferences } = patch;
  if (locale === undefined && !notification_settings && !appearance_preferences) return false;
  const before = (await queries.settingsOf(tx, user_id)) ?? {
    locale: "",
    notification_json: null,
    appearance_json: null,
  };
  const after = { ...before };
  if (locale !== undefined) after.locale = requireLocale(locale);
  if (notification_settings) {
    const all = {
      ...NOTIFICATIONS,
      ...parsed<Notifications>(before.notification_json),
      ...given(notification_settings),
    };
    if ((all.dnd_from === "") !== (all.dnd_to === ""))
      throw invalid("notification_settings.dnd_from", "dnd_from and dnd_to are given together, or both empty");
    after.notification_json = JSON.stringify(all);
  }
  if (appearance_preferences) {
    const named = Object.entries(given(appearance_preferences)).map(([key, value]) => [
      key,
      DEFAULT_NAMES.has(value) ? "" : value,
    ]);
    const all = { ...APPEARANCE, ...parsed<Appearance>(before.appearance_json), ...Object.fromEntries(named) };
    after.appearance_json = JSON.stringify(all);
  }
  if (Bun.deepEquals(before, after)) return false;
  await queries.putSettings(tx, user_id, after);
  return true;
}

/** Answers the workspaces whose sidebar is a different one now. */
async function changeSidebars(tx: Tx, user_id: string, patch: Some<Sidebar>): Promise<string[]> {
  const { channel_order = {}, sections = {} } = patch;
  const workspace_ids = [...new Set([...Object.keys(channel_order), ...Object.keys(sections)])].sort();
  if (workspace_ids.length === 0) return [];
  if (workspace_ids.length > LIMITS.sidebar_workspaces)
    throw invalid("sidebar_preferences", `at most ${LIMITS.sidebar_workspaces} workspaces in one request`);
  const own = new Set(await workspaceIdsOf(tx, user_id));
  if (workspace_ids.some((id) => !own.has(id))) throw forbidden("you are not in one of these workspaces");
  const stored = new Map((await queries.sidebarsOf(tx, user_id)).map((one) => [one.workspace_id, one]));
  const changed: string[] = [];
  for (const workspace_id of workspace_ids) {
    const before = stored.get(workspace_id) ?? { workspace_id, channel_order_json: null, sections_json: null };
    const known = await queries.conversationIdsOf(tx, workspace_id, user_id);
    const after: StoredSidebar = { ...before };
    const order = channel_order[workspace_id];
    const wanted = sections[workspace_id];
    if (order) after.channel_order_json = JSON.stringify(firstOfEach(order, new Set(known)));
    if (wanted) after.sections_json = JSON.stringify(sectionsOf(wanted, new Set(known)));
    if (Bun.deepEquals(before, after)) continue;
    await queries.putSidebar(tx, user_id, after);
    changed.push(workspace_id);
  }
  return changed;
}

/** Without what is not there for them, and without repetitions. What is taken is not left for the next list. */
function firstOfEach(ids: string[], known: Set<string>): string[] {
  return ids.filter((id) => known.delete(id));
}

/** A conversation stands in one section. */
function sectionsOf(wanted: Section[], known: Set<string>): Section[] {
  const path = "sidebar_preferences.sections";
  if (new Set(wanted.map((one) => one.id)).size < wanted.length) throw invalid(path, "two sections have the same id");
  const all = wanted.reduce((sum, one) => sum + one.conversation_ids.length, 0);
  if (all > LIMITS.sidebar_conversations)
    throw invalid(path, `at most ${LIMITS.sidebar_conversations} conversations in all sections together`);
  return wanted.map(({ id, name, collapsed, conversation_ids }) => ({
    id,
    name: requireName(`${path}.name`, name, LIMITS.sidebar_section_name_chars * 4),
    collapsed,
    conversation_ids: firstOfEach(conversation_ids, known),
  }));
}

/** A language tag as it is written properly; `""` is that of the device. */
function requireLocale(text: string): string {
  try {
    return text === "" ? "" : (Intl.getCanonicalLocales(text.trim())[0] ?? "");
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalid("locale", "locale must be a language tag like en or pt-BR");
  }
}

function parsed<Fields>(json: string | null | undefined): Partial<Fields> {
  return json ? (JSON.parse(json) as Partial<Fields>) : {};
}

/** Without what was left out. */
function given<Fields extends object>(fields: Fields): { [Key in keyof Fields]-?: NonNullable<Fields[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]-?: NonNullable<Fields[Key]>;
  };
}
