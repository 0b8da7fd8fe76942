/** Many sends at once, each with a nonce, and the books kept on what became of them. */

/** Below the number of connections that Bun's fetch opens at once, so that none waits in this process. */
const WIDTH = 224;

export interface Storm {
  /** Every nonce that was sent, with its author's token. The body of its message is the nonce. */
  sent: Map<string, string>;
  /** The message id that the server acknowledged, by nonce. */
  acknowledged: Map<string, string>;
  /** Sends without an answer, but for those made in this very turn of the event loop, which may not be out yet. */
  outstanding(): number;
  /** Settles in a turn in which this holds. */
  reaches(state: () => boolean): Promise<void>;
  /** Settles when the server is gone and no send has an answer to come. */
  over: Promise<void>;
  unacknowledged(): string[];
}

export function startStorm(url: string, channel_id: string, tokens: string[]): Storm {
  const sent = new Map<string, string>();
  const acknowledged = new Map<string, string>();
  const waiting = new Map<string, number>();
  const surprises: string[] = [];
  let turn = 0;
  let blowing = true;

  async function blow(token: string): Promise<void> {
    while (blowing) {
      const nonce = `storm ${sent.size}`;
      sent.set(nonce, token);
      waiting.set(nonce, turn);
      try {
        acknowledged.set(nonce, await sendOnce(url, channel_id, token, nonce));
      } catch (error) {
        // A refused or broken connection is what a killed server looks like; an answer is not.
        if (error instanceof Refused) surprises.push(`${nonce}: ${error.message}`);
        blowing = false;
      } finally {
        waiting.delete(nonce);
      }
    }
  }

  const gusts = Array.from({ length: WIDTH }, (_, index) => blow(tokens[index % tokens.length] ?? ""));
  return {
    sent,
    acknowledged,
    outstanding: () => [...waiting.values()].filter((since) => since < turn).length,
    async reaches(state) {
      while (!state()) {
        if (!blowing) throw new Error(`the storm ended too early: ${surprises.join("; ")}`);
        await new Promise<void>((resolve) => setImmediate(resolve));
        turn += 1;
      }
    },
    over: Promise.all(gusts).then(() => {
      if (surprises.length > 0) throw new Error(`the server refused: ${surprises.slice(0, 5).join("; ")}`);
    }),
    unacknowledged: () => [...sent.keys()].filter((nonce) => !acknowledged.has(nonce)),
  };
}

/** The server answered, but not with the message. */
class Refused extends Error {}

/** One request, without any retry of ours; answers the message's id. */
export async function sendOnce(url: string, channel_id: string, token: string, nonce: string): Promise<string> {
  const response = await fetch(`${url}/api/channels/${channel_id}/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ body: nonce, nonce }),
  });
  const text = await response.text();
  if (!response.ok) throw new Refused(`${response.status} ${text}`);
  return (JSON.parse(text) as { message: { id: string } }).message.id;
}
