import { describe, expect, test } from 'vitest';
import { vector } from '../../../core/agreement/traps.ts';
import { addGuest, createBench, field, powerOff, runAll, setGate, tell } from './bare-guest.ts';
import { FakeSurroundings } from './fake-surroundings.ts';

describe('devices of a guest on a processor', () => {
  const window = 0x20_0000;
  const surroundings = () => new FakeSurroundings(window, 0x1000);

  test('a guest talks to ports and devices, and its round trips still add up', () => {
    const around = surroundings();
    const { host } = createBench(1);
    const guest = addGuest(
      host,
      'driver',
      `mov ebx, ${window}
       mov dword ptr [ebx + 4], 0x1234   ; a register of no card
       movzx eax, word ptr [ebx + 8]     ; and another
       ${tell}
       mov edx, 0xcf8
       in eax, dx                        ; and a port
       ${tell}
       out dx, al
       ${powerOff}`,
      { surroundings: around },
    );
    expect(runAll(host, [guest]).driver).toEqual([0xcdef, 0x89ab_cdef]);
    expect(around.take()).toEqual(['handshake 4.1', 'write 4 4 1234', 'read 8 2', 'in cf8 4', 'out cf8 1 11']);
    expect(guest.counters.deviceAccesses).toBe(2);
    expect(guest.counters.emulatedInstructions).toBe(2);
    expect(guest.tallies.roundTrips).toMatchObject({ 'device access': 2, 'privileged instruction': 2 });
    const trips = Object.values(guest.tallies.roundTrips).reduce((sum, count) => sum + count, 0);
    expect(trips).toBe(guest.counters.roundTrips);
  });

  test('an instruction that is no plain move finds no device, and the guest sees its fault', () => {
    const around = surroundings();
    const { host } = createBench(1);
    const guest = addGuest(
      host,
      'odd',
      `${setGate(vector.pageFault, 'fault')}
       mov edi, ${window}
       mov ecx, 5
       rep stosb
fault: mov eax, [${field('cr2')}]
       ${tell}
       ${powerOff}`,
      { surroundings: around },
    );
    expect(runAll(host, [guest]).odd).toEqual([window]);
    expect(around.take()).toEqual(['handshake 4.1']);
  });

  test('a window that overlaps memory is refused before there is a guest', () => {
    const { host } = createBench(1);
    const wrong = [new FakeSurroundings(0x10_0000, 0x1000), new FakeSurroundings(window + 1, 0x1000)];
    wrong.push(new FakeSurroundings(0xffff_f000, 0x2000));
    for (const around of wrong) {
      expect(() => addGuest(host, 'cramped', powerOff, { surroundings: around })).toThrow('cannot have a window');
    }
  });
});
