/*
 * Pushes the kernel where it may not fall over: many processes one after the other, many at once, more than there can be,
 * and more memory than there is.  Each round ends with a line; the last says how many pages were free before and after.
 *
 *      stress [forks N] [alive N] [bomb] [hog] [overcommit] ...
 */
#include "puppy.h"

enum { SYS_PAUSE = 29, SYS_BRK = 45, SYS_SYSINFO = 116, CHILDREN_MOST = 1000, PAGE_BYTES = 4096, FREE_WORD = 5 };
enum { HOG_STEP = 64 * PAGE_BYTES };

static int children[CHILDREN_MOST];

static void say(const char *text) { write(1, text, strlen(text)); }

static void say_number(int number) {
  char digits[12];
  u32 at = sizeof digits, rest = number < 0 ? -number : number;
  do digits[--at] = '0' + rest % 10;
  while (rest /= 10);
  if (number < 0) digits[--at] = '-';
  write(1, digits + at, sizeof digits - at);
}

static void say_line(const char *before, int number, const char *after) {
  say(before), say_number(number), say(after);
}

static int free_pages(void) {
  u32 answer[32];
  system_call(SYS_SYSINFO, answer);
  return answer[FREE_WORD];
}

static int parse(const char *text) {
  int number = 0;
  for (; *text >= '0' && *text <= '9'; text++) number = number * 10 + *text - '0';
  return number;
}

/* One child after the other, each with an answer of its own. */
static void forks(int count) {
  int right = 0, status;
  for (int i = 0; i < count; i++) {
    int child = fork();
    if (child == 0) exit(i % 100);
    if (child > 0 && waitpid(child, &status, 0) == child && status == (i % 100) << 8) right++;
  }
  say_line("forks: ", right, " children came and went\n");
}

/* As many as asked for, or as there can be, all waiting; then all killed. */
static int gather(int count, int *error) {
  int alive = 0;
  for (*error = 0; alive < count && alive < CHILDREN_MOST; alive++) {
    int child = fork();
    if (child == 0)
      for (;;) system_call(SYS_PAUSE);
    if (child < 0) {
      *error = child;
      break;
    }
    children[alive] = child;
  }
  return alive;
}

static void scatter(int alive) {
  int status, gone = 0;
  for (int i = 0; i < alive; i++) kill(children[i], SIGKILL);
  for (int i = 0; i < alive; i++) gone += waitpid(children[i], &status, 0) == children[i] && status == SIGKILL;
  say_line(", ", gone, " killed\n");
}

static void alive(int count) {
  int error, together = gather(count, &error);
  say_line("alive: ", together, " at once");
  scatter(together);
}

static void bomb(void) {
  int error, together = gather(CHILDREN_MOST, &error);
  say_line("bomb: fork answered ", error, together > 0 ? " in the end" : " at once");
  scatter(together);
}

/* A child takes memory until it is killed, or told that there is no more. */
static void hog(void) {
  int status, child = fork();
  if (child == 0) {
    char *end = (char *)system_call(SYS_BRK, 0);
    for (;;) {
      if ((char *)system_call(SYS_BRK, end + HOG_STEP) != end + HOG_STEP) exit(1);
      for (int i = 0; i < HOG_STEP; i += PAGE_BYTES) end[i] = 1;
      end += HOG_STEP;
    }
  }
  waitpid(child, &status, 0);
  say_line("hog: ended with status ", status, status == SIGKILL ? ", killed\n" : "\n");
}

/* A child is promised most of the memory three times over, and believes it. */
static void overcommit(void) {
  enum { SYS_MMAP2 = 192, READ_WRITE = 3, PRIVATE_ANONYMOUS = 34, AREAS = 3 };
  u32 bytes = free_pages() / 4 * 3 * PAGE_BYTES;
  int status, child = fork();
  if (child == 0) {
    for (int i = 0; i < AREAS; i++) {
      char *area = (char *)system_call(SYS_MMAP2, 0, bytes, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
      if ((u32)area > (u32)-PAGE_BYTES) exit(1);
      for (u32 at = 0; at < bytes; at += PAGE_BYTES) area[at] = 1;
    }
    exit(0);
  }
  waitpid(child, &status, 0);
  say_line("overcommit: ended with status ", status, status == SIGKILL ? ", killed\n" : "\n");
}

int main(int argc, char **argv, char **environment) {
  (void)environment;
  memset(children, 0, sizeof children); /* what is touched for the first time counts on neither side */
  forks(1);
  int before = free_pages();
  for (int i = 1; i < argc; i++) {
    int count = i + 1 < argc ? parse(argv[i + 1]) : 0;
    switch (argv[i][0]) {
      case 'f': forks(count), i++; break;
      case 'a': alive(count), i++; break;
      case 'b': bomb(); break;
      case 'h': hog(); break;
      case 'o': overcommit(); break;
    }
  }
  int after = free_pages();
  say_line("pages free: ", before, " before, ");
  say_number(after);
  say(after == before ? " after\n" : " after: LOST\n");
  return after != before;
}
