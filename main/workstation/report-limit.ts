/** Guests may cause as many sentences as they like; people read a few. What is left out is counted. */

const SENTENCES = 20;
const PERIOD_MS = 10_000;

export class ReportLimit {
  private readonly tell: (sentence: string) => void;
  private readonly nowMs: () => number;
  private periodEndsMs = 0;
  private told = 0;
  private leftOut = 0;

  constructor(tell: (sentence: string) => void, nowMs: () => number) {
    this.tell = tell;
    this.nowMs = nowMs;
  }

  report(sentence: string): void {
    if (this.nowMs() >= this.periodEndsMs) this.beginPeriod();
    if (this.told < SENTENCES) this.tell(sentence);
    else this.leftOut++;
    this.told++;
  }

  private beginPeriod(): void {
    if (this.leftOut > 0) this.tell(`${this.leftOut} more sentences like these were left out`);
    this.periodEndsMs = this.nowMs() + PERIOD_MS;
    this.told = 0;
    this.leftOut = 0;
  }
}
