import { describe, expect, test } from "bun:test";
import { AUDIT_ACTIONS, type AuditLogEntry } from "@clickclack/protocol";
import { changesOf } from "./changes.ts";
import { deviceOf } from "./device.ts";
import { KINDS } from "./kinds.ts";
import { endOf } from "./lengths.ts";

describe("an entry of the audit log is read by people", () => {
  const entry = (patch: Partial<AuditLogEntry>): AuditLogEntry => ({
    id: "aud_1",
    workspace_id: "wsp_1",
    action: "member.role_changed",
    target_type: "user",
    target_id: "usr_1",
    address: "",
    metadata: {},
    created_at: "2026-11-18T12:00:00.000Z",
    ...patch,
  });
  const nameOf = (id: string) => (id === "chn_1" ? "lobby" : undefined);

  test("fields by their names, before and after", () => {
    const changes = changesOf(entry({ before: { role: "guest" }, after: { role: "member" } }), nameOf);
    expect(changes).toEqual([{ field: "Role", before: "guest", after: "member" }]);
  });

  test("ids as names, where there is one; what is empty is left out", () => {
    const after = { waiting_room_channel_id: "chn_1", icon_url: "", archived: true };
    expect(changesOf(entry({ before: { icon_url: null }, after, metadata: { user_id: "usr_2" } }), nameOf)).toEqual([
      { field: "Waiting room", before: undefined, after: "lobby" },
      { field: "Archived", before: undefined, after: "yes" },
      { field: "Person", after: "usr_2" },
    ]);
  });

  test("every act is of some kind, and of one", () => {
    expect(Object.values(KINDS).flat().toSorted()).toEqual([...AUDIT_ACTIONS].toSorted());
  });
});

test("devices are called what people call them", () => {
  const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Safari/604.1";
  const desk = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  expect(deviceOf(phone)).toEqual({ kind: "phone", name: "Safari · iPhone" });
  expect(deviceOf(desk)).toEqual({ kind: "desktop", name: "Firefox · Linux" });
  expect(deviceOf("clickclack/0.1.0")).toEqual({ kind: "terminal", name: "clickclack" });
  expect(deviceOf("")).toEqual({ kind: "terminal", name: "" });
});

test("lengths end when people think they do", () => {
  const now = new Date(2026, 10, 18, 22, 15);
  expect(endOf("none", now)).toBeUndefined();
  expect(endOf("hour", now)).toBe(new Date(2026, 10, 18, 23, 15).toISOString());
  expect(endOf("today", now)).toBe(new Date(2026, 10, 19).toISOString());
});
