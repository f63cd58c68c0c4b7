/* What Tab does: the word before the cursor goes on as all that begins like it goes on. */
#include "sh.h"

enum { DT_DIR = 4, GAP = 2 };

struct choice { struct words names; char *common; };

static void offer(struct choice *choice, const char *name, const char *start, int is_folder) {
  if (!starts_with(name, start) || (*name == '.' && *start != '.')) return;
  size_t length = strlen(name);
  char *whole = keep(length + 2);
  strcpy(whole, name);
  if (is_folder) strcpy(whole + length, "/");
  words_add(&choice->names, whole);
  if (!choice->common) {
    choice->common = keep_text(whole, strlen(whole));
    return;
  }
  size_t same = 0;
  while (whole[same] && whole[same] == choice->common[same]) same++;
  choice->common[same] = 0;
}

static void offer_folder(struct choice *choice, const char *folder, const char *start) {
  struct entry *entries;
  int count = list_folder(folder, &entries);
  for (int i = 0; i < count; i++) offer(choice, entries[i].name, start, entries[i].type == DT_DIR);
  if (count > 0) forget_entries(entries, count);
}

static int is_first_word(const char *line, const char *word) {
  while (word > line && word[-1] == ' ') word--;
  return word == line || strchr("|;&(", word[-1]) != 0;
}

static void list_names(const struct words *names) {
  int widest = 1, columns = terminal_size().columns, used = 0;
  for (int i = 0; i < names->count; i++)
    if ((int)strlen(names->at[i]) > widest) widest = strlen(names->at[i]);
  printf("\n");
  for (int i = 0; i < names->count; i++) {
    if (used + widest > columns && used) printf("\n"), used = 0;
    printf("%-*s", widest + GAP, names->at[i]);
    used += widest + GAP;
  }
  printf("\n");
}

static void insert(struct text *line, u32 *cursor, const char *text) {
  size_t length = strlen(text), rest = line->length - *cursor;
  text_add(line, text, length); /* for the room */
  memmove(line->bytes + *cursor + length, line->bytes + *cursor, rest);
  memcpy(line->bytes + *cursor, text, length);
  *cursor += length;
}

int complete(struct text *line, u32 *cursor) {
  void *mark = kept();
  struct choice choice = {0};
  u32 from = *cursor;
  text_end(line);
  while (from && !strchr(" \t|;&()<>=\"'", line->bytes[from - 1])) from--;
  char *word = keep_text(line->bytes + from, *cursor - from), *name = word;
  for (char *at = word; *at; at++)
    if (*at == '/') name = at + 1;
  if (name == word && is_first_word(line->bytes, line->bytes + from)) {
    for (u32 i = 0; builtin_name(i); i++) offer(&choice, builtin_name(i), word, 0);
    offer_folder(&choice, "/bin", word);
  } else {
    offer_folder(&choice, name == word ? "." : keep_text(word, name - word), name);
  }
  int listed = 0;
  if (choice.common) {
    size_t had = strlen(name), length = strlen(choice.common);
    insert(line, cursor, choice.common + had);
    if (choice.names.count == 1 && choice.common[length - 1] != '/') insert(line, cursor, " ");
    if ((listed = choice.names.count > 1 && length == had)) list_names(&choice.names);
  }
  forget_since(mark);
  return listed;
}
