/*
 * Process 1: gives the terminal to a shell, or to the one program that `run=` names, and turns the light off when that
 * has ended.  Children whose parents are gone come here to be forgotten.
 */
#include "puppy.h"

enum { LINE_BYTES = 2048, WORDS_MOST = 32, NOT_FOUND = 127 };

static char line[LINE_BYTES];

/* Cuts the value of `run=` out of the kernel's command line; null without one. */
static char *find_run(void) {
  int file = open("/proc/cmdline", O_RDONLY, 0);
  int length = file < 0 ? 0 : read(file, line, sizeof line - 1);
  if (file >= 0) close(file);
  line[length > 0 ? length : 0] = 0;
  for (char *word = line; *word;) {
    char *end = word;
    while (*end && *end != ' ' && *end != '\n') end++;
    int last = !*end;
    *end = 0;
    if (word[0] == 'r' && word[1] == 'u' && word[2] == 'n' && word[3] == '=') return word + 4;
    word = end + !last;
  }
  return 0;
}

/* What a newcomer should know first. */
static void greet(void) {
  char *words = read_whole("/etc/motd");
  if (words) print_bytes(words, strlen(words));
  free(words);
}

static void split_at_commas(char *text, char **words) {
  int count = 0;
  words[count++] = text;
  for (; *text && count < WORDS_MOST; text++)
    if (*text == ',') {
      *text = 0;
      words[count++] = text + 1;
    }
  words[count] = 0;
}

/* A group of its own in the foreground, so that Ctrl-C reaches it and not us. */
static void take_terminal(int group) {
  setpgid(group, group);
  ioctl(0, TIOCSPGRP, &group);
}

static void become(char **words) {
  static char path[256] = "/bin/";
  char *program = words[0];
  if (program[0] != '/') {
    size_t length = strlen(program);
    if (length > sizeof path - 6) length = sizeof path - 6;
    memcpy(path + 5, program, length);
    program = path;
  }
  take_terminal(getpid());
  execve(program, words, environ);
  complain("cannot run %s", program);
  exit(NOT_FOUND);
}

int main(void) {
  char *shell[] = {"sh", 0}, *words[WORDS_MOST + 1], *run = find_run();
  if (run) split_at_commas(run, words);
  else greet();
  int child = fork(), status, gone;
  if (child == 0) become(run ? words : shell);
  do gone = waitpid(-1, &status, 0);
  while (gone != child);
  if (run && status) exit(status & 0x7f ? 128 + (status & 0x7f) : status >> 8);
  reboot(REBOOT_POWER_OFF);
  return 1;
}
