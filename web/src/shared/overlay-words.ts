/** What is said in dialogs and menus that load after the first paint. */
export const overlayWords = {
  profile: {
    title: "Profile and appearance",
    name: "Name",
    handle: "Handle",
    handleHint: "Lower-case letters, digits, - and _. People mention you by it.",
    avatar: "Picture address",
    avatarHint: "An https:// address of a square picture.",
    theme: "Theme",
    system: "System",
    light: "Light",
    dark: "Dark",
    density: "Density",
    comfortable: "Comfortable",
    compact: "Compact",
    saved: "Profile saved",
    submit: "Save profile",
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
