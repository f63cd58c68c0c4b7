import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConsoleChunk } from '../../../core/protocol/counting.ts';
import { RefusedRequest } from '../../../renderer/connection.ts';
import { ConsoleStream } from '../../../renderer/machine/console-stream.ts';
import { type FakeMain, fakeMain } from './fake-main.ts';

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const chunk = (run: number, at: number, text: string): ConsoleChunk => ({
  id: 'one',
  run,
  at,
  bytes: new TextEncoder().encode(text),
});

interface Seen {
  text: string;
  readonly asides: string[];
  /** Callbacks of what was written and not yet drawn. */
  readonly undrawn: (() => void)[];
}

function listenTo(main: FakeMain, isHidden = () => false) {
  const seen: Seen = { text: '', asides: [], undrawn: [] };
  const stream = new ConsoleStream(
    main.connection,
    'one',
    {
      write: (bytes, drawn) => {
        seen.text += new TextDecoder().decode(bytes);
        seen.undrawn.push(drawn);
      },
      beginRun: (run, isFirst) => void seen.asides.push(`run ${run}${isFirst ? ', the first' : ''}`),
      skip: (bytes) => void seen.asides.push(`skipped ${bytes}`),
    },
    isHidden,
  );
  const draw = () => {
    for (const drawn of seen.undrawn.splice(0)) drawn();
  };
  return { seen, stream, draw };
}

const opening = (...answers: { run: number; at: number }[]) => {
  const left = [...answers];
  return (): { run: number; at: number } => (left.length > 1 ? left.shift()! : left[0]);
};

describe('what a machine printed', () => {
  test('arrives from the beginning, in order', async () => {
    const main = fakeMain({ 'console.open': opening({ run: 1, at: 0 }) });
    const { seen, stream } = listenTo(main);
    stream.open();
    await settled();
    main.tell('console', chunk(1, 0, 'Hello, '));
    main.tell('console', { ...chunk(1, 0, 'somebody else'), id: 'two' });
    main.tell('console', chunk(1, 7, 'world'));
    expect(seen).toMatchObject({ text: 'Hello, world', asides: ['run 1, the first'] });
  });

  test('waits for the answer that says where it begins, even if it overtakes it', async () => {
    const main = fakeMain({ 'console.open': opening({ run: 4, at: 3 }) });
    const { seen, stream } = listenTo(main);
    stream.open();
    main.tell('console', chunk(4, 3, 'abc'));
    expect(seen.text).toBe('');
    await settled();
    expect(seen).toMatchObject({ text: 'abc', asides: ['run 4, the first', 'skipped 3'] });
  });

  test('is not written twice where chunks overlap', async () => {
    const main = fakeMain({ 'console.open': opening({ run: 1, at: 0 }) });
    const { seen, stream } = listenTo(main);
    stream.open();
    await settled();
    for (const one of [chunk(1, 0, 'abc'), chunk(1, 1, 'bcd'), chunk(1, 0, 'ab'), chunk(1, 4, 'e')]) {
      main.tell('console', one);
    }
    expect(seen.text).toBe('abcde');
  });

  test('is asked for again where something is missing', async () => {
    const main = fakeMain({ 'console.open': opening({ run: 1, at: 0 }, { run: 1, at: 3 }) });
    const { seen, stream } = listenTo(main);
    stream.open();
    await settled();
    main.tell('console', chunk(1, 0, 'abc'));
    main.tell('console', chunk(1, 5, 'fg'));
    expect(seen.text).toBe('abc');
    main.tell('console', chunk(1, 3, 'de'));
    main.tell('console', chunk(1, 5, 'fg'));
    await settled();
    main.tell('console', chunk(1, 3, 'de'));
    main.tell('console', chunk(1, 5, 'fg'));
    await settled();
    main.tell('console', chunk(1, 7, 'h'));
    await settled();
    expect(seen).toMatchObject({ text: 'abcdefgh', asides: ['run 1, the first'] });
    expect(main.asked('console.open').at(-1)).toEqual({ id: 'one', at: 3 });
  });

  test('is said to be gone where asking again brings nothing, rather than asked for for ever', async () => {
    const main = fakeMain({ 'console.open': opening({ run: 1, at: 0 }) });
    const { seen, stream } = listenTo(main);
    stream.open();
    await settled();
    for (let n = 0; n < 20; n++) {
      main.tell('console', chunk(1, 10 + n, 'x'));
      await settled();
    }
    expect(seen.asides).toContain('skipped 10');
    expect(seen.text).toBe('x'.repeat(20));
    expect(main.asked('console.open').length).toBeLessThan(8);
  });

  test('begins anew with a new run, and stray chunks of the old one are dropped', async () => {
    const main = fakeMain({ 'console.open': opening({ run: 1, at: 0 }) });
    const { seen, stream } = listenTo(main);
    stream.open();
    await settled();
    main.tell('console', chunk(1, 0, 'old'));
    main.tell('console', chunk(2, 0, 'new'));
    main.tell('console', chunk(1, 3, 'late'));
    expect(seen).toMatchObject({ text: 'oldnew', asides: ['run 1, the first', 'run 2'] });
  });

  test('is still the first when the run before it printed nothing', async () => {
    const main = fakeMain({ 'console.open': opening({ run: 0, at: 0 }) });
    const { seen, stream } = listenTo(main);
    stream.open();
    await settled();
    main.tell('console', chunk(1, 0, 'hello'));
    expect(seen.asides).toEqual(['run 0, the first', 'run 1, the first']);
  });

  test('is read from its beginning when a new run began while nobody listened', async () => {
    let hidden = false;
    const main = fakeMain({
      'console.open': opening({ run: 1, at: 0 }, { run: 2, at: 700_000 }, { run: 2, at: 0 }),
    });
    const { seen, stream } = listenTo(main, () => hidden);
    stream.open();
    await settled();
    hidden = true;
    main.tell('console', chunk(1, 0, 'x'.repeat(2_000_000)));
    await settled();
    expect(main.asked('console.close')).toHaveLength(1);
    hidden = false;
    stream.resume();
    await settled();
    main.tell('console', chunk(2, 0, 'second run'));
    expect(main.asked('console.open').map(({ at }) => at)).toEqual([0, 2_000_000, 0]);
    expect(seen.text.endsWith('xsecond run')).toBe(true);
  });

  test('is asked for again after a refusal, once somebody says that things have changed', async () => {
    let refuse = true;
    const main = fakeMain({
      'console.open': () => {
        if (refuse) throw new RefusedRequest('it does not run');
        return { run: 1, at: 0 };
      },
    });
    const { seen, stream } = listenTo(main);
    stream.open();
    await settled();
    refuse = false;
    stream.resume();
    await settled();
    main.tell('console', chunk(1, 0, 'now'));
    expect(seen.text).toBe('now');
  });

  test('arrives whole and in order, however it is cut up and whatever of it comes twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(40), fc.nat(10)), { maxLength: 60 }), async (cuts) => {
        const main = fakeMain({ 'console.open': opening({ run: 1, at: 0 }) });
        const { seen, stream } = listenTo(main);
        stream.open();
        await settled();
        const all = Array.from({ length: 2500 }, (_, n) => String.fromCharCode(97 + (n % 26))).join('');
        let sent = 0;
        for (const [length, overlap] of cuts) {
          const at = Math.max(0, sent - overlap);
          main.tell('console', chunk(1, at, all.slice(at, sent + length)));
          sent += length;
        }
        expect(seen.text).toBe(all.slice(0, sent));
      }),
      { numRuns: 50 },
    );
  });
});

describe('what has been drawn', () => {
  test('is acknowledged when all is, and in steps while more is waiting', async () => {
    const main = fakeMain({ 'console.open': opening({ run: 1, at: 0 }) });
    const { seen, stream } = listenTo(main);
    stream.open();
    await settled();
    for (let at = 0; at < 200_000; at += 1000) main.tell('console', chunk(1, at, 'x'.repeat(1000)));
    expect(main.asked('console.drawn')).toEqual([]);
    while (seen.undrawn.length > 0) seen.undrawn.shift()!();
    const acknowledged = main.asked('console.drawn').map(({ at }) => at);
    expect(acknowledged).toEqual([66_000, 132_000, 198_000, 200_000]);
  });

  test('of a run that is over is kept to oneself', async () => {
    const main = fakeMain({ 'console.open': opening({ run: 1, at: 0 }) });
    const { stream, draw } = listenTo(main);
    stream.open();
    await settled();
    main.tell('console', chunk(1, 0, 'a'.repeat(100)));
    main.tell('console', chunk(2, 0, 'b'));
    draw();
    expect(main.asked('console.drawn')).toEqual([{ id: 'one', at: 1 }]);
  });

  test('ends the replay of what was printed before anybody looked', async () => {
    const main = fakeMain({ 'console.open': opening({ run: 1, at: 0 }) });
    const { stream, draw } = listenTo(main);
    stream.open();
    await settled();
    main.tell('console', chunk(1, 0, 'a'));
    expect(stream.replaying).toBe(true);
    draw();
    expect(stream.replaying).toBe(false);
  });
});
