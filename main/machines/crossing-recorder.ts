/** Records a machine's crossings while somebody wants them, and answers questions about those it has. */

import type { Host } from '../../core/host/guest-events.ts';
import type { ElfSymbol } from '../../core/launcher/elf-symbols.ts';
import type { CrossingDetail, CrossingView } from '../../core/protocol/crossings.ts';
import type { NamedImage } from '../samples.ts';
import { CrossingLog, type RecordedCrossing } from './crossing-log.ts';
import { detailOf, viewsOf } from './crossing-views.ts';
import { kernelSymbols } from './kernel-symbols.ts';

export class CrossingRecorder {
  private readonly log = new CrossingLog();
  private readonly host: Host;
  private readonly image: NamedImage;
  private recording = false;
  /** Read when somebody asks for the first time: a kernel has tens of thousands. */
  private symbols: readonly ElfSymbol[] | null = null;

  constructor(host: Host, image: NamedImage) {
    this.host = host;
    this.image = image;
  }

  /** `made` is how many round trips there were before. What was recorded is kept when recording ends, until the next begins. */
  record(on: boolean, made: number): void {
    if (on === this.recording) return;
    this.recording = on;
    if (!on) {
      this.host.watchCrossings(null);
      return;
    }
    this.log.clear();
    let number = made;
    this.host.watchCrossings((record, closeUp) => this.log.add({ number: number++, record, closeUp }));
  }

  get recorded(): readonly RecordedCrossing[] {
    return this.log.all;
  }

  read(last: number): CrossingView[] {
    return viewsOf(this.log.all.slice(-last), this.knownSymbols());
  }

  /** Throws a Refusal if there is no such crossing. */
  readOne(number: number): CrossingDetail {
    return detailOf(this.log.all, number, this.knownSymbols());
  }

  private knownSymbols(): readonly ElfSymbol[] {
    this.symbols ??= kernelSymbols(this.image.path, this.image.bytes);
    return this.symbols;
  }
}
