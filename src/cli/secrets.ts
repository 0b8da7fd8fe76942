import { readStandardInput } from "./body.ts";
import { UsageError } from "./failure.ts";
import { askSecret } from "./prompt.ts";
import type { Session } from "./session.ts";

/**
 * Secrets in the order of the questions: asked for on a terminal, or one a line on standard input. Never flags:
 * those end up in the shell's history and in the list of processes.
 */
export async function readSecrets(session: Session, from_input: boolean, questions: string[]): Promise<string[]> {
  if (!from_input && !session.interactive) {
    const what = questions.length === 1 ? "the password" : `${questions.length} passwords, one a line,`;
    throw new UsageError(`add --password-stdin and give ${what} on standard input`);
  }
  const secrets: string[] = [];
  const lines = from_input ? (await readStandardInput()).replace(/\r?\n$/, "").split(/\r?\n/) : [];
  if (from_input && lines.length !== questions.length) {
    throw new UsageError(`standard input has ${lines.length} lines, not ${questions.length}`);
  }
  for (const [index, question] of questions.entries()) {
    secrets.push(from_input ? (lines[index] ?? "") : await askSecret(question));
  }
  return secrets;
}

export async function readPassword(session: Session, from_input: boolean): Promise<string> {
  const [password = ""] = await readSecrets(session, from_input, ["Password: "]);
  return password;
}
