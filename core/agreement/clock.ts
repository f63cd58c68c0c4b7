/**
 * The board's clock is its instruction count.  One rate ties it to the guest's idea of time, for every engine and every
 * machine, so that the same start gives the same run.
 */

/** Also the guest's TSC rate: rdtsc reads the instruction count. 100 per µs is near what an interpreter really does. */
export const INSTRUCTIONS_PER_MICROSECOND = 100;
export const TSC_KHZ = INSTRUCTIONS_PER_MICROSECOND * 1000;
