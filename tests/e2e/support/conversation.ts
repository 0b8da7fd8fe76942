/** What the people of a small harbour office said on two days, as the pictures show it. */

export interface Line {
  /** Handle of whoever says it. */
  who: string;
  /** `18 16:54` is the day of November 2026 and the time, UTC. */
  at: string;
  body: string;
  /** What it said before it was edited. */
  was?: string;
  deleted?: true;
  /** Emoji, each with the handles of those who chose it. */
  reactions?: Record<string, string[]>;
  /** Quotes the line of this index. */
  quotes?: number;
  replies?: Line[];
}

export const PEOPLE = [
  { handle: "sam", display_name: "Sam Adeyemi" },
  { handle: "ines", display_name: "Ines Carvalho" },
  { handle: "abel", display_name: "Abel Fontaine" },
  { handle: "jun", display_name: "Jun Sato" },
  { handle: "magda", display_name: "Magdalena Okonkwo-Lindqvist" },
  { handle: "priya", display_name: "Priya Raman" },
];

export const BOTS = [
  { handle: "deploy", display_name: "Deploy" },
  { handle: "pinch", display_name: "Pinch" },
];

export const CHANNELS = [
  { name: "release", purpose: "Cutting, shipping and rolling back. Freeze starts Thursday at 16:00." },
  { name: "incidents", purpose: "What is broken right now" },
  { name: "api", purpose: "" },
  { name: "berth-calendar", purpose: "Who lies where, and until when" },
  { name: "support-rotterdam-pilots-and-agents", purpose: "Questions from the pilots" },
  { name: "mobile", purpose: "" },
  { name: "random", purpose: "" },
];

const CODE = `The flush now waits for the disk **before** it answers:

\`\`\`ts
await db.write(async (tx) => {
  const seq = await nextSeq(tx, channel.id);
  await insertMessage(tx, { ...input, seq });
});
// Acknowledged only here, after the commit.
return reply(201, message);
\`\`\``;

const TABLE = `@sam @ines everything is green and the freeze starts at 16:00.

| Check | Result |
|---|---|
| Commit | \`9f3c1e7\` on \`release/0.9.3\` |
| Tests | 418 passed, 0 failed |
| Affects | 3 regions, rolling, about 6 min |`;

export const RELEASE: Line[] = [
  {
    who: "ines",
    at: "18 09:12",
    body: "0.9.3 is cut from `main`. Fourteen changes, no migration.",
    reactions: { "🎉": ["sam", "abel", "jun"] },
  },
  { who: "abel", at: "18 10:05", body: CODE, reactions: { "👀": ["jun", "priya"] } },
  {
    who: "jun",
    at: "18 16:54",
    was: "Ran the kill test 100 times on the branch. Nothing lost.",
    body: "Ran the kill test 200 times on the branch. Nothing lost, nothing doubled.",
    reactions: { "🦞": ["sam", "ines", "abel", "magda", "priya"], "🎉": ["ines", "abel", "magda"] },
    replies: [
      { who: "abel", at: "18 17:10", body: "200 is plenty. How long does one run take?" },
      { who: "jun", at: "18 17:12", body: "About 40 s. You can run it yourself:\n\n```sh\nmake kill-test N=20\n```" },
      {
        who: "magda",
        at: "19 09:31",
        body: "Ran 20 on the Lisbon box. Clean.\n\nIt did warn about the clock, 1.2 s off. I’ll fix NTP there, unrelated.",
      },
      { who: "priya", at: "19 11:05", body: "Should this be in CI? It would have caught #377 in March too." },
      { who: "jun", at: "19 13:38", body: "Yes. @pinch open a pull request that runs it nightly with N=50, please." },
      {
        who: "pinch",
        at: "19 13:40",
        body: "Opened [#418](https://git.halyard.example/418). It adds 34 minutes to the nightly, none to pull requests.",
        reactions: { "✅": ["jun", "sam"] },
      },
    ],
  },
  {
    who: "abel",
    at: "19 09:20",
    body: "Does that include a kill *during* the flush? Support had one like that at Rotterdam last month.",
    quotes: 2,
  },
  { who: "jun", at: "19 13:31", body: "Yes, 60 of the 200." },
  {
    who: "jun",
    at: "19 13:32",
    body: "Also reran it on the old laptop with the spinning disk. Same result, just louder.",
    reactions: { "😂": ["ines", "abel", "priya", "sam"] },
  },
  { who: "priya", at: "19 13:41", body: "Wrong channel, sorry.", deleted: true },
  { who: "deploy", at: "19 13:58", body: TABLE },
  {
    who: "pinch",
    at: "19 14:02",
    body: "Release notes from 14 merged changes:\n\n- **Faster**: the calendar opens in half the time\n- **Fixed**: a berth booked twice during a clock change",
  },
  {
    who: "ines",
    at: "19 14:03",
    body: "@sam yours to press. I’ll sit on the outbox graph and say so if anything moves.",
  },
];

export const ELSEWHERE: Record<string, Line[]> = {
  incidents: [{ who: "magda", at: "19 08:02", body: "Lisbon is back. The cause was a full disk, not us." }],
  api: [{ who: "priya", at: "19 10:40", body: "`GET /berths` pages by sequence now." }],
  "berth-calendar": [{ who: "abel", at: "18 15:00", body: "Quay 7 is free until Sunday." }],
};
