/*
 * How a program comes to run its handler, and how it gets back: everything it was doing is written on its own stack, in
 * Linux' two layouts, below an address that leads to the system call which puts it all back.
 */
#include "processes.h"

enum { SIGRETURN = 119, RT_SIGRETURN = 173, INFO_WORDS = 32, LEAVE_FLAGS = 0x240DD5, STACK_ALIGNMENT = 16, DIRECTION = 0x400 };

struct context { /* sigcontext */
  u32 gs, fs, es, ds, edi, esi, ebp, esp, ebx, edx, ecx, eax, trap, error, eip, cs, eflags, esp_at_signal, ss;
  u32 floating_point, old_mask, address;
};
struct plain_frame {
  u32 return_to, signal;
  struct context context;
  u32 code[2];
  u8 x87[FLOATING_POINT_BYTES];
};
struct info_frame {
  u32 return_to, signal, info_at, context_at;
  u32 info[INFO_WORDS];
  u32 flags, link, stack[3]; /* ucontext from here */
  struct context context;
  u32 mask[2];
  u32 code[2];
  u8 x87[FLOATING_POINT_BYTES];
};
union signal_frame {
  struct plain_frame plain;
  struct info_frame informed;
};

/* For programs that bring no restorer: popl %eax (a plain frame's only), movl $call, %eax, int $0x80. */
static void write_code(u32 *code, u32 call, int pops) {
  code[0] = (pops ? 0x58 : 0x90) | 0xB8 << 8 | call << 16;
  code[1] = 0x80CD0000;
}

static void save(struct context *context, const struct frame *frame, u32 mask) {
  *context = (struct context){.es = frame->es, .ds = frame->ds, .edi = frame->edi, .esi = frame->esi, .ebp = frame->ebp,
                              .esp = frame->esp, .ebx = frame->ebx, .edx = frame->edx, .ecx = frame->ecx, .eax = frame->eax,
                              .trap = frame->vector, .eip = frame->eip, .cs = frame->cs, .eflags = frame->eflags,
                              .esp_at_signal = frame->esp, .ss = frame->ss, .old_mask = mask, .address = lguest_data.cr2};
}

/* The handler may compute: what was in the x87 is kept with the rest, and the context says where; 0 if there was nothing. */
static u32 save_x87(u8 *to, u32 at) {
  if (!current->floats) return 0;
  __asm__ volatile("fnsave %0\n\tfrstor %0" : "=m"(*(u8(*)[FLOATING_POINT_BYTES])to));
  return at;
}

static int restore_x87(u32 at) {
  if (!at || !current->floats) return 0;
  if (copy_in(current->floating_point, at, sizeof current->floating_point)) return -EFAULT;
  __asm__ volatile("frstor %0" : : "m"(current->floating_point));
  return 0;
}

int signal_frame_push(struct frame *frame, u32 signal, const struct action *action, u32 old_mask) {
  union signal_frame pushed;
  int informed = (action->flags & SA_SIGINFO) != 0;
  u32 bytes = informed ? sizeof pushed.informed : sizeof pushed.plain;
  /* At the handler's first instruction esp + 4 is a multiple of 16. */
  u32 at = ((frame->esp - bytes) & -STACK_ALIGNMENT) - 4;
  memset(&pushed, 0, sizeof pushed);
  u32 code_at;
  if (informed) {
    save(&pushed.informed.context, frame, old_mask);
    pushed.informed.mask[0] = old_mask;
    pushed.informed.info[0] = signal;
    pushed.informed.info[3] = lguest_data.cr2; /* where, if it was a fault */
    pushed.informed.info_at = at + __builtin_offsetof(struct info_frame, info);
    pushed.informed.context_at = at + __builtin_offsetof(struct info_frame, flags);
    write_code(pushed.informed.code, RT_SIGRETURN, 0);
    pushed.informed.context.floating_point = save_x87(pushed.informed.x87, at + __builtin_offsetof(struct info_frame, x87));
    code_at = at + __builtin_offsetof(struct info_frame, code);
  } else {
    save(&pushed.plain.context, frame, old_mask);
    write_code(pushed.plain.code, SIGRETURN, 1);
    pushed.plain.context.floating_point = save_x87(pushed.plain.x87, at + __builtin_offsetof(struct plain_frame, x87));
    code_at = at + __builtin_offsetof(struct plain_frame, code);
  }
  pushed.plain.signal = signal; /* the first two words are the same in both */
  pushed.plain.return_to = action->flags & SA_RESTORER ? action->restorer : code_at;
  if (copy_out(at, &pushed, bytes)) return -EFAULT;
  frame->esp = at;
  frame->eip = action->handler;
  frame->eax = signal;
  frame->edx = informed ? pushed.informed.info_at : 0;
  frame->ecx = informed ? pushed.informed.context_at : 0;
  frame->eflags &= ~DIRECTION; /* it is clear at the start of every C function */
  frame->vector = 0;       /* no system call any more: nothing to restart */
  return 0;
}

/* Answers eax, which is then put where it was. */
int signal_frame_pop(struct frame *frame, int informed) {
  struct context context;
  /* The handler's return has popped the first word; a plain restorer pops the signal as well. */
  u32 from = informed ? frame->esp - 4 + __builtin_offsetof(struct info_frame, context)
                      : frame->esp - 8 + __builtin_offsetof(struct plain_frame, context);
  if (copy_in(&context, from, sizeof context) || restore_x87(context.floating_point)) {
    signal_process(current, SIGKILL);
    return -EFAULT;
  }
  current->blocked = context.old_mask & ~(1u << (SIGKILL - 1));
  frame->edi = context.edi, frame->esi = context.esi, frame->ebp = context.ebp, frame->esp = context.esp;
  frame->ebx = context.ebx, frame->edx = context.edx, frame->ecx = context.ecx, frame->eax = context.eax;
  frame->eip = context.eip;
  frame->eflags = (frame->eflags & ~LEAVE_FLAGS) | (context.eflags & LEAVE_FLAGS);
  frame->vector = 0;
  return frame->eax;
}
