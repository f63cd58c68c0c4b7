/** The web front over real sockets: what it hands out, to whom, and what it says about it. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode } from '@msgpack/msgpack';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { socketPath, socketProtocol, tokenProtocol } from '../../../core/protocol/socket.ts';
import { readPageFiles } from '../../../main/fronts/page-files.ts';
import { serveWeb, type WebFront } from '../../../main/fronts/web-server.ts';
import { type FakeWorkstation, fakeWorkstation } from './fake-workstation.ts';

const TOKEN = 'a-token-of-some-length';
let folder = '';
let front: WebFront;
let workstation: FakeWorkstation;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'astride-web-'));
  const page = join(folder, 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<p>hello</p>');
  writeFileSync(join(page, 'assets', 'index.js'), 'export {};');
  writeFileSync(join(page, 'notes.txt'), 'of a kind no page needs');
  writeFileSync(join(folder, 'secret.js'), 'outside');
  workstation = fakeWorkstation();
  front = await serveWeb({ workstation, files: readPageFiles(page), token: TOKEN, port: 0 });
});
afterAll(async () => {
  await front.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Not `fetch`, which tidies paths and hosts up before anybody can be attacked with them. */
function ask(path: string, change: { method?: string; host?: string } = {}): Promise<Answer> {
  const { port } = new URL(front.address);
  const headers = { host: change.host ?? `127.0.0.1:${port}` };
  return new Promise((resolve, reject) => {
    const asked = request({ port, path, method: change.method ?? 'GET', headers, host: '127.0.0.1' }, (answer) => {
      let text = '';
      answer.on('data', (bytes) => {
        text += bytes;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('files', () => {
  test('come with their type', async () => {
    expect(await ask('/')).toMatchObject({ status: 200, text: '<p>hello</p>' });
    expect((await ask('/')).headers['content-type']).toBe('text/html; charset=utf-8');
    const script = await ask('/assets/index.js?v=1');
    expect([script.status, script.headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8']);
    expect(await ask('/', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });

  test.each([
    '/../secret.js',
    '/assets/../../secret.js',
    '/%2e%2e/secret.js',
    '/..%2fsecret.js',
    '/..\\secret.js',
    '//secret.js',
    '/assets//index.js',
    '/notes.txt',
    '/assets',
    '/__proto__',
    '/index.html%00.js',
  ])('%s is not one', async (path) => {
    expect(await ask(path)).toMatchObject({ status: 404, text: 'There is no such file.\n' });
  });

  test('can only be read', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect((await ask('/', { method })).status).toBe(405);
  });

  test('are for those who came by our own name', async () => {
    for (const host of ['localhost:1234', '[::1]:80', '127.0.0.1']) expect((await ask('/', { host })).status).toBe(200);
    for (const host of ['example.org', '127.0.0.1.example.org', 'localhost:1:2', '127.0.0.1:80 x']) {
      expect((await ask('/', { host })).status).toBe(421);
    }
  });
});

describe('what is said about each file', () => {
  test('lets the page run our scripts, talk to us, and nothing else', async () => {
    const { headers } = await ask('/');
    const policy = new Map(
      String(headers['content-security-policy'])
        .split('; ')
        .map((line) => [line.split(' ')[0], line.split(' ').slice(1).join(' ')]),
    );
    expect(policy.get('default-src')).toBe("'none'");
    expect(policy.get('script-src')).toBe("'self'");
    expect(policy.get('connect-src')).toBe(`'self' ${front.address.replace('http', 'ws')}`);
    expect(policy.get('frame-ancestors')).toBe("'none'");
    expect(policy.get('base-uri')).toBe("'none'");
  });

  test('isolates the page from all others', async () => {
    for (const path of ['/', '/assets/index.js', '/missing']) {
      expect((await ask(path)).headers).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
    }
  });
});

function open(change: { token?: string; origin?: string; path?: string } = {}): Promise<WebSocket> {
  const socket = new WebSocket(
    `${front.address.replace('http', 'ws')}${change.path ?? socketPath}`,
    [socketProtocol, tokenProtocol(change.token ?? TOKEN)],
    { origin: change.origin ?? front.address },
  );
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(socket));
    socket.on('error', reject);
  });
}

describe('a window', () => {
  test('with the token is let in, and messages go both ways', async () => {
    const socket = await open();
    expect(socket.protocol).toBe(socketProtocol);
    const message = { kind: 'request', number: 3, method: 'app.about', argument: { bytes: new Uint8Array([1, 2]) } };
    socket.send(encode(message));
    await expect.poll(() => workstation.received).toContainEqual(message);
    const heard = new Promise((resolve) =>
      socket.once('message', (bytes: Buffer) => resolve(decode(new Uint8Array(bytes)))),
    );
    const answer = { kind: 'answer', number: 3, value: { here: new Uint8Array([7]) } } as const;
    workstation.windows.at(-1)?.send(answer);
    expect(await heard).toEqual(answer);
    const before = workstation.closed;
    socket.close();
    await expect.poll(() => workstation.closed).toBe(before + 1);
  });

  test.each([
    ['a wrong token', { token: 'a-token-of-some-lengtH' }, 'its token is wrong'],
    ['no token', { token: '' }, 'its token is wrong'],
    ['another page', { origin: 'http://127.0.0.1:1' }, 'it came from a page that is not ours'],
    ['a page in a frame without origin', { origin: 'null' }, 'it came from a page that is not ours'],
    ['another door', { path: '/socket?again' }, 'there is no such door'],
  ])('with %s is not, whatever else is right', async (_, change, why) => {
    const before = workstation.windows.length;
    await expect(open(change)).rejects.toThrow('403');
    expect(workstation.windows).toHaveLength(before);
    expect(workstation.logged.at(-1)).toBe(`A window was refused: ${why}.`);
    expect(workstation.logged.join().toLowerCase()).not.toContain(TOKEN);
  });

  test('that sends no msgpack, or text, is heard as having said nothing', async () => {
    const socket = await open();
    const before = workstation.received.length;
    socket.send(new Uint8Array([0xc1]));
    socket.send('{"kind":"request"}');
    socket.send(new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff]));
    await expect.poll(() => workstation.received.slice(before)).toEqual([undefined, undefined, undefined]);
    socket.close();
  });

  test('that shouts is cut off', async () => {
    const socket = await open();
    const code = new Promise((resolve) => socket.once('close', resolve));
    socket.send(new Uint8Array(1024 * 1024 + 1));
    expect(await code).toBe(1009);
    expect(workstation.logged.at(-1)).toContain('A window was cut off');
  });
});

test('a stranger who hangs up in the middle of knocking changes nothing', async () => {
  const { port } = new URL(front.address);
  const stream = connect(Number(port), '127.0.0.1');
  stream.write(`GET ${socketPath} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`);
  stream.resetAndDestroy();
  expect((await ask('/')).status).toBe(200);
});

test('a port that is taken is refused', async () => {
  const port = Number(new URL(front.address).port);
  await expect(serveWeb({ workstation, files: new Map(), token: TOKEN, port })).rejects.toThrow('EADDRINUSE');
});
