import type { ErrorDetail } from "@clickclack/protocol";
import { AppError } from "../lib/errors.ts";

/** As much of a zod schema as the router needs: zod itself stays in `features/<noun>/schema.ts`. */
export interface Schema<Output = unknown> {
  safeParse(value: unknown): { success: true; data: Output } | { success: false; error: { issues: Issue[] } };
}

interface Issue {
  code?: string | undefined;
  path: PropertyKey[];
  message: string;
  expected?: unknown;
  minimum?: unknown;
  maximum?: unknown;
  input?: unknown;
  values?: unknown[] | undefined;
  origin?: unknown;
}

/** Parses, or throws one clear sentence with every wrong field in `details`. */
export function parseWith<Output>(schema: Schema<Output>, value: unknown, whole: string): Output {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const details = result.error.issues.slice(0, 10).map((issue): ErrorDetail => {
    const path = issue.path.map(String).join(".");
    return { path, message: sentence(issue, path || whole) };
  });
  throw new AppError("validation_failed", details[0]?.message ?? `${whole} is invalid`, { details });
}

function sentence(issue: Issue, name: string): string {
  if (issue.code === "invalid_type") {
    return issue.message.endsWith("received undefined")
      ? `${name} is required`
      : `${name} must be ${article(String(issue.expected))}`;
  }
  const unit = issue.origin === "string" ? " characters" : issue.origin === "array" ? " entries" : "";
  if (issue.code === "too_small" && issue.minimum === 1 && unit) return `${name} must not be empty`;
  if (issue.code === "too_small") return `${name} must be at least ${String(issue.minimum)}${unit}`;
  if (issue.code === "too_big") return `${name} must be at most ${String(issue.maximum)}${unit}`;
  if (issue.code === "invalid_value" && issue.values)
    return `${name} must be one of ${issue.values.map(String).join(", ")}`;
  return `${name}: ${issue.message}`;
}

function article(type: string): string {
  if (type === "null") return "null";
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}
