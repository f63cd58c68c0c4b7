/**
 * The terminal of one machine, with everything between it and the guest: what was printed flows in, what is typed flows
 * out.  It lives outside React, because its lines must outlast every tab and every drawing of the view; a view only borrows
 * its element.
 */

import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebglAddon } from '@xterm/addon-webgl';
import { Terminal } from '@xterm/xterm';
import type { Connection } from '../connection.ts';
import { isMac } from '../shell/computer.ts';
import { grouped } from './amounts.ts';
import { ConsoleStream } from './console-stream.ts';
import { hasGraphicsCard } from './graphics-card.ts';
import { onTheme, property, terminalTheme } from './paints.ts';
import { ownerOf } from './terminal-keys.ts';
import { bytesOf, bytesOfBinary, Typing } from './typing.ts';

export interface TerminalLook {
  readonly fontSize: number;
  readonly scrollbackLines: number;
  readonly screenReader: boolean;
}

/** A guest is told of a new size once a person has stopped dragging. */
const RESIZE_PAUSE_MS = 150;
const MONOSPACED = 'ui-monospace, "Cascadia Mono", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';
/**
 * Ends a half-written escape sequence, then undoes modes, the other screen and colours a dead guest left behind.  1047 and
 * not 1049, which would also put the cursor where it was saved last, over what the old run printed.
 */
const TIDY = '\x18\x1b[!p\x1b[?1047l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?2004l\x1b[?25h\x1b[0m';
/** Answers of a terminal to what it was asked: where the cursor is, what it can do, its colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const ANSWER = /^\x1b(\[[?>=]?[\d;]*[Rcn]|\].*|P.*)$/s;

export class MachineTerminal {
  readonly terminal: Terminal;
  readonly search = new SearchAddon();
  readonly stream: ConsoleStream;
  /** Somebody typed while nobody was there to read it, or what was typed could not be sent. */
  onUnheard: () => void = () => {};
  private readonly host = document.createElement('div');
  private readonly fitting = new FitAddon();
  private readonly typing: Typing;
  private readonly connection: Connection;
  private readonly id: string;
  private readonly ends: (() => void)[] = [];
  private webgl: WebglAddon | null = null;
  private live = false;
  private resizeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection, id: string, look: TerminalLook) {
    this.connection = connection;
    this.id = id;
    this.host.className = 'machine-terminal-host';
    this.terminal = newTerminal(look);
    for (const addon of [this.fitting, this.search, new Unicode11Addon()]) this.terminal.loadAddon(addon);
    this.terminal.unicode.activeVersion = '11';
    this.typing = new Typing(
      (bytes) => connection.ask('machine.type', { id, bytes }),
      () => this.onUnheard(),
    );
    this.stream = new ConsoleStream(connection, id, this.sink(), () => document.hidden);
    this.listen();
    this.stream.open();
  }

  /** Shows the terminal in this element; the one it was in before loses it. */
  attach(parent: HTMLElement): void {
    parent.append(this.host);
    if (this.terminal.element === undefined) this.terminal.open(this.host);
    this.drawByWebgl();
    this.fit();
  }

  /** Graphics contexts are few, so a terminal nobody sees gives its own back. */
  detach(): void {
    this.webgl?.dispose();
    this.webgl = null;
    this.host.remove();
  }

  show({ fontSize, scrollbackLines, screenReader }: TerminalLook): void {
    const { options } = this.terminal;
    if (options.scrollback !== scrollbackLines) options.scrollback = scrollbackLines;
    if (options.screenReaderMode !== screenReader) options.screenReaderMode = screenReader;
    if (options.fontSize === fontSize) return;
    options.fontSize = fontSize;
    this.fit();
  }

  /** Whether somebody is there to read what is typed. A machine that just came to life learns the size of its console. */
  setLive(live: boolean): void {
    if (live === this.live) return;
    this.live = live;
    this.stream.resume();
    if (live) this.tellSize();
  }

  /** As many columns and rows as there is room for. */
  fit(): void {
    if (this.host.clientWidth === 0 || this.host.clientHeight === 0) return;
    this.fitting.fit();
  }

  paste(text: string): void {
    if (this.live) this.terminal.paste(text);
    else this.onUnheard();
  }

  /** Everything in the scrollback and on the screen, wrapped lines joined, trailing empty ones dropped. */
  text(): string {
    const { active } = this.terminal.buffer;
    let text = '';
    for (let index = 0; index < active.length; index++) {
      const line = active.getLine(index);
      const wraps = active.getLine(index + 1)?.isWrapped ?? false;
      text += line?.translateToString(!wraps) ?? '';
      if (!wraps) text += '\n';
    }
    return text.trimEnd();
  }

  dispose(): void {
    clearTimeout(this.resizeTimer);
    for (const end of this.ends) end();
    this.stream.close();
    this.detach();
    this.terminal.dispose();
  }

  private listen(): void {
    const { terminal, host } = this;
    terminal.onData((data) => this.type(bytesOf(data), data));
    terminal.onBinary((data) => this.type(bytesOfBinary(data), ''));
    terminal.onResize(() => {
      clearTimeout(this.resizeTimer);
      this.resizeTimer = setTimeout(() => this.tellSize(), RESIZE_PAUSE_MS);
    });
    terminal.attachCustomKeyEventHandler((event) => this.keepFromBrowser(event));
    const unheard = (event: Event) => {
      const isKey = event instanceof KeyboardEvent;
      if (!this.live && (!isKey || (event.key.length === 1 && !event.ctrlKey && !event.metaKey))) this.onUnheard();
    };
    host.addEventListener('keydown', unheard, true);
    host.addEventListener('paste', unheard, true);
    const seen = () => {
      if (!document.hidden) this.stream.resume();
    };
    document.addEventListener('visibilitychange', seen);
    this.ends.push(
      () => document.removeEventListener('visibilitychange', seen),
      onTheme(() => {
        terminal.options.theme = terminalTheme();
      }),
    );
  }

  /** False for keys xterm shall leave alone. */
  private keepFromBrowser(event: KeyboardEvent): boolean {
    const owner = ownerOf(event, isMac());
    if (owner === 'browser') event.stopPropagation();
    return owner === 'guest';
  }

  private type(bytes: Uint8Array, text: string): void {
    if (!this.live || (this.stream.replaying && ANSWER.test(text))) return;
    this.typing.type(bytes);
  }

  private tellSize(): void {
    if (!this.live || this.terminal.element === undefined) return;
    const { cols, rows } = this.terminal;
    // A machine that ended in the meantime needs no size.
    this.connection.ask('machine.resizeConsole', { id: this.id, columns: cols, rows }).catch(() => {});
  }

  private sink() {
    const { terminal } = this;
    const aside = (words: string) => terminal.write(`\r\n\x1b[2m${words}\x1b[0m\r\n`);
    return {
      write: (bytes: Uint8Array, drawn: () => void) => terminal.write(bytes, drawn),
      beginRun: (_run: number, isFirst: boolean) => {
        if (isFirst) return;
        const words = `── started again at ${new Date().toLocaleTimeString()} `;
        terminal.write(TIDY);
        aside(words.padEnd(Math.min(terminal.cols, 72), '─'));
      },
      skip: (bytes: number) => aside(`[${grouped(bytes)} bytes printed before this are not kept any more]`),
    };
  }

  /** Drawn by the graphics card where there is one; otherwise, or when it is lost, by the page itself. */
  private drawByWebgl(): void {
    if (this.webgl !== null || !hasGraphicsCard()) return;
    try {
      const webgl = new WebglAddon();
      webgl.onContextLoss(() => {
        webgl.dispose();
        if (this.webgl === webgl) this.webgl = null;
      });
      this.terminal.loadAddon(webgl);
      this.webgl = webgl;
    } catch {
      this.webgl = null;
    }
  }
}

function newTerminal(look: TerminalLook): Terminal {
  return new Terminal({
    // Marks of search results, and widths of newer characters.
    allowProposedApi: true,
    // What a terminal's line discipline does on its way out: sample guests, and kernels before they have a driver, end lines
    // with a line feed alone.
    convertEol: true,
    cursorBlink: false,
    cursorInactiveStyle: 'outline',
    fontFamily: property('--font-mono', MONOSPACED),
    fontSize: look.fontSize,
    lineHeight: 1.15,
    minimumContrastRatio: 4.5,
    macOptionIsMeta: true,
    screenReaderMode: look.screenReader,
    scrollback: look.scrollbackLines,
    theme: terminalTheme(),
  });
}
