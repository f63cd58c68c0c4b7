/** Why frames of the guest came to nothing: a closed list, so that a test can hold a hostile guest's harvest in hand. */

export const dropReasons = [
  'frame too short',
  'not for us',
  'unknown ether type',
  'bad ARP',
  'bad IPv4 header',
  'bad IPv4 checksum',
  'not a source of this network',
  'broadcast or multicast',
  'fragment that does not fit',
  'bad ICMP',
  'bad UDP',
  'bad DHCP',
  'no lease left',
  'bad DNS',
  'too many look-ups',
  'bad TCP',
  'too many connections',
  'no such place',
  'no neighbour',
] as const;

export type DropReason = (typeof dropReasons)[number];

/** Counts of what was dropped, by reason. */
export type Drops = Record<DropReason, number>;

export function noDrops(): Drops {
  // The list is the type's own source, so every name is there.
  return Object.fromEntries(dropReasons.map((reason) => [reason, 0])) as Drops;
}
