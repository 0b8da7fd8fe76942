/** What is said in dialogs and menus that load after the first paint. */
export const overlayWords = {
  person: { local: (time: string) => `${time} for them`, quiet: "Not to be disturbed" },

  invite: {
    title: (workspace: string) => `Invite people to ${workspace}`,
    linkLead: "Whoever opens the link can join as a member. It works for 7 days and 25 people.",
    make: "Make an invite link",
    making: "Making the link",
    copy: "Copy invite link",
    link: "Invite link",
    lead: "Each gets a letter with a link of their own, good for 7 days.",
    address: (number: number) => (number === 1 ? "E-mail address" : `E-mail address ${number}`),
    placeholder: "name@example.com",
    as: (number: number) => (number === 1 ? "Joins as" : `Joins as, address ${number}`),
    send: (count: number) => (count === 1 ? "Send invite" : count === 0 ? "Send invites" : `Send ${count} invites`),
    sending: "Sending",
    sent: (count: number) => (count === 1 ? "Invite sent" : `${count} invites sent`),
  },

  channel: {
    createTitle: "Add a channel",
    editTitle: (name: string) => `#${name}`,
    kind: "Who can read it",
    public: "Everybody",
    private: "Only who is added",
    publicHint: "Everybody in the workspace can read and write in it.",
    privateHint: "You, and whoever is added. Nobody else sees that it exists.",
    toPrivateHint: "Everybody who reads it now stays in it. Whoever comes later has to be added.",
    toPublicHint: "Everybody in the workspace can read it, from its first message on.",
    name: "Name",
    nameHint: "Lower case, with dashes: release-notes",
    purpose: "What it is for",
    optional: "optional",
    creating: "Adding",
    taken: (name: string) => `Taken. Try ${name}-2.`,
    archive: "Archive channel",
    archiveTitle: (name: string) => `Archive #${name}?`,
    archiveLost: [
      "Nobody can write in it",
      "It moves to the end of the sidebar",
      "Every message stays readable, and an owner can bring it back",
    ],
    keep: (name: string) => `Keep #${name}`,
  },

  shortcuts: {
    title: "Shortcuts",
    send: "Send",
    newline: "New line",
    editLast: "Edit your last message",
    step: "Next, previous channel",
    escape: "Close, step back, jump to latest",
    list: "This list",
  },

  emoji: { label: "Emoji", recent: "Recent", find: "Find an emoji", none: "No emoji by that name." },
};
