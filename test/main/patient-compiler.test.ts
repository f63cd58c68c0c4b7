import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { makeCompilerPatient } from '../../main/patient-compiler.ts';

function optionsFor(version: string): string[] {
  const options: string[] = [];
  makeCompilerPatient(version, (option) => options.push(option));
  return options;
}

describe('the compiler below', () => {
  it('is told to wait where it does not by itself', () => {
    expect(optionsFor('11.3.244.8-node.30')).toEqual(['--interrupt-budget=270000']);
  });

  it.each(['12.4.254.21-node.57', '13.0.245.25-electron.0'])('is left alone where it is %s', (version) => {
    expect(optionsFor(version)).toEqual([]);
  });

  it('knows what it is told', () => {
    const words = optionsFor(process.versions.v8);
    expect(execFileSync(process.execPath, [...words, '-p', '1'], { encoding: 'utf8' })).toBe('1\n');
  });
});
