/* What is made for a command is forgotten when it has run, all at once. */
#include "sh.h"

struct link { struct link *before; u32 pad; };

static struct link *last;

void *keep(size_t size) {
  struct link *link = malloc(sizeof *link + size);
  link->before = last;
  last = link;
  return link + 1;
}

char *keep_text(const char *text, size_t length) {
  char *copy = keep(length + 1);
  memcpy(copy, text, length);
  copy[length] = 0;
  return copy;
}

void *kept(void) { return last; }

void forget_since(void *mark) {
  while (last != mark) {
    struct link *before = last->before;
    free(last);
    last = before;
  }
}

void words_add(struct words *words, char *word) {
  if (words->count + 1 >= words->room) {
    char **wider = keep((words->room = words->room * 2 + 8) * sizeof *wider);
    memcpy(wider, words->at, words->count * sizeof *wider);
    words->at = wider;
  }
  words->at[words->count++] = word;
  words->at[words->count] = 0;
}
