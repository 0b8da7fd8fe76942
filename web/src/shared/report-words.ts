/** What is said about reports of messages, by whoever makes one and by whoever decides. */
export const reportWords = {
  lead: "Messages that somebody found wrong. Decide, and say why.",
  open: "Open",
  resolved: "Resolved",
  dismissed: "Dismissed",
  none: {
    open: "Nothing is reported. Good.",
    resolved: "Nothing resolved yet.",
    dismissed: "Nothing dismissed yet.",
  },
  by: (name: string) => `${name}:`,
  somebody: "Somebody",
  deleted: "The message has been deleted since.",
  own: "This is about you. Another manager has to decide.",
  resolution: "What you did, optional",
  resolve: "Resolve",
  dismiss: "Dismiss",
  show: "Show the message",
  closed: { resolved: "Report resolved", dismissed: "Report dismissed" },
  decided: {
    open: () => "",
    resolved: (name: string, moment: string) => `Resolved by ${name}, ${moment}.`,
    dismissed: (name: string, moment: string) => `Dismissed by ${name}, ${moment}.`,
  },

  title: "Report this message?",
  why: "What is wrong with it",
  whyHint: "Owners and moderators read this, with the message as it is now. Its author is not told.",
  send: "Report message",
  sending: "Reporting",
  sent: "Reported. A moderator will look at it.",
};
