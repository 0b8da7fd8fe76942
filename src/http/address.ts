import { BlockList, isIP } from "node:net";

/**
 * The address a request came from: the peer, unless the peer is a trusted proxy, then the last
 * address of `X-Forwarded-For` that is not one.
 */
export function clientAddress(peer: string, forwarded_for: string | null, trusted: BlockList | undefined): string {
  const plain = peer.replace(/^::ffff:/i, "");
  if (!trusted || forwarded_for === null || !isTrusted(trusted, plain)) return plain;
  const hops = forwarded_for.split(",").map((hop) => hop.trim());
  for (const hop of hops.reverse()) {
    if (isIP(hop) === 0) return plain;
    if (!isTrusted(trusted, hop)) return hop;
  }
  return plain;
}

/**
 * What limits count by. One machine has the whole /64 an IPv6 address is in, so counting single
 * addresses would not limit it at all.
 */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.replace(/%.*$/, "").toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const after = tail === "" ? [] : tail.split(":");
    const given = groups.length + after.length + (address.includes(".") ? 1 : 0);
    groups.push(...Array.from({ length: 8 - given }, () => "0"), ...after);
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}

/** Addresses and CIDR blocks of proxies, e.g. `["127.0.0.1", "10.0.0.0/8"]`. */
export function trustedProxies(entries: readonly string[]): BlockList | undefined {
  if (entries.length === 0) return undefined;
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", prefix] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

function isTrusted(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? "ipv6" : "ipv4");
}
