/** Several guests, one screen: whole lines with the guest's name in front, so that nobody talks into another's line. */

const NEWLINE = 10;

export class ConsoleLines {
  private readonly prefix: Buffer;
  private readonly write: (bytes: Uint8Array) => void;
  private partial: Buffer = Buffer.alloc(0);

  constructor(name: string, write: (bytes: Uint8Array) => void) {
    this.prefix = Buffer.from(`${name}| `);
    this.write = write;
  }

  append(bytes: Uint8Array): void {
    let rest = Buffer.concat([this.partial, bytes]);
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      this.write(Buffer.concat([this.prefix, rest.subarray(0, end + 1)]));
      rest = rest.subarray(end + 1);
    }
    this.partial = rest;
  }

  /** The last line may lack its end; nobody will add to it now. */
  finish(): void {
    if (this.partial.length > 0) this.append(Buffer.from('\n'));
  }
}
