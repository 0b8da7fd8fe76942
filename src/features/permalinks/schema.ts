import { z } from "@hono/zod-openapi";

export const PermalinkParams = z.object({
  workspace_route_id: z.string().max(64),
  target_route_id: z.string().max(64),
});

export const PermalinkReply = z.strictObject({
  route: z
    .strictObject({
      workspace_id: z.string(),
      workspace_route_id: z.string(),
      target_type: z.enum(["channel", "direct", "thread"]),
      target_id: z.string(),
      target_route_id: z.string(),
      parent_type: z.enum(["channel", "direct"]).optional(),
      parent_id: z.string().optional(),
      parent_route_id: z.string().optional(),
      canonical_path: z.string(),
    })
    .openapi("Route"),
});
