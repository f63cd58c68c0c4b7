/*
 * Runs a tree.  Whatever is not built in runs in a child.  An interactive shell gives each foreground command a process
 * group of its own, and the terminal with it, so that Ctrl-C ends the command and not the shell.
 */
#include "sh.h"

enum { NOT_FOUND = 127, NOT_RUNNABLE = 126, STAGES_MOST = 16, PATH_BYTES = 256 };

int interactive, breaks, continues;
volatile int interrupted;

void note_interrupt(int signal) { interrupted = signal; }

static int must_stop(void) { return interrupted || breaks || continues; }

/* --- one program --- */

/* How much of a word is a name with an equals sign behind it; 0 if it is no assignment. */
static size_t assigned_name(const char *word) {
  size_t length = 0;
  while (is_letter(word[length]) || (length && is_digit(word[length]))) length++;
  return length && word[length] == '=' ? length : 0;
}

static void try_path(const char *path, struct words *words) {
  int error = execve(path, words->at, environment_for_child());
  if (error == -ENOEXEC) { /* a text, then: for us to read */
    words_add(words, 0);
    for (int i = words->count - 1; i > 0; i--) words->at[i] = words->at[i - 1];
    words->at[0] = "sh", words->at[1] = (char *)path;
    error = execve("/bin/sh", words->at, environment_for_child());
  }
  if (error != -ENOENT && error != -ENOTDIR) exit(complain_of(path, error) + NOT_RUNNABLE - 1);
}

static void become(struct words *words) __attribute__((noreturn));
static void become(struct words *words) {
  char *name = words->at[0], path[PATH_BYTES];
  flush();
  if (strchr(name, '/')) {
    try_path(name, words);
  } else {
    const char *folders = variable("PATH", 4);
    for (const char *end; folders && *folders; folders = end + (*end == ':')) {
      end = strchr(folders, ':');
      if (!end) end = folders + strlen(folders);
      snprintf(path, sizeof path, "%s/%s", keep_text(folders, end - folders), name);
      try_path(path, words);
    }
  }
  complain("%s: not found", name);
  exit(NOT_FOUND);
}

static int count_assignments(const struct node *node) {
  int count = 0;
  while (count < node->words.count && assigned_name(node->words.at[count])) count++;
  return count;
}

/* Assignments before a program are for the program alone; before nothing they are ours. */
static void assign_all(const struct node *node, int and_export) {
  int count = count_assignments(node);
  for (int i = 0; i < count; i++) {
    const char *word = node->words.at[i];
    size_t length = assigned_name(word);
    set_variable(word, length, expand_single(word + length + 1));
    if (and_export) export_variable(keep_text(word, length));
  }
}

static void expand_words(const struct node *node, struct words *words) {
  for (int i = count_assignments(node); i < node->words.count; i++) expand(words, node->words.at[i]);
}

/* What is built in, and what is no command at all: assignments, or redirections that only make a file. */
static int run_here(const struct node *node, const struct words *words, builtin *built_in) {
  struct saved saved;
  last_status = built_in ? last_status : 0;
  assign_all(node, 0);
  if (redirect(node->redirections, &saved)) return 1;
  int status = built_in ? built_in(words->count, words->at) : last_status;
  undo_redirections(&saved);
  return status;
}

static void run_words_in_child(const struct node *node, struct words *words) __attribute__((noreturn));
static void run_words_in_child(const struct node *node, struct words *words) {
  builtin *built_in = words->count ? find_builtin(words->at[0]) : 0;
  assign_all(node, 1);
  if (redirect(node->redirections, 0)) exit(1);
  if (built_in) exit(built_in(words->count, words->at));
  if (!words->count) exit(last_status);
  become(words);
}

/* --- children --- */

void run_in_child(struct node *node) {
  on_signal(SIGINT, SIG_DFL);
  on_signal(SIGQUIT, SIG_DFL);
  interactive = 0;
  forget_jobs();
  if (node->kind == SIMPLE) {
    struct words words = {0};
    expand_words(node, &words);
    run_words_in_child(node, &words);
  }
  if (node->kind == EXPANDED) run_words_in_child(node->first, &node->words);
  if (node->kind == SUBSHELL) exit(redirect(node->redirections, 0) ? 1 : run(node->first));
  exit(run(node));
}

struct stage { struct node *node; int in, out, unused; };

static int start(struct stage stage, int group) {
  int own_group = interactive, child = fork();
  if (child < 0) return complain_of("fork", child), child;
  if (child == 0) {
    if (own_group) {
      setpgid(0, group);
      give_terminal(group ? group : getpid());
    }
    if (stage.in >= 0) dup2(stage.in, 0), close(stage.in);
    if (stage.out >= 0) dup2(stage.out, 1), close(stage.out);
    if (stage.unused >= 0) close(stage.unused);
    run_in_child(stage.node);
  }
  if (own_group) {
    setpgid(child, group ? group : child);
    give_terminal(group ? group : child);
  }
  return child;
}

/*
 * @journey guest/pipeline  What a shell is
 *
 * All the magic of `ls | sort` is here, and the kernel knows nothing of it.  A pipe is made; a child is forked and puts
 * the pipe's one end where it would print; another is forked and puts the other end where it would read; then both
 * become other programs, which never learn about it.  The shell must close its own ends, for a pipe comes to an end only
 * when nobody is left who could write into it.  To lguest each of these forks is a page table copied entry by entry,
 * and few things cost a guest more.
 */
static int run_pipeline(struct node *node) {
  int children[STAGES_MOST], count = 0, in = -1, ends[2], status = 1;
  for (struct node *rest = node; rest && count < STAGES_MOST; rest = rest->kind == PIPE ? rest->second : 0) {
    int last = rest->kind != PIPE || count == STAGES_MOST - 1;
    ends[0] = ends[1] = -1;
    if (!last && pipe(ends)) complain("no pipe to be had");
    int child = start((struct stage){last ? rest : rest->first, in, ends[1], ends[0]}, count ? children[0] : 0);
    if (in >= 0) close(in);
    if (ends[1] >= 0) close(ends[1]);
    in = ends[0];
    if (child < 0) break;
    children[count++] = child;
    if (last) break;
  }
  if (in >= 0) close(in);
  for (int i = 0; i < count; i++) status = wait_for(children[i], i == count - 1);
  if (!count && interactive) give_terminal(getpid());
  return status;
}
/* @end */

/* --- everything else --- */

static int run_simple(struct node *node) {
  void *mark = kept();
  struct node expanded = {.kind = EXPANDED, .first = node};
  expand_words(node, &expanded.words);
  builtin *built_in = expanded.words.count ? find_builtin(expanded.words.at[0]) : 0;
  int is_ours = built_in || !expanded.words.count;
  int status = is_ours ? run_here(node, &expanded.words, built_in) : run_pipeline(&expanded);
  forget_since(mark);
  return status;
}

/* After a turn of a loop: whether there may be another. */
static int goes_on(void) {
  if (breaks) return breaks--, 0;
  if (continues && --continues) return 0;
  return !interrupted;
}

static int run_loop(struct node *node) {
  int status = 0;
  while (!interrupted && (run(node->first) == 0) == (node->kind == WHILE)) {
    if (must_stop()) break;
    status = run(node->second);
    if (!goes_on()) break;
  }
  return status;
}

static int run_for(struct node *node) {
  void *mark = kept();
  struct words words = {0};
  int status = 0;
  for (int i = 1; i < node->words.count; i++) expand(&words, node->words.at[i]);
  for (int i = 0; i < words.count; i++) {
    set_variable(node->words.at[0], strlen(node->words.at[0]), words.at[i]);
    status = run(node->second);
    if (!goes_on()) break;
  }
  forget_since(mark);
  return status;
}

static int run_kind(struct node *node) {
  int status;
  switch (node->kind) {
    case SIMPLE: return run_simple(node);
    case EXPANDED:
    case PIPE:
    case SUBSHELL: return run_pipeline(node);
    case NOT: return !run(node->first);
    case BACKGROUND: return start_job(node);
    case WHILE:
    case UNTIL: return run_loop(node);
    case FOR: return run_for(node);
    case GROUP: return run(node->first);
    case AND: return (status = run(node->first)) || must_stop() ? status : run(node->second);
    case OR: return !(status = run(node->first)) || must_stop() ? status : run(node->second);
    case SEQUENCE: return run(node->first), must_stop() ? last_status : run(node->second);
    case IF: status = run(node->first);
      if (must_stop()) return status;
      return !status ? run(node->second) : run(node->third);
  }
  return 1;
}

int run(struct node *node) {
  struct saved saved = {0};
  if (!node) return 0;
  if (interrupted) return 130;
  int redirects_here = node->kind != SIMPLE && node->kind != SUBSHELL && node->redirections;
  if (redirects_here && redirect(node->redirections, &saved)) return last_status = 1;
  last_status = run_kind(node);
  if (redirects_here) undo_redirections(&saved);
  return last_status;
}

int run_text(const char *text) {
  struct node *tree;
  const char *complaint;
  void *mark = kept();
  enum outcome outcome = parse(text, &tree, &complaint);
  if (outcome == UNFINISHED) complain("that has no end");
  if (outcome == WRONG) complain("expected %s", complaint);
  last_status = outcome == PARSED ? run(tree) : 2;
  forget_since(mark);
  return last_status;
}
