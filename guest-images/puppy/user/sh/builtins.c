/* What a child could not do for us, and what is not worth one. */
#include "sh.h"

enum { PATH_BYTES = 256 };

static int nothing(int count, char **words) { return (void)count, (void)words, 0; }

static int change_folder(int count, char **words) {
  const char *home = variable("HOME", 4), *to = count > 1 ? words[1] : home ? home : "/";
  int error = chdir(to);
  return error ? complain_of(to, error) : 0;
}

static int print_folder(int count, char **words) {
  char path[PATH_BYTES];
  (void)count, (void)words;
  int error = getcwd(path, sizeof path);
  if (error < 0) return complain_of("pwd", error);
  printf("%s\n", path);
  return 0;
}

static int leave(int count, char **words) { exit(count > 1 ? parse_number(words[1]) : last_status); }

static int export(int count, char **words) {
  if (count == 1) print_variables(1);
  for (int i = 1; i < count; i++) {
    char *equals = strchr(words[i], '=');
    if (equals) {
      set_variable(words[i], equals - words[i], equals + 1);
      *equals = 0;
    }
    export_variable(words[i]);
  }
  return 0;
}

static int unset(int count, char **words) {
  for (int i = 1; i < count; i++) unset_variable(words[i]);
  return 0;
}

static int set(int count, char **words) {
  (void)count, (void)words;
  print_variables(0);
  return 0;
}

static int shift(int count, char **words) {
  (void)count, (void)words;
  if (!parameters[1]) return 1;
  parameters[1] = parameters[0];
  parameters++;
  return 0;
}

/* A letter at a time: what is behind the line is for somebody else to read. */
static int read_variable(int count, char **words) {
  struct text line = {0};
  char c;
  int length;
  flush();
  while ((length = read(0, &c, 1)) == 1 && c != '\n') text_add_char(&line, c);
  if (count > 1) set_variable(words[1], strlen(words[1]), text_end(&line));
  int got = length == 1 || line.length;
  free(line.bytes);
  return !got;
}

static int list_jobs(int count, char **words) {
  (void)count, (void)words;
  report_jobs(1);
  return 0;
}

static int wait(int count, char **words) {
  if (count == 1) return wait_for_jobs();
  int child = words[1][0] == '%' ? job_group(words[1]) : parse_number(words[1]);
  return child > 0 ? wait_for(child, 0) : complain_of(words[1], ECHILD);
}

static int foreground(int count, char **words) {
  int group = job_group(count > 1 ? words[1] : 0);
  if (!group) return complain("there is no such job");
  give_terminal(group);
  return wait_for(group, group);
}

static int history(int count, char **words) {
  (void)count, (void)words;
  print_history();
  return 0;
}

static int levels(int count, char **words) {
  int wanted = count > 1 ? parse_number(words[1]) : 1;
  return wanted > 0 ? wanted : 1;
}

static int leave_loop(int count, char **words) { return breaks = levels(count, words), 0; }
static int next_turn(int count, char **words) { return continues = levels(count, words), 0; }

static int run_file(int count, char **words) {
  char *text = count > 1 ? read_whole(words[1]) : 0;
  if (!text) return complain_of(count > 1 ? words[1] : ".", ENOENT);
  int status = run_text(text);
  free(text);
  return status;
}

static int replace(int count, char **words) {
  static struct node nothing_before = {.kind = SIMPLE};
  struct node node = {.kind = EXPANDED, .first = &nothing_before, .words = {words + 1, count - 1, 0}};
  if (count == 1) return 0;
  give_terminal(getpid());
  run_in_child(&node);
}

static int help(int count, char **words);

static const struct { const char *name; builtin *deed; } builtins[] = {
    {".", run_file}, {":", nothing}, {"[", test}, {"break", leave_loop}, {"cd", change_folder}, {"continue", next_turn},
    {"exec", replace}, {"exit", leave}, {"export", export}, {"fg", foreground}, {"help", help}, {"history", history},
    {"jobs", list_jobs}, {"pwd", print_folder}, {"read", read_variable}, {"set", set}, {"shift", shift}, {"test", test},
    {"unset", unset}, {"wait", wait}};

static int help(int count, char **words) {
  (void)count, (void)words;
  printf("Built in:");
  for (u32 i = 0; i < LENGTH(builtins); i++) printf(" %s", builtins[i].name);
  printf("\nPrograms are in /bin; `ls /bin` shows them, and `journey` tells where you are.\n");
  printf("Tab completes, the up arrow brings back, Ctrl-C ends a program, Ctrl-D the shell.\n");
  return 0;
}

builtin *find_builtin(const char *name) {
  for (u32 i = 0; i < LENGTH(builtins); i++)
    if (!strcmp(builtins[i].name, name)) return builtins[i].deed;
  return 0;
}

const char *builtin_name(u32 index) { return index < LENGTH(builtins) ? builtins[index].name : 0; }
