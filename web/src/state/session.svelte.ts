import type { Me, User } from "@clickclack/protocol";

/** What a person shows for a while is left out when it is over. */
const ENDED = { status: undefined, dnd_until: undefined, timezone: undefined, deactivated_at: undefined };

/** Who is here. `signed-out` also after the server ended the session. */
export class Session {
  status = $state<"loading" | "signed-out" | "signed-in" | "unreachable">("loading");
  me = $state.raw<Me | null>(null);
  /** The server has no owner yet, so there is nobody to sign in as. */
  unclaimed = $state(false);

  signIn(me: Me): void {
    this.me = me;
    this.status = "signed-in";
  }

  signOut(): void {
    this.me = null;
    this.status = "signed-out";
  }

  update(user: User): void {
    if (this.me?.id === user.id) this.me = { ...this.me, ...ENDED, ...user };
  }
}
