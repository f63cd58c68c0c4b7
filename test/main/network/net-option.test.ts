import { describe, expect, it } from 'vitest';
import { checkRepeatable, readNetOption } from '../../../main/network/net-option.ts';
import { UsageError } from '../../../main/usage-error.ts';

describe('--net', () => {
  it.each([
    ['user', { to: 'user', forwards: [], mac: null }],
    [
      'user,forward=8080:80,forward=2222:22',
      {
        to: 'user',
        forwards: [
          { hostPort: 8080, guestPort: 80 },
          { hostPort: 2222, guestPort: 22 },
        ],
        mac: null,
      },
    ],
    ['user,mac=02:00:00:00:00:Fe', { to: 'user', forwards: [], mac: Uint8Array.of(2, 0, 0, 0, 0, 0xfe) }],
    ['hub=lab', { to: 'hub', hub: 'lab', mac: null }],
    ['hub=a=b,mac=52:54:00:12:34:56', { to: 'hub', hub: 'a=b', mac: Uint8Array.of(0x52, 0x54, 0, 0x12, 0x34, 0x56) }],
  ])('understands %s', (text, spec) => {
    expect(readNetOption(text)).toEqual(spec);
  });

  it.each([
    ['', '--net leads to "user"'],
    ['tap', 'not to "tap"'],
    ['user=me', 'not to "user=me"'],
    ['hub', 'not to "hub"'],
    ['hub=', 'a hub needs a name'],
    ['user,forward', 'forward= wants two ports'],
    ['user,forward=80', 'not "80"'],
    ['user,forward=0:80', 'not "0:80"'],
    ['user,forward=80:65536', 'not "80:65536"'],
    ['user,forward=80:80:80', 'forward= wants'],
    ['user,forward=8080:80,forward=8080:81', 'forwards port 8080 of this computer twice'],
    ['user,hub=lab', 'not "hub"'],
    ['user,', 'not ""'],
    ['hub=lab,forward=8080:80', 'not "forward"'],
    ['user,mac=02:00:00:00:00', 'mac= wants six bytes'],
    ['user,mac=03:00:00:00:00:01', "a group's address"],
    ['user,mac=00:00:00:00:00:00', "nobody's address"],
    ['user,mac=02:00:00:00:00:01,mac=02:00:00:00:00:02', 'one mac='],
  ])('refuses "%s" with a sentence', (text, words) => {
    expect(() => readNetOption(text)).toThrow(UsageError);
    expect(() => readNetOption(text)).toThrow(words);
  });

  it('lets only what repeats itself be compared', () => {
    checkRepeatable(readNetOption('hub=lab'));
    expect(() => checkRepeatable(readNetOption('user'))).toThrow('hub=NAME');
  });
});
