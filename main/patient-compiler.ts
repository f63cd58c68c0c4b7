/**
 * Node 20's V8 gives a function to its optimising compiler, in another thread, once it has run about 66 KB of bytecode.
 * Of a program that lives for a second, as a Linux boot does, most of what is optimised so never pays: the boot is as fast
 * without, and the other core does twice the work.  V8 waits longer by itself since it has a quicker compiler in between
 * (Maglev, V8 12), and no longer knows the option.
 */

/** Bytes of bytecode that a function runs before it is worth optimising, four times the usual. */
const INTERRUPT_BUDGET = 270_000;

/** `version` is V8's; `setOption` takes an option as V8's command line would. */
export function makeCompilerPatient(version: string, setOption: (option: string) => void): void {
  if (version.startsWith('11.3.')) setOption(`--interrupt-budget=${INTERRUPT_BUDGET}`);
}
