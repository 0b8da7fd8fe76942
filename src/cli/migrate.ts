import { adminCommand } from "./admin-command.ts";

export default adminCommand({
  name: "migrate",
  description: "Bring the database to this version's shape; existing data is saved in a snapshot first",
  args: {},
  creates: true,
  async run({ db }) {
    const { applied, snapshot } = db.upgrade;
    const sentences = applied.length > 0 ? applied.map((name) => `applied ${name}`) : ["the database is up to date"];
    if (snapshot) sentences.unshift(`saved ${snapshot}`);
    return { json: { applied, ...(snapshot && { snapshot }) }, plain: [...applied], human: sentences };
  },
});
