import type { ClickClackEvent, paths } from "@clickclack/protocol";

type Method = "get" | "post" | "put" | "patch" | "delete";
type Json<Content> = Content extends { content: { "application/json": infer Value } } ? Value : never;
/** The contract describes events as answers carry them; ours know the payload of each type. */
type WithEvents<Value> = {
  [Field in keyof Value]: Field extends "event"
    ? ClickClackEvent
    : Field extends "events"
      ? ClickClackEvent[]
      : Value[Field];
};

/** What a route answers when it succeeds, as the generated contract says. */
export type Answer<M extends Method, Path extends keyof paths> =
  paths[Path] extends Record<M, { responses: infer All }>
    ? WithEvents<Json<All[keyof All & (200 | 201 | 202)]>>
    : never;

/** The JSON that a route takes, as the generated contract says. */
export type Body<M extends Method, Path extends keyof paths> =
  paths[Path] extends Record<M, { requestBody?: infer Sent }> ? Json<NonNullable<Sent>> : never;
