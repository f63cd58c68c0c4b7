/** Questions about going elsewhere: far jumps and calls, gates, the stacks of inner rings, interrupts, and the ways back. */

import { type Case, callFar, flag, GATE_CODE, jumpFar, load, patch, s, typeByte } from './case.ts';
import { place, taskState } from './tables.ts';

const farTransfers: Case[] = Object.entries({ jump: jumpFar, call: callFar }).flatMap(([verb, transfer]) =>
  Object.entries({
    'ring 0 code': s.code0,
    'ring 3 code': s.code3 | 3,
    'ring 3 code with rpl 0': s.code3,
    'conforming code': s.conforming,
    'conforming ring 3 code': s.conforming3,
    'execute-only code': s.executeOnly,
    data: s.data0,
    'absent code': s.absentCode,
    'small code': s.smallCode,
    null: 0,
    'beyond the table': s.beyond,
    'gate to ring 0': s.gateToRing0,
    'gate to ring 0 with rpl 3': s.gateToRing0 | 3,
    'gate for ring 0': s.gateForRing0,
    'absent gate': s.absentGate,
    'gate to data': s.gateToData,
    'gate to absent code': s.gateToAbsentCode,
    'gate to ring 3': s.gateSameRing,
    'gate with parameters to ring 1': s.gateWithParameters,
    '16-bit gate': s.gate16,
    ldt: s.ldt,
  }).flatMap(([what, to]) => [
    { name: `far ${verb}: ${what}, ring 0`, kernel: transfer(to, GATE_CODE) },
    { name: `far ${verb}: ${what}, ring 3`, user: `push 0x11\npush 0x22\n${transfer(to, GATE_CODE)}` },
  ]),
);

/** These have to be handed to ring 1 first. */
const forRing0Only: readonly number[] = [s.readOnlyData, s.absentData, s.smallData, s.expandDown];

const innerStacks: Case[] = Object.entries({
  null: 0,
  'ring 3 data': s.data3 | 3,
  'rpl 3': s.data0 | 3,
  'read-only': s.readOnlyData,
  code: s.code0,
  absent: s.absentData,
  'beyond the table': s.beyond,
  'too small': s.smallData,
  'expand-down': s.expandDown,
}).flatMap(([what, ss0]) => {
  // The stack is wrong only for ring 1, so that there is somebody left to tell.
  const ring1 = ss0 >= s.beyond || ss0 === 0 ? ss0 : (ss0 & ~3) | 1;
  const as1 = forRing0Only.includes(ss0) ? `or byte ptr [${typeByte(ss0)}], 0x20` : '';
  const kernel = `mov dword ptr [${place.tss + taskState.ss1}], ${what === 'rpl 3' ? s.data1 | 3 : ring1}\n${as1}`;
  return [
    { name: `ss of ring 1 is ${what}, by interrupt`, kernel, user: 'int 0x34' },
    { name: `ss of ring 1 is ${what}, by call gate`, kernel, user: callFar(s.gateWithParameters, 0) },
  ];
});

const interrupts: Case[] = [0x03, 0x0d, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x40, 0xff].flatMap(
  (vector) => [
    { name: `int ${vector}, ring 0`, kernel: `int ${vector}` },
    { name: `int ${vector}, ring 3`, user: `int ${vector}`, flags: flag.interrupt },
    { name: `int ${vector}, ring 1`, user: `int ${vector}`, ring: 1 },
  ],
);

const frame = (...items: number[]) => `${items.map((item) => `push ${item}`).join('\n')}\niret`;
const user = { ss: s.data3 | 3, esp: place.userStack, flags: 2, cs: s.code3 | 3, eip: GATE_CODE };
const outward = (changed: Partial<typeof user>) => {
  const { ss, esp, flags, cs, eip } = { ...user, ...changed };
  return frame(ss, esp, flags, cs, eip);
};
const returns: Case[] = [
  ...Object.entries({
    'null ss': { ss: 0 },
    'ring 0 ss': { ss: s.data0 },
    'ss with rpl 0': { ss: s.data3 },
    'ss with a ring 0 descriptor': { ss: s.data0 | 3 },
    'code as ss': { ss: s.code3 | 3 },
    'ss beyond the table': { ss: s.beyond | 3 },
    'null cs': { cs: 0 },
    'null cs with rpl 3': { cs: 3 },
    'ring 0 code with rpl 3': { cs: s.code0 | 3 },
    'data as cs': { cs: s.data3 | 3 },
    'absent code': { cs: s.absentCode | 3 },
    'conforming code': { cs: s.conforming | 3 },
    'a gate as cs': { cs: s.gateToRing0 | 3 },
    'every flag but vm': { flags: 0x003c_7fd7 & ~0x4100 },
    'the trap flag': { flags: flag.trap },
    'a far address': { eip: 0xffff_fff0 | 0 },
  }).map(([what, changed]) => ({ name: `iret outward: ${what}`, kernel: outward(changed) })),
  {
    name: 'iret outward with absent ss',
    kernel: `${patch(typeByte(s.absentData), 0x72)}\n${outward({ ss: s.absentData | 3 })}`,
  },
  { name: 'iret in ring 0: ring 1 code', kernel: frame(2, s.code1, GATE_CODE) },
  { name: 'iret in ring 0: small code', kernel: frame(2, s.smallCode, GATE_CODE) },
  { name: 'iret in ring 3: inward', user: frame(2, s.code0, GATE_CODE) },
  { name: 'iret in ring 3: every flag', user: frame(0x3c3ed7, s.code3 | 3, GATE_CODE) },
  { name: 'iret in ring 3 with IOPL 3: every flag', user: frame(0x3c0ed7, s.code3 | 3, GATE_CODE), flags: flag.iopl3 },
  { name: 'iret with NT and no task to return to', kernel: 'push 0x4002\npopf\niret' },
  {
    name: 'iret with NT and nonsense to return to',
    kernel: `mov word ptr [${place.tss}], ${s.data0}\npush 0x4002\npopf\niret`,
  },
  {
    name: 'iret with NT to a task that is not busy',
    kernel: `mov word ptr [${place.tss}], ${s.otherTss}\npush 0x4002\npopf\niret`,
  },
  {
    name: 'far return outward',
    kernel: `push ${user.ss}\npush ${user.esp}\npush ${user.cs}\npush ${user.eip}\ndb 0xCB`,
  },
  {
    name: 'far return outward, releasing',
    kernel: `push ${user.ss}\npush ${user.esp}\npush 1\npush 2\npush ${user.cs}\npush ${user.eip}\ndb 0xCA, 8, 0`,
  },
  { name: 'far return inward', user: `push ${s.code0}\npush ${user.eip}\ndb 0xCB` },
  {
    name: 'outward takes away segments of ring 0',
    kernel: `${load('es', s.conforming)}\n${load('fs', s.data3)}\n${load('gs', s.code0)}`,
    user: 'nop',
  },
];

export const transferCases: readonly Case[] = [...farTransfers, ...innerStacks, ...interrupts, ...returns];
