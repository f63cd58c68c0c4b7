/*
 * The same workloads as a Linux program, by system call and without a library.  At the end it says on stderr how many
 * nanoseconds of processor time lay between the marks; text goes to stdout, as it does through the board's serial port.
 */
#include "bare.h"

enum { SYSTEM_EXIT = 1, SYSTEM_WRITE = 4, SYSTEM_CLOCK_GETTIME = 265 };
enum { STDOUT = 1, STDERR = 2, CPU_TIME_OF_PROCESS = 2, NANOSECONDS = 1000000000, COMMAND_LINE_BYTES = 256 };

static u64 begun, ended;
static int output = STDOUT;

static u32 system_call(u32 number, u32 a, u32 b, u32 c) {
  u32 answer;
  __asm__ volatile("int $0x80" : "=a"(answer) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
  return answer;
}

void say(const char *text) {
  u32 length = 0;
  while (text[length]) length++;
  system_call(SYSTEM_WRITE, output, (u32)text, length);
}

void mark(enum mark moment) {
  struct {
    u32 seconds, nanoseconds;
  } now;
  system_call(SYSTEM_CLOCK_GETTIME, CPU_TIME_OF_PROCESS, (u32)&now, 0);
  *(moment == MARK_BEGIN ? &begun : &ended) = (u64)now.seconds * NANOSECONDS + now.nanoseconds;
}

/* Arguments are joined with blanks: a multiboot command line is one string. */
static void join(char *line, const char **words) {
  char *last = line + COMMAND_LINE_BYTES - 1;
  for (; *words; words++) {
    for (const char *c = *words; *c && line < last; c++) *line++ = *c;
    if (line < last) *line++ = ' ';
  }
  *line = 0;
}

/* What the kernel leaves on the stack: a count, the program's name, the arguments, a null. */
void start_on_linux(const char **stack) {
  static char line[COMMAND_LINE_BYTES];
  if (stack[0]) join(line, stack + 2);
  u32 status = run(line);
  output = STDERR;
  u64 elapsed = ended - begun;
  print("seconds=%u nanoseconds=%u\n", (u32)(elapsed / NANOSECONDS), (u32)(elapsed % NANOSECONDS));
  system_call(SYSTEM_EXIT, status, 0, 0);
}
