import { describe, expect, it } from 'vitest';
import { decode } from '../../../../core/x86/encoding/decode.ts';
import { format, type SymbolAt } from '../../../../core/x86/encoding/format.ts';

function text(code: string, address = 0x1000, symbol?: SymbolAt): string {
  const bytes = Uint8Array.from(code.split(' '), (byte) => Number.parseInt(byte, 16));
  const instruction = decode((index) => bytes[index] ?? -1, true);
  return 'fault' in instruction ? instruction.fault : format(instruction, address, symbol);
}

describe('an instruction on paper', () => {
  it.each([
    ['b8 00 00 00 c0', 'mov eax, 0xc0000000'],
    ['8b 08', 'mov ecx, [eax]'],
    ['c7 45 f8 05 00 00 00', 'mov dword ptr [ebp-8], 5'],
    ['65 8b 44 8b 10', 'mov eax, gs:[ebx+ecx*4+0x10]'],
    ['8b 04 8d 00 01 00 00', 'mov eax, [ecx*4+0x100]'],
    ['67 8b 40 fe', 'mov eax, [bx+si-2]'],
    ['0f b6 02', 'movzx eax, byte ptr [edx]'],
    ['66 83 c0 ff', 'add ax, 0xffff'],
    ['74 fe', 'je 0x1000'],
    ['66 98', 'cbw'],
    ['f3 a5', 'rep movsd'],
    ['f2 64 a6', 'repne fs cmpsb'],
    ['f0 0f c7 0f', 'lock cmpxchg8b qword ptr [edi]'],
    ['0f af 03', 'imul eax, [ebx]'],
    ['0f 22 d8', 'mov cr3, eax'],
    ['8e d0', 'mov ss, ax'],
    ['ea 00 00 00 c0 60 00', 'jmp far 0x60:0xc0000000'],
    ['dc e9', 'fsub st(1), st'],
    ['da c1', 'fcmovb st, st(1)'],
    ['cd 1f', 'int 0x1f'],
    ['67 e3 00', 'jcxz 0x1003'],
    ['cf', 'iret'],
    ['0f 05', 'undefined'],
  ])('%s is %s', (code, expected) => expect(text(code)).toBe(expected));

  it('calls a target by its name', () => {
    const symbol: SymbolAt = (address) => (address === 0x1005 ? 'guest_entry' : null);
    expect(text('e8 00 00 00 00', 0x1000, symbol)).toBe('call guest_entry');
    expect(text('a1 05 10 00 00', 0, symbol)).toBe('mov eax, [guest_entry]');
    expect(text('eb 00', 0x2000, symbol)).toBe('jmp 0x2002');
  });
});
