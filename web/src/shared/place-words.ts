/** What the settings say about the workspace itself. */
export const placeWords = {
  lead: (name: string, role: string) => `Your role in ${name}: ${role.toLowerCase()}.`,

  overview: {
    title: "Name and rules",
    name: "Name",
    slug: "Short name",
    slugHint: "Lower case, with dashes. Commands and links may use it.",
    slugOwner: "Only its owner changes it.",
    policy: "Who makes channels",
    members: "Every member",
    managers: "Owners and moderators",
    submit: "Save",
    saved: "Saved",
  },

  icon: {
    label: "Picture of the workspace",
    choose: "Choose a picture",
    remove: "Remove it",
    hint: "A square PNG, JPEG or WebP.",
  },

  waiting: {
    title: "Guests",
    lead: "Guests who come by a link begin in one channel and say a few things a day there, until somebody approves them.",
    channel: "Waiting room",
    none: "None: guests see nothing until they are added",
    budget: "Posts a day",
    budgetHint: "For each guest, in the waiting room.",
    submit: "Save",
  },

  transfer: {
    title: "Transfer ownership",
    lead: "The new owner can do everything you can. You become a moderator.",
    to: "New owner",
    choose: "Choose somebody",
    open: "Transfer…",
    ask: (place: string, name: string) => `Hand ${place} to ${name}?`,
    askLead: (name: string) => `${name} owns it from then on, and only they can give it back.`,
    lost: "Your ownership: deleting, transferring, and giving moderators their role",
    keep: "Stay owner",
    act: "Transfer ownership",
    busy: "Transferring",
    done: (name: string) => `${name} is the owner now`,
  },

  end: {
    title: "Delete the workspace",
    lead: "For everybody, at once. It cannot be taken back.",
    open: (place: string) => `Delete ${place}…`,
    ask: (place: string) => `Delete ${place}?`,
    askLead: "Everybody is out at once, and nothing of it can be brought back.",
    messages: "Every channel, thread and direct message",
    files: "Every file",
    people: "Everybody's membership, and the bots that live only here",
    links: "Every invite link and token",
    keep: (place: string) => `Keep ${place}`,
    act: (place: string) => `Delete ${place}`,
    busy: "Deleting",
  },

  leave: {
    title: (place: string) => `Leave ${place}`,
    lead: "What you wrote stays. You need a new invite to come back.",
    open: (place: string) => `Leave ${place}…`,
    ask: (place: string) => `Leave ${place}?`,
    access: "Access to every channel, thread and direct message here",
    keep: "Stay",
    act: (place: string) => `Leave ${place}`,
    busy: "Leaving",
  },
};
