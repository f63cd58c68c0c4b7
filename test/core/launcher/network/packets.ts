/** Packets made by hand for the tests, by nobody's code but this: what the router believes is not asked here. */

export const GUEST_MAC = [0x52, 0x54, 0, 0, 0, 1];
export const ROUTER_MAC = [0x52, 0x55, 0x0a, 0, 2, 2];
export const BROADCAST_MAC = [255, 255, 255, 255, 255, 255];
export const GUEST = [10, 0, 2, 15];
export const GATEWAY = [10, 0, 2, 2];
export const NAMES = [10, 0, 2, 3];

export const be16 = (value: number) => [(value >>> 8) & 255, value & 255];
export const be32 = (value: number) => [...be16(value >>> 16), ...be16(value & 0xffff)];
export const ascii = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
export const hex = (bytes: Iterable<number>) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export function sum16(bytes: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at++) sum += at % 2 === 0 ? bytes[at] << 8 : bytes[at];
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}

const checksum = (bytes: ArrayLike<number>) => ~sum16(bytes) & 0xffff;

export function ethernet(type: number, body: readonly number[], to = ROUTER_MAC): Uint8Array {
  return Uint8Array.from([...to, ...GUEST_MAC, ...be16(type), ...body]);
}

interface Ip {
  readonly from?: number[];
  readonly to?: number[];
  readonly protocol: number;
  readonly options?: number[];
  readonly fragment?: number;
  readonly id?: number;
  readonly mac?: number[];
}

export function ip(header: Ip, payload: readonly number[]): Uint8Array {
  const { from = GUEST, to = GATEWAY, protocol, options = [], fragment = 0, id = 7 } = header;
  const length = 20 + options.length + payload.length;
  const head = [0x45 + options.length / 4, 0, ...be16(length), ...be16(id), ...be16(fragment), 64, protocol, 0, 0];
  const whole = [...head, ...from, ...to, ...options];
  whole.splice(10, 2, ...be16(checksum(whole)));
  return ethernet(0x0800, [...whole, ...payload], header.mac);
}

export function udpBody(from: number[], to: number[], ports: readonly [number, number], bytes: readonly number[]) {
  const length = 8 + bytes.length;
  const body = [...be16(ports[0]), ...be16(ports[1]), ...be16(length), 0, 0, ...bytes];
  body.splice(6, 2, ...be16(checksum([...from, ...to, 0, 17, ...be16(length), ...body])));
  return body;
}

export function udp(to: number[], ports: readonly [number, number], bytes: readonly number[], from = GUEST) {
  const mac = to[0] === 255 ? BROADCAST_MAC : ROUTER_MAC;
  return ip({ from, to, protocol: 17, mac }, udpBody(from, to, ports, bytes));
}

export interface TcpParts {
  readonly ports: readonly [number, number];
  readonly sequence: number;
  readonly acknowledgement?: number;
  readonly flags: number;
  readonly window?: number;
  readonly options?: number[];
  readonly bytes?: ArrayLike<number>;
}

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const ACK = 16;

export function tcp(to: number[], parts: TcpParts, from = GUEST): Uint8Array {
  const { ports, sequence, acknowledgement = 0, flags, window = 65535, options = [], bytes = [] } = parts;
  const head = [...be16(ports[0]), ...be16(ports[1]), ...be32(sequence), ...be32(acknowledgement)];
  const length = 20 + options.length + bytes.length;
  const body = [...head, (5 + options.length / 4) << 4, flags, ...be16(window), 0, 0, 0, 0, ...options];
  for (let at = 0; at < bytes.length; at++) body.push(bytes[at]);
  body.splice(16, 2, ...be16(checksum([...from, ...to, 0, 6, ...be16(length), ...body])));
  return ip({ from, to, protocol: 6 }, body);
}

const at16 = (bytes: Uint8Array, at: number) => bytes[at] * 256 + bytes[at + 1];
const at32 = (bytes: Uint8Array, at: number) => at16(bytes, at) * 65536 + at16(bytes, at + 2);

/** What the router sent, taken apart; throws if any checksum is wrong, which is a test of its own. */
export function read(frame: Uint8Array) {
  const packet = frame.subarray(14, 14 + at16(frame, 16));
  if (sum16(packet.subarray(0, 20)) !== 0xffff) throw new Error('bad IPv4 checksum');
  const [from, to, protocol] = [[...packet.subarray(12, 16)], [...packet.subarray(16, 20)], packet[9]];
  const payload = packet.subarray(20);
  const fragment = at16(packet, 6);
  if ((protocol === 6 || protocol === 17) && fragment === 0) {
    const pseudo = [...from, ...to, 0, protocol, ...be16(payload.length)];
    if (sum16([...pseudo, ...payload]) !== 0xffff) throw new Error(`bad checksum of protocol ${protocol}`);
  }
  if (protocol === 1 && sum16(payload) !== 0xffff) throw new Error('bad ICMP checksum');
  return { mac: [...frame.subarray(0, 6)], from, to, protocol, fragment, id: at16(packet, 4), payload };
}

export function readUdp(frame: Uint8Array) {
  const packet = read(frame);
  const { payload } = packet;
  return { ...packet, ports: [at16(payload, 0), at16(payload, 2)], bytes: payload.subarray(8) };
}

export function readTcp(frame: Uint8Array) {
  const packet = read(frame);
  const { payload } = packet;
  const start = (payload[12] >> 4) * 4;
  return {
    ...packet,
    ports: [at16(payload, 0), at16(payload, 2)] as const,
    sequence: at32(payload, 4),
    acknowledgement: at32(payload, 8),
    flags: payload[13],
    window: at16(payload, 14),
    options: [...payload.subarray(20, start)],
    bytes: payload.subarray(start),
  };
}
