/** What the imagined guests print. */

const linux = [
  'Linux version 3.11.0 (build@astride) (gcc version 4.8.2) #1 PREEMPT',
  'e820: BIOS-provided physical RAM map:',
  'BIOS-e820: [mem 0x0000000000000000-0x000000000fffffff] usable',
  'bootconsole [early0] enabled',
  'Notice: NX (Execute Disable) protection missing in CPU!',
  'Kernel command line: console=hvc0 root=/dev/vda',
  'PID hash table entries: 1024 (order: 0, 4096 bytes)',
  'Memory: 252920K/262144K available (3210K kernel code)',
  'Hierarchical RCU implementation.',
  'lguest: clocksource lguest registered',
  'Calibrating delay loop (skipped), value calculated using timer frequency',
  'virtio-blk vda: 65536 512-byte logical blocks (33.5 MB)',
  'console [hvc0] enabled',
  'VFS: Mounted root (ext2 filesystem) on device 254:0.',
  'Freeing unused kernel memory: 284K (c1490000 - c14d7000)',
  '',
  'Welcome. This is a shell in a guest of lguest.',
  '/ # uname -a',
  'Linux guest 3.11.0 #1 PREEMPT i686 GNU/Linux',
  '/ # uptime',
  ' 10:42:07 up 13 min,  load average: 0.02, 0.04, 0.01',
  '/ # _',
];

export function bootText(id: string, printed: number): string {
  if (id.startsWith('linux')) return linux.join('\r\n');
  if (id === 'faults') {
    const rounds = Array.from({ length: 24 }, (_, one) => {
      const round = printed + one + 1;
      return `round ${round}: 10000 pages touched, 10000 faults, checksum 0x${(round * 2654435761).toString(16).slice(-8)}`;
    });
    return rounds.join('\r\n');
  }
  if (id === 'puppy')
    return 'puppy 1.0\r\n\r\n$ ls\r\nbin  dev  etc  proc\r\n$ ps\r\nPID STATE COMMAND\r\n  1 run   sh\r\n$ _';
  if (id === 'trouble') return 'trouble: mode=jump-nowhere\r\njumping to 0xdeadbeef\r\n';
  return 'Hello from ring 1!\r\nI have 64 MiB and a name: hello.\r\nPowering off.\r\n';
}
