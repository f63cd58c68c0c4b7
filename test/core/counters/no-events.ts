/** What costs more than an instruction, and did not happen. */
export const noEvents = {
  cr3Loads: 0,
  tlbFills: 0,
  segmentLoads: 0,
  tableLoads: 0,
  deliveries: 0,
  iretInstructions: 0,
  farTransfers: 0,
};
