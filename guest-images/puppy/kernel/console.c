/*
 * The console: one queue for what is printed, one for what is typed.  Before it was found, the host prints a few
 * characters at a time for us.  What the kernel itself says is kept as well, for dmesg.
 */
#include "devices.h"

enum { INPUT, OUTPUT, QUEUES, INPUT_BUFFERS = 4, INPUT_BYTES = 64, EARLY_CHARACTERS = 16, MESSAGE_BYTES = 8192, NO_INTERRUPT = 1 };

static struct queue queues[QUEUES];
static int found;
static char typed[INPUT_BUFFERS][INPUT_BYTES];
static char messages[MESSAGE_BYTES];
static u32 messages_written;

static void offer_input(u32 slot) {
  struct buffer buffer = {typed[slot], INPUT_BYTES, 1};
  queue_offer(&queues[INPUT], slot, &buffer, 1);
}

static void input_came(struct frame *frame) {
  (void)frame;
  u32 slot, length, taken = 0;
  while (queue_take(&queues[INPUT], &slot, &length)) {
    terminal_typed(typed[slot], length);
    offer_input(slot);
    taken = 1;
  }
  if (taken) queue_kick(&queues[INPUT]);
}

/* Called by common/start.c: print works from here on through the device, if there is one. */
void console_open(void) {
  struct device console;
  found = device_find(DEVICE_CONSOLE, &console, queues, QUEUES);
  if (!found) return;
  queues[OUTPUT].offered[0] = NO_INTERRUPT; /* we wait for what we print anyway */
  device_start(&console, 0);
}

void console_receive(void) {
  if (!found) return;
  interrupt_handler(queues[INPUT].irq, input_came);
  for (u32 slot = 0; slot < INPUT_BUFFERS; slot++) offer_input(slot);
  queue_kick(&queues[INPUT]);
}

/* One buffer at a time; most hosts have printed it when NOTIFY comes back. */
static void print_piece(char *piece, u32 length) {
  if (!found) {
    piece[length] = 0; /* only the early console looks for it */
    ask_host(LHCALL_NOTIFY, physical(piece), 0, 0);
    return;
  }
  struct buffer buffer = {piece, length, 0};
  u32 slot, written;
  queue_offer(&queues[OUTPUT], 0, &buffer, 1);
  queue_kick(&queues[OUTPUT]);
  while (!queue_take(&queues[OUTPUT], &slot, &written)) ask_host(LHCALL_SEND_INTERRUPTS, 0, 0, 0);
}

void console_put(const char *text, u32 length) {
  static char piece[PAGE_BYTES];
  u32 most = found ? sizeof piece - 1 : EARLY_CHARACTERS;
  while (length) {
    u32 part = length < most ? length : most;
    memcpy(piece, text, part);
    print_piece(piece, part);
    text += part, length -= part;
  }
}

/* What print() prints: to the console, as a terminal would, and into the kernel's own log. */
void console_write(const char *text, u32 length) {
  for (u32 i = 0; i < length; i++) messages[messages_written++ % MESSAGE_BYTES] = text[i];
  terminal_print(text, length);
}

u32 messages_bytes(void) { return messages_written < MESSAGE_BYTES ? messages_written : MESSAGE_BYTES; }

int messages_read(u32 to, u32 size) {
  u32 length = messages_bytes();
  if (length > size) length = size;
  for (u32 i = 0; i < length; i++)
    if (copy_out(to + i, &messages[(messages_written - length + i) % MESSAGE_BYTES], 1)) return -EFAULT;
  return length;
}
