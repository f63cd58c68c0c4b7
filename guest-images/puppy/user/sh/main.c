/*
 * The shell.
 *
 *      sh                    lines at a prompt, or from standard input
 *      sh -c text [word ...] a text
 *      sh file [word ...]    a file
 */
#include "sh.h"

enum { PROMPT_BYTES = 80, INTERRUPTED_STATUS = 128 + SIGINT };

/* A byte at a time, so that a program in the text finds what is behind its own line. */
static char *read_fed(struct text *line) {
  char c;
  int length;
  line->length = 0;
  while ((length = read(0, &c, 1)) == 1 && c != '\n') text_add_char(line, c);
  return length == 1 || line->length ? text_end(line) : 0;
}

static char *next_input(const char *prompt, struct text *line) {
  return interactive ? edit_line(prompt) : read_fed(line);
}

static void make_prompt(char *prompt) {
  char path[PROMPT_BYTES - 4];
  if (getcwd(path, sizeof path) < 0) strcpy(path, "?");
  snprintf(prompt, PROMPT_BYTES, "%s $ ", path);
}

/* Lines are collected until they make sense together. */
static int run_collected(struct text *collected) {
  struct node *tree;
  const char *complaint;
  void *mark = kept();
  enum outcome outcome = parse(text_end(collected), &tree, &complaint);
  if (outcome == WRONG) {
    complain("expected %s", complaint);
    last_status = 2;
  }
  interrupted = breaks = continues = 0;
  if (outcome == PARSED) run(tree);
  if (interrupted) last_status = INTERRUPTED_STATUS;
  if (interrupted && interactive) printf("\n");
  forget_since(mark);
  return outcome != UNFINISHED;
}

static int read_and_run(void) {
  struct text line = {0}, collected = {0};
  char prompt[PROMPT_BYTES], *typed;
  for (;;) {
    report_jobs(0);
    make_prompt(prompt);
    typed = next_input(collected.length ? "> " : prompt, &line);
    if (!typed) break;
    remember(typed);
    text_add(&collected, typed, strlen(typed));
    if (interactive && last_status == INTERRUPTED_STATUS && !*typed) collected.length = 0; /* Ctrl-C takes back all of it */
    text_add_char(&collected, '\n');
    if (run_collected(&collected)) collected.length = 0;
  }
  if (collected.length) complain("that has no end"), last_status = 2;
  if (interactive) printf("exit\n");
  return last_status;
}

int main(int argc, char **argv) {
  static char *alone[] = {"sh", 0};
  take_environment();
  if (!variable("PATH", 4)) set_variable("PATH", 4, "/bin"), export_variable("PATH");
  parameters = alone;
  if (argc > 2 && !strcmp(argv[1], "-c")) {
    if (argc > 3) parameters = argv + 3;
    return run_text(argv[2]);
  }
  if (argc > 1) {
    char *text = read_whole(argv[1]);
    if (!text) return complain_of(argv[1], ENOENT) + 126;
    parameters = argv + 1;
    return run_text(text);
  }
  interactive = is_terminal(0) && is_terminal(1);
  if (interactive) {
    on_signal(SIGINT, note_interrupt);
    on_signal(SIGQUIT, SIG_IGN);
  }
  return read_and_run();
}
