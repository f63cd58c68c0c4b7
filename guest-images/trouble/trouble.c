/*
 * A guest that misbehaves, one way per mode, so that a host can show that it survives.  mode=list says what there is.
 * Every other mode ends this guest, and the host's reason should tell what it did.
 */
#include "trouble.h"

enum { NAME_WIDTH = 22, TRAPS = 32 };

static const struct mode *const chapters[] = {introductions, hypercalls, rings,    pagings,
                                              segments,      privileges, stacks,   switchers};
enum { CHAPTERS = sizeof chapters / sizeof *chapters };

struct caught caught;
u32 resume_at;
static const struct mode *chosen;

void conclude(const char *format, ...) {
  char text[SHUTDOWN_TEXT_BYTES];
  __builtin_va_list arguments;
  __builtin_va_start(arguments, format);
  format_text(text, sizeof text, format, arguments);
  __builtin_va_end(arguments);
  print("trouble: mode=%s: this guest %s, and %s\n", chosen->name, chosen->what, text);
  give_up("mode=%s %s: %s", chosen->name, chosen->what, text);
}

static void catch_trap(struct frame *frame) {
  caught.vector = frame->vector;
  caught.error = frame->error;
  caught.address = lguest_data.cr2;
  if (!resume_at || from_user(frame))
    conclude("trap %u (error %x) came back from ring %u", frame->vector, frame->error, frame->cs & 3);
  caught.count++;
  frame->eip = resume_at;
  resume_at = 0;
}

void map_programs(void) {
  extern char user_load[], user_start[], user_end[]; /* guest.ld */
  enum { FLAGS = PTE_PRESENT | PTE_WRITABLE | PTE_USER | PTE_ACCESSED | PTE_DIRTY };
  set_directory_entry(boot_directory, (u32)user_start, take_pages(1) | FLAGS);
  for (u32 done = 0; done < (u32)user_end - (u32)user_start; done += PAGE_BYTES)
    set_page(boot_directory, (u32)user_start + done, ((u32)user_load + done) | FLAGS);
  set_page(boot_directory, USER_STACK_TOP - PAGE_BYTES, take_pages(1) | FLAGS);
}

void run_program(void (*program)(void)) { enter_user((u32)program, USER_STACK_TOP); }

static void list_modes(void) {
  static const char blanks[] = "                      ";
  _Static_assert(sizeof blanks == NAME_WIDTH + 1, "blanks");
  for (u32 i = 0; i < CHAPTERS; i++)
    for (const struct mode *mode = chapters[i]; mode->name; mode++) {
      u32 length = text_length(mode->name);
      print("%s%s %s\n", mode->name, blanks + (length < NAME_WIDTH ? length : NAME_WIDTH), mode->what);
    }
  power_off();
}

static const struct mode *find_mode(const char *wanted) {
  for (u32 i = 0; i < CHAPTERS; i++)
    for (const struct mode *mode = chapters[i]; mode->name; mode++)
      if (value_is(wanted, mode->name)) return mode;
  print("trouble: no such mode; mode=list shows them all\n");
  give_up("asked for a mode that trouble does not have");
}

void guest_main(void) {
  const char *wanted = option("mode");
  if (!wanted || value_is(wanted, "list")) list_modes();
  chosen = find_mode(wanted);
  print("trouble: mode=%s: this guest %s\n", chosen->name, chosen->what);
  for (u32 vector = 0; vector < TRAPS; vector++) set_trap(vector, catch_trap, INTERRUPT_GATE);
  set_trap(SYSCALL_VECTOR, catch_trap, TRAP_GATE | GATE_FOR_USER);
  if (chosen->commit) chosen->commit();
  conclude("nothing came of it");
}
