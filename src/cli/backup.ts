import { resolve } from "node:path";
import { adminCommand } from "./admin-command.ts";

export default adminCommand({
  name: "backup",
  description: "Copy the database into a new file, also while the server runs",
  args: {
    out: { type: "string", required: true, description: "The file to write; it must not exist", valueHint: "path" },
  },
  async run({ db }, args) {
    const out = resolve(args.out);
    await db.backupTo(out);
    return { json: { database: db.path, out }, plain: out, human: `backed up ${db.path} to ${out}` };
  },
});
