/* The shell, so far: words at a prompt, and one program at a time. */
#include "puppy.h"

enum { LINE_BYTES = 512, WORDS_MOST = 32, NOT_FOUND = 127 };

static void run(char **words) {
  static char path[256] = "/bin/";
  int child = fork(), status, group;
  if (child == 0) {
    group = getpid();
    setpgid(0, 0);
    ioctl(0, TIOCSPGRP, &group);
    memcpy(path + 5, words[0], strlen(words[0]) < 250 ? strlen(words[0]) + 1 : 250);
    execve(words[0][0] == '/' ? words[0] : path, words, environ);
    write(2, "sh: not found\n", 14);
    exit(NOT_FOUND);
  }
  waitpid(child, &status, 0);
  group = getpid();
  ioctl(0, TIOCSPGRP, &group);
}

int main(int argc, char **argv, char **environment) {
  (void)argc, (void)argv, (void)environment;
  char line[LINE_BYTES], *words[WORDS_MOST + 1];
  for (;;) {
    write(1, "$ ", 2);
    int length = read(0, line, sizeof line - 1), count = 0;
    if (length <= 0) return 0;
    line[length] = 0;
    for (char *at = line; *at && count < WORDS_MOST;) {
      while (*at == ' ' || *at == '\n') *at++ = 0;
      if (*at) words[count++] = at;
      while (*at && *at != ' ' && *at != '\n') at++;
    }
    words[count] = 0;
    if (count) run(words);
  }
}
