/**
 * The one key that does not go to the guest.  Ctrl-A opens a short conversation with us: X leaves, a second Ctrl-A is
 * the guest's after all, and anything else is swallowed, as other emulators do.
 */

const CTRL_A = 1;
const LEAVE_KEYS = [...'xX'].map((key) => key.charCodeAt(0));

export class ConsoleKeys {
  private escaped = false;

  /** What of these bytes is the guest's, and whether the person wants to leave. */
  take(bytes: Uint8Array): { typed: Uint8Array; leave: boolean } {
    const typed: number[] = [];
    for (const byte of bytes) {
      if (!this.escaped) {
        if (byte === CTRL_A) this.escaped = true;
        else typed.push(byte);
        continue;
      }
      this.escaped = false;
      if (LEAVE_KEYS.includes(byte)) return { typed: Uint8Array.from(typed), leave: true };
      if (byte === CTRL_A) typed.push(byte);
    }
    return { typed: Uint8Array.from(typed), leave: false };
  }
}
