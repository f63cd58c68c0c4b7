/* Where a command's input comes from and its output goes. */
#include "sh.h"

enum { OWN_LOWEST = 10 };

static int remember_place(struct saved *saved, int file) {
  if (!saved) return 1;
  if (saved->count == SAVED_MOST) return 0;
  saved->file[saved->count] = file;
  saved->copy[saved->count++] = dup_above(file, OWN_LOWEST); /* negative: it was closed */
  return 1;
}

static int redirect_one(const struct redirection *one, struct saved *saved) {
  char *word = expand_single(one->word);
  int error;
  if (!remember_place(saved, one->file)) return complain("too many redirections");
  if (one->copies && !strcmp(word, "-")) return close(one->file), 0;
  if (one->copies) {
    error = is_number(word) ? dup2(parse_number(word), one->file) : -EBADF;
    return error < 0 ? complain_of(word, error) : 0;
  }
  int opened = open(word, one->flags, 0666);
  if (opened < 0) return complain_of(word, opened);
  if (opened == one->file) return 0;
  error = dup2(opened, one->file);
  close(opened);
  return error < 0 ? complain_of(word, error) : 0;
}

int redirect(const struct redirection *list, struct saved *saved) {
  if (saved) saved->count = 0;
  if (list) flush();
  for (; list; list = list->next)
    if (redirect_one(list, saved)) {
      if (saved) undo_redirections(saved);
      return 1;
    }
  return 0;
}

void undo_redirections(struct saved *saved) {
  if (saved->count) flush();
  while (saved->count) {
    int index = --saved->count;
    if (saved->copy[index] < 0) {
      close(saved->file[index]);
    } else {
      dup2(saved->copy[index], saved->file[index]);
      close(saved->copy[index]);
    }
  }
}
