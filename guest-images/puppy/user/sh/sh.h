/*
 * The shell.  A line is parsed into a tree (parse.c), and the tree is run (run.c); words are expanded when it comes to
 * them (expand.c).  What is made for a line is kept in a chain and forgotten together (keep.c).
 */
#pragma once
#include "puppy.h"

/* --- keep.c --- */
void *keep(size_t size);
char *keep_text(const char *text, size_t length);
void *kept(void);              /* where we are */
void forget_since(void *mark); /* what was kept after that */
struct words { char **at; int count, room; }; /* with a null behind the last */
void words_add(struct words *words, char *word);

/* --- parse.c --- */
enum kind { SIMPLE, EXPANDED, PIPE, AND, OR, NOT, SEQUENCE, BACKGROUND, IF, WHILE, UNTIL, FOR, GROUP, SUBSHELL };
struct redirection { int file, flags; char *word; int copies; struct redirection *next; }; /* copies: of a descriptor */
struct node {
  enum kind kind;
  struct node *first, *second, *third;
  struct words words; /* as they were written; FOR: the name before them; EXPANDED: what became of the first's */
  struct redirection *redirections;
  const char *text;   /* BACKGROUND: as it was written */
};
enum outcome { PARSED, UNFINISHED, WRONG };
enum outcome parse(const char *text, struct node **tree, const char **complaint); /* null: there is nothing to do */
const char *skip_quoted(const char *at); /* behind a quotation, escape or $( ) that begins here; null if it has no end */

/* --- expand.c --- */
void expand(struct words *to, const char *raw); /* into as many words as it becomes */
char *expand_single(const char *raw);           /* into one, whatever is in it */
long evaluate(const char *text, int *error);    /* arithmetic.c */

/* --- variables.c --- */
extern int last_status, last_background;
extern char **parameters; /* $0, $1 and so on */
const char *variable(const char *name, size_t length); /* null if there is none */
void set_variable(const char *name, size_t length, const char *value);
void export_variable(const char *name);
void unset_variable(const char *name);
void take_environment(void);
char **environment_for_child(void); /* kept */
void print_variables(int only_exported);

/* --- run.c --- */
extern int interactive;             /* with jobs, prompts, and a terminal of its own */
extern volatile int interrupted;
extern int breaks, continues;       /* so many loops are to be left, or gone on with */
int run(struct node *node);         /* the status */
int run_text(const char *text);     /* 2 if it makes no sense */
void run_in_child(struct node *node) __attribute__((noreturn));
void note_interrupt(int signal);

/* --- redirect.c --- */
enum { SAVED_MOST = 8 };
struct saved { int count, file[SAVED_MOST], copy[SAVED_MOST]; };
int redirect(const struct redirection *list, struct saved *saved); /* saved may be null: for good */
void undo_redirections(struct saved *saved);

/* --- jobs.c --- */
int start_job(struct node *node);
int wait_for(int child, int group); /* the status; who waits gets the terminal back */
void report_jobs(int all);
int job_group(const char *word);    /* "%1", "1" or null for the last; 0 if there is none */
void forget_jobs(void);
int wait_for_jobs(void);
void give_terminal(int group);

/* --- builtins.c --- */
typedef int builtin(int count, char **words);
builtin *find_builtin(const char *name);
const char *builtin_name(u32 index); /* null behind the last */
int test(int count, char **words);   /* test.c */

/* --- edit.c, history.c, complete.c --- */
char *edit_line(const char *prompt); /* null at the end */
void remember(const char *line);
const char *remembered(int ago);     /* 1: the last; null if there is none */
void print_history(void);
int complete(struct text *line, u32 *cursor); /* 1: what there is was listed */
