/**
 * The questions.  `kernel` runs in ring 0; `user`, if there is any, is then entered by iret in `ring` (3 unless said)
 * with `flags`.  Whoever is not stopped by a fault ends with int 0x30.
 */

import { ABSENT_GATE, ABSENT_GATE3, type Case, callFar, flag, gateType, load, patch, s, typeByte } from './case.ts';
import { page, place, taskState } from './tables.ts';
import { transferCases } from './transfer-cases.ts';

const dataLoads: Case[] = ['ds', 'ss', 'fs'].flatMap((register) =>
  Object.entries({
    null: 0,
    'null with rpl': 3,
    data: s.data0,
    'data with rpl 3': s.data0 | 3,
    'ring 3 data': s.data3 | 3,
    'ring 3 data with rpl 0': s.data3,
    'ring 1 data': s.data1 | 1,
    code: s.code0,
    'execute-only code': s.executeOnly,
    'conforming code': s.conforming,
    'read-only data': s.readOnlyData,
    'absent data': s.absentData,
    'expand-down data': s.expandDown,
    tss: s.tss,
    'call gate': s.gateToRing0,
    'the last bytes of the table': s.beyond - 8,
    'beyond the table': s.beyond,
    'local, with no local table': s.code0 | 4,
  }).flatMap(([what, value]) => [
    { name: `${register} = ${what}, ring 0`, kernel: load(register, value) },
    { name: `${register} = ${what}, ring 3`, user: load(register, value) },
  ]),
);

const protectedWrites = 'mov eax, cr0\nand eax, 0xFFFEFFFF\nmov cr0, eax';
const pages: Case[] = Object.entries(page).flatMap(([name, at]) => [
  { name: `read ${name}, ring 3`, user: `mov eax, [${at}]` },
  { name: `write ${name}, ring 3`, user: `mov dword ptr [${at}], 1` },
  { name: `change ${name}, ring 3`, user: `add dword ptr [${at + 4}], 1` },
  { name: `fetch ${name}, ring 3`, user: `mov eax, ${at}\njmp eax` },
  { name: `read ${name}, ring 0`, kernel: `mov eax, [${at}]` },
  { name: `write ${name}, ring 0`, kernel: `mov dword ptr [${at}], 1` },
  { name: `write ${name}, ring 0 without WP`, kernel: `${protectedWrites}\nmov dword ptr [${at}], 1` },
  { name: `write ${name}, ring 1`, user: `mov dword ptr [${at}], 1`, ring: 1 },
]);
const regions: Case[] = [page.readOnlyRegion, page.kernelRegion].flatMap((at) =>
  [0x1000, 0x2000].flatMap((offset) => [
    { name: `read ${(at + offset).toString(16)}, ring 3`, user: `mov eax, [${at + offset}]` },
    { name: `write ${(at + offset).toString(16)}, ring 0`, kernel: `mov dword ptr [${at + offset}], 1` },
  ]),
);
const crossings: Case[] = [
  { name: 'write across into a read-only page', user: `mov dword ptr [${page.userReadOnly - 2}], 1` },
  { name: 'read across into an absent page', kernel: `mov eax, [${page.absent - 1}]` },
  { name: 'push into an absent page, ring 3', user: `mov esp, ${page.absent + 0x1000}\npush eax` },
  {
    name: 'interrupt with an absent stack for ring 1',
    kernel: `mov dword ptr [${place.tss + taskState.esp1}], ${page.absent + 0x1000}`,
    user: 'int 0x34',
  },
  {
    name: 'interrupt with a stack for ring 1 that is half absent',
    kernel: `mov dword ptr [${place.tss + taskState.esp1}], ${page.absent + 0x1008}`,
    user: 'int 0x34',
  },
];

const ports: Case[] = [0, 3].flatMap((iopl) =>
  [
    'cli',
    'sti',
    'in al, 0x40',
    'in al, 0x43',
    'in ax, 0x42',
    'in eax, 0x44',
    'in al, 0x80',
    'in ax, 0x47',
    'insb',
    'pushf\npop eax',
    'push 0x3ed7\npopf\npushf\npop eax',
  ].map((text) => ({
    name: `${text.replaceAll('\n', '; ')}, ring 3, IOPL ${iopl}`,
    user: text.startsWith('in ') ? `${text}\nmov eax, 0` : text,
    flags: iopl === 3 ? flag.iopl3 : 2,
  })),
);
const narrowBitmap: Case[] = [
  {
    name: 'in above the end of the bitmap',
    kernel: `mov word ptr [${place.tss + taskState.bitmapBase}], 0xFFF\n`,
    user: 'in al, 0',
  },
  {
    name: 'in where the bitmap would begin beyond the limit',
    kernel: `mov word ptr [${place.tss + taskState.bitmapBase}], 0x1000\n`,
    user: 'in al, 0',
  },
];

const privileged: Case[] = [
  'hlt',
  'clts',
  'wbinvd',
  'invlpg [eax]',
  'mov eax, cr0',
  'mov cr3, eax',
  'mov eax, dr7',
  'lgdt [0x103000]',
  'lidt [0x103008]',
  'lldt ax',
  'ltr ax',
  'lmsw ax',
  'rdmsr',
  'wrmsr',
  'smsw ax',
  'sgdt [0x11d800]',
  'sidt [0x11d800]',
  'sldt ax',
  'str ax',
].map((text) => ({ name: `${text}, ring 3`, user: text }));

/** Each looks at the selector in cx; lar and lsl answer in eax. */
const lookVerbs = { lar: 'db 0x0F, 0x02, 0xC1', lsl: 'db 0x0F, 0x03, 0xC1', verr: 'verr cx', verw: 'verw cx' };
const looks: Case[] = Object.entries(lookVerbs).flatMap(([verb, spelling]) =>
  [
    0,
    s.code0,
    s.data0,
    s.code3,
    s.data3,
    s.data3 | 3,
    s.conforming,
    s.executeOnly,
    s.readOnlyData,
    s.absentData,
    s.tss,
    s.ldt,
    s.gateToRing0,
    s.smallData,
    s.expandDown,
    s.beyond,
    s.code0 | 4,
  ].flatMap((value) => {
    const text = `mov ecx, ${value}\n${spelling}`;
    return [
      { name: `${verb} ${value.toString(16)}, ring 0`, kernel: text },
      { name: `${verb} ${value.toString(16)}, ring 3`, user: text },
    ];
  }),
);

const systemLoads: Case[] = [
  ...[0, s.tss, s.otherTss, s.absentTss, s.ldt, s.data0, s.otherTss | 4, s.beyond, s.shortTss].map((value) => ({
    name: `ltr ${value.toString(16)}`,
    kernel: `mov eax, ${value}\nltr ax`,
  })),
  ...[0, 3, s.ldt, s.tss, s.data0, s.ldt | 4, s.beyond].map((value) => ({
    name: `lldt ${value.toString(16)}`,
    kernel: `mov eax, ${value}\nlldt ax`,
  })),
  {
    name: 'a local descriptor',
    kernel: `${load('ax', s.ldt).split('\n')[0]}\nlldt ax`,
    user: `${load('ds', 15)}\nmov ebx, [${place.userStack - 64}]`,
  },
  { name: 'absent ldt', kernel: `${patch(typeByte(s.ldt), 0x02)}\nmov eax, ${s.ldt}\nlldt ax` },
];

const limits: Case[] = [
  { name: 'read within a small segment', kernel: `${load('fs', s.smallData)}\nmov eax, fs:[0x7C]` },
  { name: 'read over the end of a small segment', kernel: `${load('fs', s.smallData)}\nmov eax, fs:[0x7D]` },
  { name: 'read below an expand-down segment', kernel: `${load('fs', s.expandDown)}\nmov eax, fs:[0x110FFF]` },
  { name: 'read in an expand-down segment', kernel: `${load('fs', s.expandDown)}\nmov eax, fs:[0x111000]` },
  { name: 'write a read-only segment', kernel: `${load('fs', s.readOnlyData)}\nmov fs:[0x11d800], eax` },
  { name: 'write through cs', kernel: 'mov cs:[0x11d800], eax' },
  { name: 'read through a null segment', kernel: `${load('fs', 0)}\nmov eax, fs:[0x11d800]` },
];

const control: Case[] = [
  { name: 'paging without protection', kernel: 'mov eax, 0x80010030\nmov cr0, eax' },
  { name: 'not write-through without cache disable', kernel: 'mov eax, 0xA0010031\nmov cr0, eax' },
  { name: 'a reserved bit of cr4', kernel: 'mov eax, 0x80000000\nmov cr4, eax' },
  { name: 'mov from cr1', kernel: 'db 0x0F, 0x20, 0xC8' },
  { name: 'lmsw cannot clear PE', kernel: 'mov eax, 0\nlmsw ax\nmov eax, cr0' },
  { name: 'lmsw sets TS, and the x87 is gone', kernel: 'mov eax, 9\nlmsw ax\nfnop' },
  { name: 'wait with TS and MP', kernel: 'mov eax, 0xB\nlmsw ax\nfwait' },
  { name: 'wait with TS', kernel: 'mov eax, 9\nlmsw ax\nfwait' },
  { name: 'x87 emulated', kernel: 'mov eax, 5\nlmsw ax\nfld1' },
  { name: 'x87 exception', kernel: 'mov dword ptr [0x11d800], 0x37B\nfldcw [0x11d800]\nfld1\nfldz\nfdivp\nfnop' },
  { name: 'dr4 is dr6', kernel: 'db 0x0F, 0x21, 0xE0' },
  { name: 'debug registers guarded', kernel: 'mov eax, 0x2400\nmov dr7, eax\nmov ebx, dr0' },
  { name: 'lock where it may not be', user: 'db 0xF0, 0x90' },
  { name: 'lock on a register', user: 'db 0xF0, 0x01, 0xC0' },
  { name: 'ud2', user: 'ud2' },
  { name: 'int1', user: 'db 0xF1' },
  { name: 'an instruction of 16 bytes', user: `db ${Array(15).fill('0x66').join(', ')}, 0x90` },
  {
    name: 'bound below',
    user: `mov dword ptr [0x11d800], 1\nmov dword ptr [0x11d804], 2\nmov eax, 0\nbound eax, [0x11d800]`,
  },
  { name: 'into', user: 'mov al, 127\nadd al, 1\ninto' },
  { name: 'divide by zero', user: 'xor ecx, ecx\ndiv ecx' },
  {
    name: 'misaligned, ring 3, AC and AM',
    kernel: 'mov eax, cr0\nor eax, 0x40000\nmov cr0, eax',
    user: 'mov eax, [0x11d801]',
    flags: flag.alignment,
  },
  {
    name: 'misaligned, ring 1, AC and AM',
    kernel: 'mov eax, cr0\nor eax, 0x40000\nmov cr0, eax',
    user: 'mov eax, [0x11d801]',
    ring: 1,
    flags: flag.alignment,
  },
  {
    name: 'misaligned stack, ring 3, AC and AM',
    kernel: 'mov eax, cr0\nor eax, 0x40000\nmov cr0, eax',
    user: 'sub esp, 2\npush eax',
    flags: flag.alignment,
  },
  { name: 'sysenter to nowhere', user: 'sysenter' },
  { name: 'sysexit in ring 3', user: 'sysexit' },
  { name: 'arpl', user: `mov eax, ${s.data3}\nmov ecx, 3\ndb 0x63, 0xC8` },
];

const steps: Case[] = [
  { name: 'single step', user: 'nop', flags: flag.trap },
  { name: 'popf sets the trap flag', user: 'push 0x102\npopf\nnop\nnop' },
  { name: 'single step over mov ss', user: `mov eax, ${s.data3 | 3}\npush 0x102\npopf\nmov ss, ax\nnop\nnop` },
  { name: 'single step over an interrupt', user: 'push 0x102\npopf\nint 0x31' },
  { name: 'single step over a fault', user: 'push 0x102\npopf\nmov eax, [0x804000]' },
  {
    name: 'single step over a repeated store',
    user: 'mov ecx, 3\nmov edi, 0x11d800\npush 0x102\npopf\nrep stosb\nnop',
  },
  { name: 'single step over popf that clears it', user: 'push 2\npush 0x102\npopf\npopf\nnop' },
  { name: 'single step over pushf', user: 'push 0x102\npopf\npushf\nnop' },
  { name: 'single step over a far call through a gate', user: `push 0x102\npopf\n${callFar(s.gateToRing0, 0)}` },
];

const seconds: Case[] = [
  {
    name: 'double fault: #GP, gate absent',
    kernel: `${patch(gateType(13), ABSENT_GATE)}\nmov eax, ${s.beyond}\nmov ds, ax`,
  },
  { name: 'double fault: #PF, gate absent', kernel: `${patch(gateType(14), ABSENT_GATE)}\nmov eax, [${page.absent}]` },
  { name: 'double fault: #DE, gate absent', user: 'xor ecx, ecx\ndiv ecx', kernel: patch(gateType(0), ABSENT_GATE) },
  {
    name: 'double fault: #PF, gate to nowhere',
    kernel: `mov word ptr [${place.idt + 14 * 8 + 2}], ${s.beyond}\nmov eax, [${page.absent}]`,
  },
  { name: '#UD, gate absent', user: 'ud2', kernel: patch(gateType(6), ABSENT_GATE) },
  { name: 'int3, gate absent', user: 'int3', kernel: patch(gateType(3), ABSENT_GATE3) },
  {
    name: '#DE, then #PF for the stack of ring 1',
    user: 'xor ecx, ecx\ndiv ecx',
    kernel: `mov word ptr [${place.idt + 2}], ${s.code1}\nmov dword ptr [${place.tss + taskState.esp1}], ${page.absent + 0x1000}`,
  },
  {
    name: '#PF, then #PF for the stack of ring 1',
    user: `mov eax, [${page.absent}]`,
    kernel: `mov word ptr [${place.idt + 14 * 8 + 2}], ${s.code1}\nmov dword ptr [${place.tss + taskState.esp1}], ${page.absent + 0x1000}`,
  },
  {
    name: '#GP, then #TS for the stack of ring 1',
    user: 'hlt',
    kernel: `mov word ptr [${place.idt + 13 * 8 + 2}], ${s.code1}\nmov dword ptr [${place.tss + taskState.ss1}], ${s.data3}`,
  },
  {
    name: 'interrupt with a table too short',
    kernel:
      'mov dword ptr [0x11d800], 0x100017F\nmov dword ptr [0x11d804], 0x11\nmov word ptr [0x11d802], 0x1000\nlidt [0x11d800]\nint 0x31',
  },
];

export const cases: readonly Case[] = [
  ...dataLoads,
  ...transferCases,
  ...pages,
  ...regions,
  ...crossings,
  ...ports,
  ...narrowBitmap,
  ...privileged,
  ...looks,
  ...systemLoads,
  ...limits,
  ...control,
  ...steps,
  ...seconds,
];
