/*
 * The terminal between a console and its programs: collects what is typed into lines that can be corrected, shows it,
 * and turns three of the keys into signals for whoever is in the foreground.
 */
#include "devices.h"
#include "files.h"

enum { TCGETS = 0x5401, TCSETS = 0x5402, TCSETSW = 0x5403, TCSETSF = 0x5404, TCFLSH = 0x540B, TIOCSCTTY = 0x540E };
enum { TIOCGPGRP = 0x540F, TIOCSPGRP = 0x5410, TIOCGWINSZ = 0x5413, FIONREAD = 0x541B, TIOCGSID = 0x5429 };
enum { ICRNL = 0400, OPOST = 1, ONLCR = 4, ISIG = 1, ICANON = 2, ECHO = 010, ECHOE = 020, ECHOK = 040, ECHOCTL = 01000 };
enum { CHARACTERS_38400_8BIT = 0277, IEXTEN = 0100000 };
enum { VINTR, VQUIT, VERASE, VKILL, VEOF, VTIME, VMIN, VWERASE = 14, CONTROLS = 19 };
enum { LINE_BYTES = 512, RING_WORDS = 2048, END_OF_FILE = 0x100, ROWS = 24, COLUMNS = 80, DELETE = 0x7f, BACKSPACE = 8 };

struct termios {
  u32 input, output, control, local;
  u8 line, keys[CONTROLS];
};

static struct termios settings = {
    .input = ICRNL, .output = OPOST | ONLCR, .control = CHARACTERS_38400_8BIT,
    .local = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | IEXTEN,
    .keys = {[VINTR] = 3, [VQUIT] = 28, [VERASE] = DELETE, [VKILL] = 21, [VEOF] = 4, [VMIN] = 1, [VWERASE] = 23},
};
static u32 foreground, session;
static char line[LINE_BYTES]; /* being edited */
static u32 line_length;
static u16 ring[RING_WORDS];  /* to be read: bytes, and ends of file */
static u32 ring_start, ring_used, lines_ready;

/* --- output --- */

void terminal_print(const char *text, u32 length) {
  static char shown[PAGE_BYTES / 2];
  u32 used = 0;
  for (u32 i = 0; i < length; i++) {
    if (text[i] == '\n' && (settings.output & (OPOST | ONLCR)) == (OPOST | ONLCR)) shown[used++] = '\r';
    shown[used++] = text[i];
    if (used + 2 > sizeof shown || i + 1 == length) {
      console_put(shown, used);
      used = 0;
    }
  }
}

static void echo(char c) {
  char text[2] = {c};
  if (!(settings.local & ECHO)) return;
  if ((u8)c >= ' ' || c == '\n' || c == '\t' || !(settings.local & ECHOCTL)) return terminal_print(text, 1);
  text[0] = '^', text[1] = c + '@';
  terminal_print(text, 2);
}

/* --- input --- */

static void make_readable(u16 word) {
  if (ring_used == RING_WORDS) return; /* nobody reads what is typed; neither do we keep it */
  ring[(ring_start + ring_used++) % RING_WORDS] = word;
}

static void finish_line(int end_of_file) {
  for (u32 i = 0; i < line_length; i++) make_readable((u8)line[i]);
  if (end_of_file) make_readable(END_OF_FILE);
  line_length = 0;
  lines_ready++;
  announce(&ring);
}

static void erase(void) {
  if (!line_length) return;
  char c = line[--line_length];
  if (!(settings.local & ECHO)) return;
  /* What takes no cell, being the rest of a longer UTF-8 character, goes with its first byte. */
  while (line_length && (c & 0xC0) == 0x80) c = line[--line_length];
  for (int cells = (u8)c < ' ' && c != '\t' ? 2 : 1; cells; cells--) terminal_print("\b \b", 3);
}

static void erase_word(void) {
  while (line_length && line[line_length - 1] == ' ') erase();
  while (line_length && line[line_length - 1] != ' ') erase();
}

static int is_signal(char c) {
  if (!(settings.local & ISIG) || !c) return 0;
  u32 signal = c == (char)settings.keys[VINTR] ? SIGINT : c == (char)settings.keys[VQUIT] ? SIGQUIT : 0;
  if (!signal) return 0;
  echo(c);
  line_length = ring_used = lines_ready = 0;
  if (foreground) signal_group(foreground, signal);
  return 1;
}

static void edit(char c) {
  const u8 *keys = settings.keys;
  if (c == (char)keys[VERASE] || c == BACKSPACE)
    erase();
  else if (c == (char)keys[VKILL])
    while (line_length) erase();
  else if (c == (char)keys[VWERASE])
    erase_word();
  else if (c == (char)keys[VEOF])
    finish_line(1);
  else if (line_length + 1 < LINE_BYTES || c == '\n') {
    echo(c);
    line[line_length++] = c;
    if (c == '\n') finish_line(0);
  }
}

void terminal_typed(const char *bytes, u32 length) {
  for (u32 i = 0; i < length; i++) {
    char c = bytes[i];
    if (c == '\r' && settings.input & ICRNL) c = '\n';
    if (is_signal(c)) continue;
    if (settings.local & ICANON) {
      edit(c);
      continue;
    }
    echo(c);
    make_readable((u8)c);
    announce(&ring);
  }
}

/* --- what a program sees --- */

static int readable(void) { return settings.local & ICANON ? lines_ready != 0 : ring_used != 0; }

/* A line at most, if lines are what is read. */
static int take(char *to, u32 length) {
  u32 done = 0;
  while (done < length && ring_used) {
    u16 word = ring[ring_start];
    ring_start = (ring_start + 1) % RING_WORDS;
    ring_used--;
    if (word != END_OF_FILE) to[done++] = word;
    if (settings.local & ICANON && (word == END_OF_FILE || word == '\n')) {
      if (lines_ready) lines_ready--;
      break;
    }
  }
  return done;
}

static int terminal_read(struct file *file, void *to, u32 length, int more) {
  if (current->group != foreground && current->session == session) return -EIO;
  while (!readable()) {
    if (more || (!(settings.local & ICANON) && !settings.keys[VMIN])) return 0;
    if (file->flags & O_NONBLOCK) return -EAGAIN;
    int error = sleep_on(&ring);
    if (error) return error;
  }
  return take(to, length);
}

static int terminal_write(struct file *file, const void *from, u32 length, int more) {
  (void)file, (void)more;
  terminal_print(from, length);
  return length;
}

static u32 terminal_ready(struct file *file) {
  (void)file;
  return POLLOUT | (readable() ? POLLIN : 0);
}

static void forget_input(void) { line_length = ring_used = lines_ready = 0; }

/* What was typed ahead of a program that wants lines is made into lines, as if it were typed now. */
static void type_again(void) {
  static u16 typed[RING_WORDS];
  u32 count = ring_used;
  for (u32 i = 0; i < count; i++) typed[i] = ring[(ring_start + i) % RING_WORDS];
  ring_used = lines_ready = 0;
  for (u32 i = 0; i < count; i++) {
    char c = typed[i];
    if (typed[i] != END_OF_FILE) terminal_typed(&c, 1);
  }
}

static int change(u32 request, u32 argument) {
  u32 was = settings.local;
  if (copy_in(&settings, argument, sizeof settings)) return -EFAULT;
  if (request == TCSETSF) forget_input();
  /* What was typed of a line belongs to whoever reads without lines now. */
  if (was & ICANON && !(settings.local & ICANON) && line_length) finish_line(0);
  if (!(was & ICANON) && settings.local & ICANON) type_again();
  return 0;
}

static int answer(u32 argument, u32 number) { return copy_out(argument, &number, sizeof number); }

static int terminal_control(struct file *file, u32 request, u32 argument) {
  (void)file;
  static const u16 size[4] = {ROWS, COLUMNS, 0, 0};
  switch (request) {
    case TCGETS: return copy_out(argument, &settings, sizeof settings);
    case TCSETS:
    case TCSETSW:
    case TCSETSF: return change(request, argument);
    case TCFLSH: return forget_input(), 0;
    case TIOCSCTTY: return foreground = current->group, session = current->session, 0;
    case TIOCGPGRP: return answer(argument, foreground);
    case TIOCGSID: return answer(argument, session);
    case TIOCSPGRP: return copy_in(&foreground, argument, sizeof foreground);
    case TIOCGWINSZ: return copy_out(argument, size, sizeof size);
    case FIONREAD: return answer(argument, readable() ? ring_used : 0);
    default: return -ENOTTY;
  }
}

const struct file_operations terminal_operations = {
    .read = terminal_read, .write = terminal_write, .ready = terminal_ready, .control = terminal_control};

/* The first process' session has the terminal until another takes it. */
void terminal_open(void) { foreground = session = current->session; }

/* When a session's first process goes, the terminal is taken from the others. */
void terminal_forget(struct process *process) {
  if (process->pid != session) return;
  if (foreground) signal_group(foreground, SIGHUP);
  foreground = session = 0;
}
