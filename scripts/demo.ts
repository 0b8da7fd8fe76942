/** Fills an empty development server through its own HTTP interface, as three people would. */
import { ClickClackClient } from "@clickclack/sdk";
import { root } from "./paths.ts";

/** Does nothing where `#design` exists already: then somebody has been at work here. */
export async function seedDemo(baseUrl: string, data: string): Promise<void> {
  // A development server lets requests from this machine in as its first user.
  const captain = new ClickClackClient({ baseUrl });
  const [workspace] = (await captain.workspaces.list()).workspaces;
  if (!workspace) return;
  const { channels } = await captain.channels.list(workspace.id);
  const general = channels.find((channel) => channel.name === "general");
  if (!general || channels.some((channel) => channel.name === "design")) return;

  const design = await captain.channels.create(workspace.id, {
    name: "design",
    purpose: "Screens, words and the space between",
  });
  const releases = await captain.channels.create(workspace.id, {
    name: "releases",
    purpose: "What went out, and when",
  });
  const mira = await newPerson(baseUrl, captain, workspace.id, "mira@example.org", "Mira Lindqvist");
  const bot = newBot(baseUrl, workspace.id, (await captain.me()).user.id, data);

  await captain.channels.sendMessage(general.id, "Welcome aboard. Everything said here stays on our own machine.");
  const question = await mira.channels.sendMessage(
    general.id,
    "Morning! Who looks at the **sign-in page** before it goes out?",
  );
  await mira.messages.addReaction(question.message.id, "👀");
  await captain.threads.reply(question.message.id, "I do, after lunch.");
  await mira.threads.reply(question.message.id, "Thanks. The phone width is the one that needs eyes.");
  const sketch = await mira.channels.sendMessage(
    design.channel.id,
    "Three things for the timeline:\n\n1. names above, not beside\n2. reactions under the text\n3. `code` in its own face",
  );
  await captain.messages.addReaction(sketch.message.id, "👍");
  const release = await bot.channels.sendMessage(releases.channel.id, "Build `main` passed in 48 s.");
  await captain.messages.addReaction(release.message.id, "🎉");
  await mira.messages.addReaction(release.message.id, "🎉");
  console.log("Made demo data: three channels, two people and a bot.");
}

async function newPerson(
  baseUrl: string,
  owner: ClickClackClient,
  workspace_id: string,
  email: string,
  display_name: string,
) {
  const person = new ClickClackClient({ baseUrl, session: "token" });
  const answer = await person.auth.requestMagicLink({ email, display_name });
  if (!("token" in answer)) throw new Error("start the server with --dev-bootstrap");
  await person.auth.consumeMagicLink(answer.token);
  const { invite } = await owner.invites.create(workspace_id);
  await person.invites.accept(invite.code);
  return person;
}

/** Bots are made by the person who keeps the machine, with the command line. */
function newBot(baseUrl: string, workspace_id: string, created_by: string, data: string): ClickClackClient {
  const names = ["--name", "Harbour", "--handle", "harbour", "--plain"];
  const made = Bun.spawnSync(
    [
      process.execPath,
      "src/main.ts",
      "admin",
      "bot",
      "create",
      "--workspace",
      workspace_id,
      "--created-by",
      created_by,
      ...names,
      "--data",
      data,
    ],
    { cwd: root, stderr: "inherit" },
  );
  if (made.exitCode !== 0) throw new Error("`admin bot create` failed");
  return new ClickClackClient({ baseUrl, token: made.stdout.toString().trim() });
}
