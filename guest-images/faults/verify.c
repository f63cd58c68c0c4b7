/*
 * With verify=1 the program announces each fault it is going to have, and this compares what arrives: every word of the
 * frame, the registers, where the frame lies, and whether interrupts are on.  Announced or not, all of it also goes into
 * the checksum, so that two runs that print the same line saw the same frames, bit for bit.
 */
#include "space.h"

enum { EFLAGS_RF = 1 << 16, FRAME_WORDS_FROM_USER = 6, REPORTED_MOST = 5 };

u32 verify_failures, verify_checksum;

static void expect(const char *what, u32 seen, u32 wanted, const struct frame *frame) {
  verify_checksum = mix(verify_checksum, seen);
  if (seen == wanted) return;
  if (verify_failures++ < REPORTED_MOST)
    print("faults: %s is %08x, announced %08x (fault on %08x at %08x)\n", what, seen, wanted, lguest_data.cr2, frame->eip);
}

/*
 * The host reflects the error code as the processor gave it, and the processor saw the shadow.  Where that still lacked
 * a page our tables have, the code says "not present" although it was; lguest never promised more.
 */
static u32 uncertain_bits(void) {
  const u32 *entry = page_entry(space, lguest_data.cr2);
  return entry && (*entry & PTE_PRESENT) ? ERROR_PRESENT : 0;
}

static void expect_frame(const struct frame *frame) {
  u32 interrupts = announcement.interrupts;
  expect("cr2", lguest_data.cr2, announcement.address, frame);
  expect("error code", frame->error | uncertain_bits(), announcement.error | uncertain_bits(), frame);
  verify_checksum = mix(verify_checksum, frame->error);
  expect("eip", frame->eip, announcement.eip, frame);
  expect("cs", frame->cs & 0xffff, USER_CS, frame);
  expect("eflags", frame->eflags & ~EFLAGS_RF, announcement.eflags | interrupts, frame);
  verify_checksum = mix(verify_checksum, frame->eflags); /* RF is for the processor to say, but twice the same */
  expect("esp", frame->esp, announcement.esp, frame);
  expect("ss", frame->ss & 0xffff, USER_DS, frame);
  expect("place of the frame", (u32)&frame->error, (u32)trap_stack_top - FRAME_WORDS_FROM_USER * sizeof(u32), frame);
  expect("irq_enabled", lguest_data.irq_enabled, trap_gate_for_faults ? interrupts : 0, frame);
}

static void expect_registers(const struct frame *frame) {
  u32 fs, gs;
  __asm__ volatile("movl %%fs, %0\n\tmovl %%gs, %1" : "=r"(fs), "=r"(gs));
  expect("eax", frame->eax, announcement.eax, frame);
  expect("ebx", frame->ebx, announcement.ebx, frame);
  expect("ecx", frame->ecx, announcement.ecx, frame);
  expect("edx", frame->edx, announcement.edx, frame);
  expect("esi", frame->esi, announcement.esi, frame);
  expect("edi", frame->edi, announcement.edi, frame);
  expect("ebp", frame->ebp, announcement.ebp, frame);
  expect("ds", frame->ds & 0xffff, USER_DS, frame);
  expect("es", frame->es & 0xffff, USER_DS, frame);
  expect("fs", fs & 0xffff, 0, frame);
  expect("gs", gs & 0xffff, 0, frame);
}

void verify_fault(const struct frame *frame) {
  expect("announcement", announcement.armed, ARMED, frame);
  expect_frame(frame);
  expect_registers(frame);
  announcement.armed = SEEN;
}
