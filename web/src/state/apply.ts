import type { ClickClackEvent } from "@clickclack/protocol";
import { applyMessage } from "./apply-message.ts";
import { applyPeople } from "./apply-people.ts";
import { applyPlace } from "./apply-place.ts";
import { applyShelves } from "./apply-shelves.ts";
import type { Stores } from "./stores.ts";

/**
 * The one way in for everything that changed: live events, replayed events, and the events that
 * ride in HTTP replies. Applying one twice, or a reply after its event, changes nothing.
 */
export function apply(stores: Stores, event: ClickClackEvent): void {
  applyMessage(stores, event);
  applyPlace(stores, event);
  applyPeople(stores, event);
  applyShelves(stores, event);
}
