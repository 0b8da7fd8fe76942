import type { Database } from "../../db/database.ts";
import { created, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { CreateTopicBody, TopicParams, TopicReply, TopicsReply, UpdateTopicBody, WorkspaceParams } from "./schema.ts";
import { createTopic, listTopics, updateTopic } from "./topics.ts";

const tag = "topics";
const all = { path: "/api/workspaces/{workspace_id}/topics", tag, params: WorkspaceParams } as const;

export function topicRoutes(router: Router, db: Database): void {
  router.on(
    {
      ...all,
      method: "get",
      summary: "Topics, archived ones included",
      scope: "channels:read",
      responses: { 200: TopicsReply },
    },
    async ({ actor, params }) => ok({ topics: await listTopics(db, actor, params.workspace_id) }),
  );
  router.on(
    {
      ...all,
      method: "post",
      summary: "Create a topic",
      scope: "channels:write",
      body: CreateTopicBody,
      responses: { 201: TopicReply },
    },
    async ({ actor, params, body }) => created(await createTopic(db, actor, params.workspace_id, body)),
  );
  router.on(
    {
      method: "patch",
      path: "/api/topics/{topic_id}",
      tag,
      summary: "Rename, archive or restore a topic",
      scope: "channels:write",
      params: TopicParams,
      body: UpdateTopicBody,
      responses: { 200: TopicReply },
    },
    async ({ actor, params, body }) => ok(await updateTopic(db, actor, params.topic_id, body)),
  );
}
