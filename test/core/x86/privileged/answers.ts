/** The lines of the privilege image, made short, and told in words where two of them differ. */

/** One line per case, without leading zeros. */
export const compact = (serial: string): string[] =>
  serial
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      line
        .replace(/\b0+(?=[0-9a-f])/g, '')
        .replace(/ +/g, ' ')
        .trim(),
    );

const items = 'gs fs es ds edi esi ebp esp ebx edx ecx eax vector error eip cs eflags outer-esp outer-ss'.split(' ');

/** `case:registers:cr2 dr6:address value …` as a list of name and value. */
export function fieldsOf(line: string): Map<string, string> {
  const [, registers, faults, memory = ''] = line.split(':').map((part) => part.trim().split(' '));
  const fields = new Map<string, string>();
  for (const [index, value] of registers.entries()) fields.set(items[index], value);
  fields.set('cr2', faults[0]).set('dr6', faults[1]);
  for (let index = 0; index + 1 < memory.length; index += 2) fields.set(`[${memory[index]}]`, memory[index + 1]);
  return fields;
}

/** Each field that differs: ours, theirs. */
export function differences(ours: string, theirs: string): string[] {
  const [mine, other] = [fieldsOf(ours), fieldsOf(theirs)];
  const names = [...new Set([...mine.keys(), ...other.keys()])];
  return names
    .filter((name) => mine.get(name) !== other.get(name))
    .map((name) => `${name}: ${mine.get(name) ?? 'as it was'}, ${other.get(name) ?? 'as it was'}`);
}
