/** Requests and events over a carrier that is two lists. */

import { expect, test } from 'vitest';
import type { ToMain } from '../../../core/protocol/messages.ts';
import { defaultPreferences } from '../../../core/protocol/preferences.ts';
import { connectOver } from '../../../renderer/carriers/requests.ts';
import { RefusedRequest } from '../../../renderer/connection.ts';

function connected() {
  const sent: ToMain[] = [];
  return { sent, ...connectOver((message) => sent.push(message)) };
}

test('an answer finds its question, whatever the order', async () => {
  const { sent, receive, connection } = connected();
  const [first, second] = [connection.ask('app.log', {}), connection.ask('library.list', {})];
  expect(sent.map(({ kind, method }) => [kind, method])).toEqual([
    ['request', 'app.log'],
    ['request', 'library.list'],
  ]);
  const late = [{ at: 'now', level: 'fine', machine: '', sentence: 'late' }];
  receive({ kind: 'answer', number: sent[1].number, value: [] });
  receive({ kind: 'answer', number: sent[0].number, value: late });
  expect(await second).toEqual([]);
  expect(await first).toEqual(late);
});

test('a refusal is one, with its sentence', async () => {
  const { sent, receive, connection } = connected();
  const asked = connection.ask('machine.start', { id: 'a' });
  receive({ kind: 'refusal', number: sent[0].number, sentence: 'there is no such machine' });
  await expect(asked).rejects.toThrow(new RefusedRequest('there is no such machine'));
});

test('an answer nobody waits for is let go', () => {
  const { receive } = connected();
  expect(() => receive({ kind: 'answer', number: 99, value: 1 })).not.toThrow();
});

test('events go to those who listen for them, until they stop', () => {
  const { receive, connection } = connected();
  const heard: string[] = [];
  const stop = connection.on('preferences', ({ theme }) => heard.push(`first ${theme}`));
  connection.on('preferences', ({ theme }) => heard.push(`second ${theme}`));
  connection.on('library', () => heard.push('library'));
  const tell = () => receive({ kind: 'event', name: 'preferences', value: defaultPreferences });
  tell();
  stop();
  tell();
  expect(heard).toEqual(['first system', 'second system', 'second system']);
});

test('once main is gone everything is refused, what was asked before too, and it is told once', async () => {
  const { sent, lose, connection } = connected();
  let told = 0;
  connection.onLost(() => told++);
  connection.onLost(() => {})();
  const before = connection.ask('app.log', {});
  expect(connection.alive).toBe(true);
  lose();
  lose();
  await expect(before).rejects.toBeInstanceOf(RefusedRequest);
  await expect(connection.ask('app.log', {})).rejects.toBeInstanceOf(RefusedRequest);
  expect([connection.alive, told, sent.length]).toEqual([false, 1, 1]);
});
