/**
 * Windows of the desktop front: a page asks through its preload script, and gets one end of a port whose other end is the
 * workstation's.  Asked by anybody else, main stays silent and writes it down.
 */

import { type BrowserWindow, type IpcMainEvent, ipcMain, MessageChannelMain } from 'electron';
import type { CommandName } from '../../core/protocol/commands.ts';
import { portOffer, portWish } from '../../core/protocol/desktop-port.ts';
import type { ToWindow } from '../../core/protocol/messages.ts';
import type { WindowEnd, Workstation } from '../workstation/parts.ts';
import { askForFile } from './file-dialog.ts';
import { isOwnPage } from './own-page.ts';

export interface PortWindows {
  /** Tells the page which command was chosen outside it. */
  command(name: CommandName): void;
}

/** Lets the page of `window` talk to the workstation, anew after every reload. */
export function connectPage(window: BrowserWindow, workstation: Workstation): PortWindows {
  let send: WindowEnd['send'] = () => {};
  ipcMain.on(portWish, (event) => {
    const objection = objectionTo(event, window);
    if (objection) workstation.log('warning', '', `A window was refused: ${objection}.`);
    else send = openPort(event, window, workstation);
  });
  return { command: (name) => send({ kind: 'event', name: 'command', value: name }) };
}

/** Only the main frame of our own window, showing our own page. */
function objectionTo({ sender, senderFrame }: IpcMainEvent, window: BrowserWindow): string | null {
  if (sender !== window.webContents) return 'it is not the one we opened';
  if (senderFrame === null || senderFrame !== sender.mainFrame) return 'a frame inside it asked';
  return isOwnPage(senderFrame.url) ? null : 'it shows a page that is not ours';
}

function openPort(event: IpcMainEvent, window: BrowserWindow, workstation: Workstation): WindowEnd['send'] {
  const { port1: ours, port2: theirs } = new MessageChannelMain();
  const send = (message: ToWindow) => ours.postMessage(message);
  const end = workstation.connect({
    send,
    chooseFile: (purpose, suggestedName) => askForFile(window, purpose, suggestedName),
  });
  ours.on('message', ({ data }) => end.receive(data));
  ours.on('close', () => end.close());
  ours.start();
  event.sender.postMessage(portOffer, null, [theirs]);
  return send;
}
