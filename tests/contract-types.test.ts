import { expect, test } from "bun:test";
import type {
  Channel,
  Draft,
  Invite,
  Me,
  Member,
  Message,
  MessagePage,
  Reaction,
  Session,
  ThreadPage,
  ThreadState,
  Topic,
  User,
  Workspace,
} from "@clickclack/protocol";
import type { z } from "@hono/zod-openapi";
import type { SessionSchema } from "../src/features/auth/schema.ts";
import type { ChannelSchema } from "../src/features/channels/schema.ts";
import type { DraftSchema } from "../src/features/drafts/schema.ts";
import type { InviteSchema } from "../src/features/invites/schema.ts";
import type {
  MessagePageReply,
  MessageSchema,
  ReactionSchema,
  ThreadPageReply,
  ThreadStateSchema,
} from "../src/features/messages/schema.ts";
import type { TopicSchema } from "../src/features/topics/schema.ts";
import type { MeSchema, UserSchema } from "../src/features/users/schema.ts";
import type { MemberSchema, WorkspaceSchema } from "../src/features/workspaces/schema.ts";

/** True only for types that are the same in both directions, optional fields included. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Flattens intersections, so that equal shapes written differently compare as equal. */
type Flat<T> = T extends (infer Item)[] ? Flat<Item>[] : T extends object ? { [Key in keyof T]: Flat<T[Key]> } : T;
type Same<Schema extends z.ZodType, Contract> = Equal<Flat<z.infer<Schema>>, Flat<Contract>>;

// The type checker is the test: a schema that drifts from the generated contract does not compile.
const same: [
  Same<typeof UserSchema, User>,
  Same<typeof MeSchema, Me>,
  Same<typeof WorkspaceSchema, Workspace>,
  Same<typeof MemberSchema, Member>,
  Same<typeof ChannelSchema, Channel>,
  Same<typeof MessageSchema, Message>,
  Same<typeof ReactionSchema, Reaction>,
  Same<typeof ThreadStateSchema, ThreadState>,
  Same<typeof InviteSchema, Invite>,
  Same<typeof SessionSchema, Session>,
  Same<typeof MessagePageReply, MessagePage>,
  Same<typeof ThreadPageReply, ThreadPage>,
  Same<typeof DraftSchema, Draft>,
  Same<typeof TopicSchema, Topic>,
] = [true, true, true, true, true, true, true, true, true, true, true, true, true, true];
const differs: Equal<{ a?: string }, { a: string }> = false;

test("entities of the routes and of the generated contract are the same types", () => {
  expect(same.every(Boolean)).toBe(true);
  expect(differs).toBe(false);
});
