/** The little of @defasm/core's assembler the tests use; the package brings no types. */
declare module '@defasm/core' {
  export class AssemblyState {
    constructor(options: { syntax: { intel: boolean; prefix: boolean }; bitness: 32 | 64 });
    compile(source: string, options: { haltOnError: boolean }): void;
    readonly head: { dump(): Uint8Array };
    /** Labels, by name: their offsets in the text. */
    readonly symbols: ReadonlyMap<string, { readonly value: { readonly addend: number | bigint } }>;
  }
}
