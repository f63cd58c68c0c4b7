/** The one line a bare workload prints, read back. */

export interface ResultLine {
  readonly name: string;
  readonly turns: number;
  readonly operations: number;
  readonly checksum: string;
}

const pattern = /^(?<name>\w+) times=(?<turns>\d+) operations=(?<operations>\d+) checksum=(?<checksum>[0-9a-f]{8}) ok$/;

/** Throws a sentence if the text is anything but one line that ends well: a fast wrong answer is not a result. */
export function readResultLine(text: string, ranOn: string): ResultLine {
  const found = pattern.exec(text.trimEnd())?.groups;
  if (!found) throw new Error(`On ${ranOn} a workload did not end well; it said: ${text.trim() || 'nothing'}.`);
  const { name, turns, operations, checksum } = found;
  return { name, turns: Number(turns), operations: Number(operations), checksum };
}
