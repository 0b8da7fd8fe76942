export interface Device {
  kind: "phone" | "terminal" | "desktop";
  /** "Firefox on Linux", or what a program calls itself; empty when it does not say. */
  name: string;
}

const BROWSERS: [RegExp, string][] = [
  [/\bEdg(?:A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:HeadlessChrome|Chrome|CriOS|Chromium)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];
const PHONES = new Set(["iPhone", "Android"]);

/** What people call the device that signed in, as far as it tells. */
export function deviceOf(user_agent: string): Device {
  const browser = find(BROWSERS, user_agent);
  const system = find(SYSTEMS, user_agent);
  if (browser === "") return { kind: "terminal", name: user_agent.split(/[\s/]/, 1)[0] ?? "" };
  return { kind: PHONES.has(system) ? "phone" : "desktop", name: system ? `${browser} · ${system}` : browser };
}

function find(list: [RegExp, string][], text: string): string {
  return list.find(([pattern]) => pattern.test(text))?.[1] ?? "";
}
