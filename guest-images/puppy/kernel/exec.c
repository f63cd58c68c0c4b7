/*
 * Exec: the process stays and the program goes.  Everything that may fail is tried while there is still a program to tell.
 */
#include "exec.h"

enum { SCRIPT_LINE_BYTES = 128 };

static const char *const first_environment[] = {"PATH=/bin:/sbin:/usr/bin:/usr/sbin", "HOME=/", "TERM=linux"};

static int find_program(const char *path, struct inode **file) {
  int error = path_find(path, PATH_FOLLOW, file);
  if (error) return error;
  if (((*file)->mode & S_IFMT) == S_IFREG) return 0;
  inode_drop(*file);
  *file = 0;
  return -EPERM;
}

static int open_interpreter(struct program *program) {
  char *path = current->path[1];
  int named = elf_interpreter(program->file, &program->header, path, PATH_BYTES);
  if (named <= 0) return named;
  int error = find_program(path, &program->interpreter);
  if (error) return error;
  struct elf_header *header = &program->interpreter_header;
  if (inode_read(program->interpreter, 0, header, sizeof *header) != sizeof *header || !elf_is_program(header)) return -ENOEXEC;
  program->entry = header->entry;
  return 0;
}

/* The words between "#!" and the end of the line, at most two. */
static int split_script_line(char *line, int length, char **argument) {
  char *end = line;
  while (end < line + length && *end != '\n') end++;
  if (end == line + length) return -ENOEXEC;
  while (end > line && (end[-1] == ' ' || end[-1] == '\t')) end--;
  *end = 0;
  while (*line == ' ' || *line == '\t') line++;
  char *blank = line;
  while (*blank && *blank != ' ' && *blank != '\t') blank++;
  *argument = 0;
  if (!*blank) return 0;
  *blank++ = 0;
  while (*blank == ' ' || *blank == '\t') blank++;
  *argument = blank;
  return 0;
}

/* A script is a program of its interpreter's: those words first, then the script's name in place of its own. */
static int open_script(struct program *program, struct words *words, char *path) {
  char line[SCRIPT_LINE_BYTES], *argument, *name = line;
  int length = inode_read(program->file, 2, line, sizeof line - 1);
  if (length < 0 || split_script_line(line, length, &argument)) return -ENOEXEC;
  while (*name == ' ' || *name == '\t') name++;
  int error = words_add(words, name);
  words->argument_count++;
  if (!error && argument) {
    error = words_add(words, argument);
    words->argument_count++;
  }
  if (!error) error = words_add(words, path);
  words->argument_count++;
  if (error) return error;
  inode_drop(program->file);
  program->file = 0;
  return find_program(name, &program->file);
}

static int open_program(char *path, struct program *program, struct words *words) {
  int error = find_program(path, &program->file);
  if (error) return error;
  for (int script = 0;; script = 1) {
    int length = inode_read(program->file, 0, &program->header, sizeof program->header);
    if (length >= 2 && !script && program->header.ident[0] == '#' && program->header.ident[1] == '!') {
      if ((error = open_script(program, words, path))) return error;
      continue;
    }
    if (length != sizeof program->header || !elf_is_program(&program->header)) return -ENOEXEC;
    program->entry = program->header.entry;
    return open_interpreter(program);
  }
}

static int collect_words(struct words *words, const char *path, u32 arguments, u32 environment) {
  int error = 0, is_script = words->argument_count != 0;
  if (arguments)
    error = words_add_from_user(words, arguments, is_script, &words->argument_count);
  else if (!is_script) {
    error = words_add(words, path);
    words->argument_count++;
  }
  if (error || arguments) return error ? error : words_add_from_user(words, environment, 0, &words->environment_count);
  words->environment_count = sizeof first_environment / sizeof *first_environment;
  for (u32 i = 0; i < words->environment_count && !error; i++) error = words_add(words, first_environment[i]);
  return error;
}

static void take_name(const char *path) {
  const char *last = path;
  for (; *path; path++)
    if (*path == '/') last = path + 1;
  memset(current->name, 0, NAME_BYTES);
  for (u32 i = 0; i < NAME_BYTES - 1 && last[i]; i++) current->name[i] = last[i];
}

/* Handlers were functions of the old program; what is ignored stays so. */
static void forget_old_program(void) {
  for (u32 i = 0; i < SIGNALS; i++)
    if (current->actions[i].handler != SIG_IGN) memset(&current->actions[i], 0, sizeof current->actions[i]);
  for (u32 i = 0; i < OPEN_FILES; i++)
    if (current->files[i] && current->close_on_exec[i]) file_close(i);
  memset(current->tls, 0, sizeof current->tls);
  __asm__ volatile("movl %0, %%fs\n\tmovl %0, %%gs" : : "r"(0));
  load_tls(current);
  current->floats = 0;
  current->clear_child_tid = 0;
  allow_floating_point(0);
  space_empty(&current->space);
}

static int load(struct program *program, struct words *words) {
  struct frame *frame = frame_of(current);
  int error = elf_map(program->file, &program->header, program);
  u32 end = program->end, headers = program->headers;
  if (!error && program->interpreter) error = elf_map(program->interpreter, &program->interpreter_header, program);
  program->end = end, program->headers = headers;
  if (error) return error;
  current->space.heap_start = current->space.heap_end = end;
  u32 esp = words_onto_stack(words, program);
  if (!esp) return -ENOMEM;
  memset(frame, 0, sizeof *frame);
  frame->ds = frame->es = frame->ss = USER_DS;
  frame->cs = USER_CS;
  frame->eip = program->entry;
  frame->esp = esp;
  frame->eflags = EFLAGS_IF | 2;
  current->program_read = 1;
  return 0;
}

int process_exec(char *path, u32 arguments, u32 environment) {
  struct program program = {0};
  struct words words = {.frame_count = 0};
  int error = open_program(path, &program, &words);
  if (!error) error = collect_words(&words, path, arguments, environment);
  if (!error) {
    take_name(path);
    forget_old_program();
    error = load(&program, &words);
    if (error) signal_process(current, SIGKILL); /* there is nobody left to tell */
  }
  words_forget(&words);
  if (program.file) inode_drop(program.file);
  if (program.interpreter) inode_drop(program.interpreter);
  return error;
}
