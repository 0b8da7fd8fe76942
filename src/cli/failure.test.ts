import { expect, test } from "bun:test";
import { ClickClackError } from "@clickclack/sdk";
import type { ClientErrorCode } from "@clickclack/sdk";
import { AppError } from "../lib/errors.ts";
import { describeFailure } from "./failure.ts";

test.each<[ClientErrorCode, number, number]>([
  ["network", 0, 10],
  ["timeout", 0, 11],
  ["unauthenticated", 401, 3],
  ["not_found", 404, 4],
  ["forbidden", 403, 5],
  ["conflict", 409, 5],
  ["rate_limited", 429, 5],
  ["internal", 500, 1],
])("a call that fails with %s (%d) exits with %d", (code, status, exit_code) => {
  expect(describeFailure(new ClickClackError("why", { status, code })).exit_code).toBe(exit_code);
});

test("the status stands before the server's sentence, and its details stay", () => {
  const details = [{ path: "name", message: "too long" }];
  const error = new ClickClackError("name is too long", {
    status: 400,
    code: "validation_failed",
    details,
    request_id: "req_1",
  });
  expect(describeFailure(error)).toMatchObject({ message: "400: name is too long", details, request_id: "req_1" });
});

test.each([
  ["EADDRINUSE", { port: 80 }, "port 80 is in use"],
  ["EACCES", { port: 80 }, "above 1023"],
  ["EACCES", { path: "/srv/chat" }, "no permission for /srv/chat"],
  ["EROFS", { path: "/srv/chat" }, "read-only"],
  ["ENOSPC", {}, "disk is full"],
])("%s of the system is one line that says what to do", (code, fields, hint) => {
  const { message, exit_code } = describeFailure(Object.assign(new Error("raw\ntext"), { code, ...fields }));
  expect(message).toContain(hint);
  expect(exit_code).toBe(1);
});

test("our own errors keep their sentence; an unknown one shows its first line", () => {
  expect(describeFailure(new AppError("conflict", "taken"))).toMatchObject({ message: "taken", exit_code: 5 });
  expect(describeFailure(new Error("first\nsecond"))).toMatchObject({ message: "first", exit_code: 1 });
});
