/** Three at hand in the toolbar, six in the phone's sheet. */
export const QUICK = ["👍", "👀", "✅"];
export const QUICK_SHEET = ["👍", "❤️", "😂", "👀", "🦞"];

/** Common emoji by group, each with the words it is found by. */
export const GROUPS: { name: string; emoji: [string, string][] }[] = [
  {
    name: "Smileys and people",
    emoji: pairs(
      "😀 grin|😂 joy laugh tears|🤣 rofl|😊 smile blush|🙂 slight smile|😉 wink|😍 love eyes|😘 kiss|😎 cool sunglasses|🤔 think|🫡 salute|🤨 raised brow|😐 neutral|🙄 roll eyes|😏 smirk|😴 sleep|🤗 hug|🤩 star eyes|🥳 party face|😅 sweat laugh|😬 grimace|😮 wow|😱 scream|😢 sad cry|😭 sob|😤 huff|😡 angry|🤯 mind blown|🥶 cold|🤒 sick|🤷 shrug|🤦 facepalm|🫠 melt|💀 skull dead",
    ),
  },
  {
    name: "Hands",
    emoji: pairs(
      "👍 thumbs up yes|👎 thumbs down no|👏 clap|🙌 hooray|🙏 thanks pray|👌 ok|✌️ peace|🤞 fingers crossed|🤝 deal handshake|👋 wave hello|💪 strong|🫶 heart hands|👀 eyes look|✋ stop hand|👉 point right|🧠 brain",
    ),
  },
  {
    name: "Signs",
    emoji: pairs(
      "✅ check done|❌ no cross|❗ exclamation|❓ question|⚠️ warning|🚫 forbidden|➕ plus|➖ minus|💯 hundred|❤️ heart love|🧡 orange heart|💙 blue heart|💚 green heart|💔 broken heart|⭐ star|✨ sparkles|🔥 fire|💥 boom|💤 zzz|🔴 red|🟡 yellow|🟢 green|🔵 blue|♻️ recycle|🆗 ok",
    ),
  },
  {
    name: "Nature",
    emoji: pairs(
      "🦞 lobster|🦀 crab|🐙 octopus|🐟 fish|🐳 whale|🦈 shark|🐛 bug|🐢 turtle|🐈 cat|🐕 dog|🦊 fox|🐧 penguin|🦄 unicorn|🌱 seedling|🌳 tree|🌊 wave sea|☀️ sun|🌧️ rain|❄️ snow|🌈 rainbow|🌙 moon|⚡ lightning",
    ),
  },
  {
    name: "Food",
    emoji: pairs(
      "☕ coffee|🍵 tea|🍺 beer|🥂 cheers|🍕 pizza|🍔 burger|🌮 taco|🍣 sushi|🍎 apple|🍌 banana|🍓 strawberry|🥑 avocado|🍪 cookie|🎂 cake birthday|🍿 popcorn|🧂 salt",
    ),
  },
  {
    name: "Things",
    emoji: pairs(
      "🎉 party tada|🎊 confetti|🎁 gift|🏆 trophy|🥇 gold medal|🚀 rocket ship|🚢 ship|⚓ anchor|✈️ plane|🚆 train|🚲 bike|🏠 home|💡 idea|🔧 wrench fix|🔨 hammer|🧪 test|📌 pin|📎 clip|📝 note|📅 calendar|📈 up chart|📉 down chart|📦 package|🔒 lock|🔑 key|💾 save disk|💻 laptop|📱 phone|⏰ alarm|⏳ hourglass|🎧 headphones|🎵 music|🔔 bell|💰 money",
    ),
  },
];

function pairs(text: string): [string, string][] {
  return text.split("|").map((one) => {
    const space = one.indexOf(" ");
    return [one.slice(0, space), one.slice(space + 1)];
  });
}
