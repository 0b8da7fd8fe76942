export type Line = "connecting" | "live" | "behind" | "offline";

/** The honest state of the line to the server. `live` only after `realtime.ready`. */
export class Connection {
  line = $state<Line>("connecting");
  /** When the next attempt starts, while offline. */
  retry_at_ms = $state(0);
  /** Events applied since the line came back, while catching up. */
  behind = $state(0);
  /** Tries now instead of waiting. */
  retry: () => void = () => {};

  connecting(): void {
    // A failing line flips between the two many times; what the reader needs is that it is down.
    if (this.line !== "offline") this.line = "connecting";
  }

  catchingUp(): void {
    this.behind = 0;
    this.line = "behind";
  }

  passed(): void {
    if (this.line === "behind") this.behind++;
  }

  live(): void {
    this.line = "live";
  }

  offline(retry_at_ms: number): void {
    this.line = "offline";
    this.retry_at_ms = retry_at_ms;
  }
}
