/** Linux on the user network: an address by DHCP, a file fetched, a file sent out, and one sent in through a forward. */

import { createHash, randomBytes } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { available } from '../extras.ts';
import { type ShelfKernel, shelf } from './kernel-shelf.ts';
import { bootToShell, type LinuxSession, prepareSessions } from './linux-session.ts';

const TEST_LIMIT_MS = 900_000;
const payload = randomBytes(6 * 1024 * 1024 + 1);
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');
/** This computer, as a guest sees it. */
const GATEWAY = '10.0.2.2';
const GUEST_PORT = 7000;

describe.skipIf(!available('kernels'))('the user network', { timeout: TEST_LIMIT_MS }, () => {
  beforeAll(prepareSessions, TEST_LIMIT_MS);

  const kernels = shelf(process.env.ASTRIDE_KERNELS).filter(({ initrd, twin }) => initrd !== null && !twin);
  test.for(kernels)('carries files both ways for $name', async (kernel, { skip }) => {
    const hostPort = await freePort();
    const session = await onTheNetwork(kernel, hostPort);
    if (session === null) return skip('the kernel has no virtio network driver');
    expect((await session.run(`ping -c 1 ${GATEWAY}`)).output).toMatch(/ 0% packet loss/);
    await fetchesOverHttp(session);
    await sendsOut(session);
    await receivesThroughForward(session, hostPort);
    session.type('poweroff -f\n');
    expect(await session.end()).toMatchObject({ code: 0, errors: '' });
  });
});

/** What udhcpc calls with the lease in its environment. The RAM disk may have no such script of its own. */
const LEASE_SCRIPT = [
  '#!/bin/sh',
  '[ "$1" = bound ] || exit 0',
  'ifconfig $interface $ip netmask $subnet',
  'route add default gw $router',
].join('\\n');

/** A shell on a guest with an address; null where the kernel has no card. */
async function onTheNetwork(kernel: ShelfKernel, hostPort: number): Promise<LinuxSession | null> {
  const options = ['--net', `user,forward=${hostPort}:${GUEST_PORT}`];
  const session = await bootToShell(kernel, { options });
  if ((await session.run('ifconfig eth0 up')).status !== 0) return null;
  await session.run(`mkdir -p /tmp; printf '${LEASE_SCRIPT}\\n' > /tmp/lease; chmod +x /tmp/lease`);
  expect(await session.run('udhcpc -i eth0 -n -q -s /tmp/lease')).toMatchObject({ status: 0 });
  expect((await session.run('ifconfig eth0')).output).toMatch(/inet addr:10\.0\.2\.\d+ /);
  return session;
}

async function fetchesOverHttp(session: LinuxSession): Promise<void> {
  const server = createHttpServer((_, response) => response.end(payload));
  const port = await listening(server);
  const { output } = await session.run(`wget -q -O - http://${GATEWAY}:${port}/file | md5sum`);
  expect(output).toBe(`${md5(payload)}  -\n`);
}

async function sendsOut(session: LinuxSession): Promise<void> {
  const received: Buffer[] = [];
  const server = createServer((socket) => socket.on('data', (bytes) => received.push(bytes)));
  const port = await listening(server);
  const make = 'dd if=/dev/urandom of=/tmp/out bs=1024 count=2048 2>/dev/null; cat /tmp/out /tmp/out > /tmp/twice';
  expect(await session.run(make)).toEqual({ status: 0, output: '' });
  expect(await session.run(`nc ${GATEWAY} ${port} < /tmp/twice`)).toMatchObject({ status: 0 });
  const { output } = await session.run('md5sum < /tmp/twice; rm /tmp/out /tmp/twice');
  expect(output).toBe(`${md5(Buffer.concat(received))}  -\n`);
}

async function receivesThroughForward(session: LinuxSession, hostPort: number): Promise<void> {
  await session.run(`(nc -l -p ${GUEST_PORT} < /dev/null | md5sum > /tmp/sum) & sleep 1`);
  await sendIn(hostPort);
  const { output } = await session.run('wait; cat /tmp/sum');
  expect(output).toContain(`${md5(payload)}  -\n`);
}

function sendIn(hostPort: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(hostPort, '127.0.0.1');
    socket.on('error', reject).on('close', () => resolve());
    socket.resume().end(payload);
  });
}

async function listening(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port; // it listens on TCP
}

/** A port nobody listened on a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  await new Promise((resolve) => server.close(resolve));
  return port;
}
