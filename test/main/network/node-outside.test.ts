import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutsideStream } from '../../../core/launcher/network/outside.ts';
import { NodeOutside } from '../../../main/network/node-outside.ts';
import { UsageError } from '../../../main/usage-error.ts';
import { freePort, Heard, serve, until } from './loopback.ts';

const LOOPBACK = '127.0.0.1';
const text = (words: string) => new Uint8Array(Buffer.from(words));

let notes = 0;
let outside: NodeOutside;
let servers: Server[] = [];
beforeEach(() => {
  notes = 0;
  outside = new NodeOutside(() => notes++);
});
afterEach(() => {
  outside.close();
  for (const server of servers) server.close();
  servers = [];
});

async function serving(onSocket: (socket: Socket) => void): Promise<number> {
  const { server, port } = await serve(onSocket);
  servers.push(server);
  return port;
}

describe('a stream to this computer', () => {
  it('carries bytes both ways and notes every arrival', async () => {
    const port = await serving((socket) => socket.on('data', (bytes) => socket.write(`you said ${bytes}`)));
    const heard = new Heard();
    const stream = outside.connect(LOOPBACK, port, heard);
    expect(heard.isConnected).toBe(false);
    await until(() => heard.isConnected);
    expect(notes).toBe(1);
    expect(stream.write(text('hello'))).toBe(true);
    await until(() => heard.text === 'you said hello');
    expect(notes).toBeGreaterThan(1);
  });

  it('ends one way at a time', async () => {
    const port = await serving((socket) => {
      let all = '';
      socket.on('data', (bytes) => {
        all += bytes;
      });
      socket.on('end', () => socket.end(all.toUpperCase()));
    });
    const heard = new Heard();
    const stream = outside.connect(LOOPBACK, port, heard);
    stream.write(text('first all of this'));
    stream.end();
    await until(() => heard.hasEnded);
    expect(heard.text).toBe('FIRST ALL OF THIS');
    expect(heard.failure).toBeNull();
  });

  it('hears that the other side ended and may go on sending', async () => {
    let all = '';
    const port = await serving((socket) => {
      socket.on('data', (bytes) => {
        all += bytes;
      });
      socket.end('that is all');
    });
    const heard = new Heard();
    const stream = outside.connect(LOOPBACK, port, heard);
    await until(() => heard.hasEnded);
    stream.write(text('not for me'));
    stream.end();
    await until(() => all === 'not for me');
  });

  it('is refused where nobody listens', async () => {
    const heard = new Heard();
    const stream = outside.connect(LOOPBACK, await freePort(), heard);
    await until(() => heard.failure !== null);
    expect(heard.failure).toBe('refused');
    expect(heard.isConnected).toBe(false);
    // The router may not know yet.
    stream.write(text('hello?'));
    stream.end();
    stream.destroy();
  });

  it.each([
    ['255.255.255.255', 9],
    [LOOPBACK, 0],
  ])('fails at %s:%i and throws nothing', async (address, port) => {
    const heard = new Heard();
    outside.connect(address, port, heard);
    await until(() => heard.failure !== null);
    expect(['unreachable', 'refused']).toContain(heard.failure);
  });

  it('says that it was reset', async () => {
    const port = await serving((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const heard = new Heard();
    const stream = outside.connect(LOOPBACK, port, heard);
    stream.write(text('x'));
    await until(() => heard.failure !== null);
    expect(heard.failure).toBe('reset');
  });

  it('says nothing more once destroyed, and the other side hears of it', async () => {
    const sockets: Socket[] = [];
    const port = await serving((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
    });
    const heard = new Heard();
    const stream = outside.connect(LOOPBACK, port, heard);
    await until(() => sockets.length === 1);
    const closed = new Promise((resolve) => sockets[0].once('close', resolve));
    sockets[0].write('you will not hear this');
    stream.destroy();
    sockets[0].resume();
    await closed;
    expect(heard.byteCount).toBe(0);
    expect(heard.hasEnded).toBe(false);
    expect(heard.failure).toBeNull();
    stream.destroy();
  });

  it('pauses, and loses nothing', async () => {
    const megabyte = 1 << 20;
    const port = await serving((socket) => socket.end(Buffer.alloc(4 * megabyte, 'z')));
    const heard = new Heard();
    const stream = outside.connect(LOOPBACK, port, heard);
    await until(() => heard.byteCount > 0);
    stream.pause();
    const before = heard.byteCount;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard.byteCount).toBe(before);
    expect(heard.hasEnded).toBe(false);
    stream.resume();
    await until(() => heard.hasEnded);
    expect(heard.byteCount).toBe(4 * megabyte);
  });

  it('asks a writer to wait while nobody reads, and says when to go on', async () => {
    const sockets: Socket[] = [];
    const port = await serving((socket) => void sockets.push(socket.pause()));
    const heard = new Heard();
    const stream = outside.connect(LOOPBACK, port, heard);
    await until(() => heard.isConnected && sockets.length === 1);
    const chunk = new Uint8Array(64 * 1024).fill(1);
    let sent = 0;
    for (let full = false; !full; sent += chunk.length) {
      full = !stream.write(chunk);
      if (full && heard.drains === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      if (heard.drains > 0) full = false;
      heard.drains = 0;
    }
    let received = 0;
    sockets[0].on('data', (bytes) => {
      received += bytes.length;
    });
    sockets[0].resume();
    await until(() => heard.drains > 0 && received === sent);
  });

  it('is refused when the guest has opened more than its share', async () => {
    const port = await serving((socket) => void socket.on('error', () => {}));
    const all = Array.from({ length: 520 }, () => new Heard());
    for (const heard of all) outside.connect(LOOPBACK, port, heard);
    await until(() => all.every(({ isConnected, failure }) => isConnected || failure !== null));
    expect(all.filter(({ failure }) => failure === 'refused').length).toBe(8);
  });
});

describe('a forward', () => {
  it('hands in every caller on 127.0.0.1', async () => {
    const port = await freePort();
    const heard = new Heard();
    const streams: OutsideStream[] = [];
    outside.listen(port, (stream) => {
      streams.push(stream);
      return heard;
    });
    await outside.listening();
    const caller = connect(port, LOOPBACK);
    caller.write('knock');
    await until(() => heard.text === 'knock');
    streams[0].write(text('who is there?'));
    const [answer] = await once(caller, 'data');
    expect(`${answer}`).toBe('who is there?');
    caller.end();
    await until(() => heard.hasEnded);
    streams[0].end();
    await once(caller, 'close');
  });

  it('can hold a caller at the door', async () => {
    const port = await freePort();
    const heard = new Heard();
    const streams: OutsideStream[] = [];
    outside.listen(port, (stream) => {
      stream.pause();
      streams.push(stream);
      return heard;
    });
    await outside.listening();
    const caller = connect(port, LOOPBACK);
    caller.end('in a hurry');
    await until(() => streams.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard.byteCount).toBe(0);
    streams[0].resume();
    await until(() => heard.hasEnded);
    expect(heard.text).toBe('in a hurry');
  });

  it('says in one sentence that a port is taken', async () => {
    const port = await serving(() => {});
    outside.listen(port, () => new Heard());
    await expect(outside.listening()).rejects.toThrow(UsageError);
    await expect(outside.listening()).rejects.toThrow(`port ${port} of this computer is taken`);
  });

  it('gives its port back', async () => {
    const port = await freePort();
    const listener = outside.listen(port, () => new Heard());
    await outside.listening();
    listener.close();
    listener.close();
    const { server } = await serve(() => {});
    server.close();
    const next = new NodeOutside(() => {});
    next.listen(port, () => new Heard());
    await next.listening();
    next.close();
  });
});

describe('datagrams', () => {
  it('go there and come back, and say from where', async () => {
    const echo = createSocket('udp4');
    echo.on('message', (bytes, { port, address }) => echo.send(`again: ${bytes}`, port, address));
    await new Promise<void>((resolve) => echo.bind(0, LOOPBACK, resolve));
    const { port } = echo.address();
    const heard: [string, number, string][] = [];
    const datagrams = outside.openDatagrams((address, from, bytes) =>
      heard.push([address, from, Buffer.from(bytes).toString()]),
    );
    datagrams.send(LOOPBACK, port, text('one'));
    await until(() => heard.length === 1);
    expect(heard).toEqual([[LOOPBACK, port, 'again: one']]);
    expect(notes).toBe(1);
    datagrams.close();
    datagrams.send(LOOPBACK, port, text('two'));
    datagrams.close();
    echo.close();
  });

  it.each([
    ['port 0', LOOPBACK, 0, 10],
    ['everybody', '255.255.255.255', 9, 10],
    ['nowhere', '0.0.0.1', 9, 10],
    ['more than fits', LOOPBACK, 9, 70_000],
  ])('to %s are lost in silence', async (_where, address, port, bytes) => {
    const datagrams = outside.openDatagrams(() => {});
    datagrams.send(address, port, new Uint8Array(bytes));
    await new Promise((resolve) => setTimeout(resolve, 10));
    datagrams.close();
  });
});

describe('names', () => {
  const ask = (name: string) =>
    new Promise<readonly string[]>((resolve) => {
      outside.resolve(name, resolve);
    });

  it('are looked up as this computer does', async () => {
    expect(await ask('localhost')).toContain(LOOPBACK);
    expect(notes).toBe(1);
  });

  it.each([[''], ['.'], ['a b'], ['a\0b'], ['-x'], ['a..b'], ['x'.repeat(300)], ['ä.example'], ['nobody.invalid']])(
    'that cannot be ("%s") have no address',
    async (name) => {
      expect(await ask(name)).toEqual([]);
    },
  );

  it('are not looked up for ever more askers', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask('localhost')));
    expect(answers.filter((addresses) => addresses.length > 0).length).toBe(16);
  });
});
