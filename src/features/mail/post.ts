import { LIMITS } from "@clickclack/protocol";
import { type DeliveryDeps, deliverDue } from "./delivering.ts";
import { type MailSettings, senderOf } from "./mailer.ts";
import { smtpSender } from "./smtp.ts";

interface Post {
  stop(): Promise<void>;
}

/** The post of a server that has one; without a mail server nothing is written and nothing has to be sent. */
export function startMail(
  settings: MailSettings,
  deps: Omit<DeliveryDeps, "send">,
  failed: (error: unknown) => void,
): Post {
  const { smtp_url } = settings;
  if (smtp_url === undefined) return { stop: async () => undefined };
  return startPost({ ...deps, send: smtpSender({ smtp_url, from: senderOf(settings) }) }, failed);
}

/** Sends letters as soon as they are committed, and looks in intervals for those that failed; `stop` ends both. */
function startPost(deps: DeliveryDeps, failed: (error: unknown) => void): Post {
  let round: Promise<void> | undefined;
  let isWoken = false;
  let isStopped = false;

  async function run(): Promise<void> {
    while (isWoken && !isStopped) {
      isWoken = false;
      await deliverDue(deps, () => isStopped).catch(failed);
    }
    // In the tick that found nothing more to do, so that no wake falls between the two.
    round = undefined;
  }
  function wake(): void {
    isWoken = true;
    round ??= run();
  }

  const unlisten = deps.db.listen((keys) => {
    for (const key of keys) if (key.startsWith("mail_")) return wake();
  });
  const timer = setInterval(wake, LIMITS.mail_interval_ms);
  wake();
  return {
    async stop() {
      isStopped = true;
      unlisten();
      clearInterval(timer);
      // A letter under way that nobody waits for may be sent twice; a server that hangs is not waited for longer.
      if (round) await withinTime(round);
    },
  };
}

async function withinTime(round: Promise<void>): Promise<void> {
  let timer: Timer | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LIMITS.mail_timeout_ms);
  });
  await Promise.race([round, late]);
  clearTimeout(timer);
}
