/*
 * What becomes of a word: quotes go, variables, $( ) and $(( )) are replaced, what was not quoted is split at blanks, and
 * patterns become the names they fit.  While a word is being made, letters that must not be taken for a pattern have a
 * backslash before them.
 */
#include "sh.h"

struct making { struct words *words; struct text text; int started, pattern; }; /* words: null if nothing is split */

/* --- patterns --- */

static char *without_backslashes(const char *text) {
  char *plain = keep(strlen(text) + 1), *to = plain;
  for (; *text; text++) {
    if (*text == '\\' && text[1]) text++;
    *to++ = *text;
  }
  *to = 0;
  return plain;
}

static int has_pattern(const char *part) {
  for (; *part; part++) {
    if (*part == '\\' && part[1]) part++;
    else if (*part == '*' || *part == '?' || *part == '[') return 1;
  }
  return 0;
}

/* Goes through a path part by part; `so_far` fits already, and ends in a slash or is empty. */
static void find_names(struct words *to, const char *so_far, const char *rest) {
  const char *slash = strchr(rest, '/');
  char *part = slash ? keep_text(rest, slash - rest) : keep_text(rest, strlen(rest));
  struct entry *entries;
  struct stat about;
  if (!has_pattern(part)) {
    struct text path = {0};
    text_add(&path, so_far, strlen(so_far));
    part = without_backslashes(part);
    text_add(&path, part, strlen(part));
    if (slash) text_add_char(&path, '/');
    if (slash && slash[1]) find_names(to, text_end(&path), slash + 1);
    else if (!lstat(text_end(&path), &about)) words_add(to, keep_text(path.bytes, path.length));
    return free(path.bytes);
  }
  int count = list_folder(*so_far ? so_far : ".", &entries);
  for (int i = 0; i < count; i++) {
    if ((entries[i].name[0] == '.' && part[0] != '.') || !name_fits(part, entries[i].name)) continue;
    struct text path = {0};
    text_add(&path, so_far, strlen(so_far));
    text_add(&path, entries[i].name, strlen(entries[i].name));
    if (slash) {
      text_add_char(&path, '/');
      find_names(to, text_end(&path), slash + 1);
    } else {
      words_add(to, keep_text(path.bytes, path.length));
    }
    free(path.bytes);
  }
  if (count > 0) forget_entries(entries, count);
}

/* --- making words --- */

static void add_quoted(struct making *making, const char *text, size_t length) {
  making->started = 1;
  for (; length--; text++) {
    if (strchr("*?[\\", *text)) text_add_char(&making->text, '\\');
    text_add_char(&making->text, *text);
  }
}

static void finish(struct making *making) {
  if (!making->started) return;
  char *made = text_end(&making->text);
  int before = making->words->count;
  if (making->pattern) find_names(making->words, *made == '/' ? "/" : "", made + (*made == '/'));
  if (making->words->count == before) words_add(making->words, without_backslashes(made));
  making->text.length = 0;
  making->started = making->pattern = 0;
}

/* The value of something: in quotes or where nothing is split as it is, otherwise split at blanks. */
static void add_value(struct making *making, const char *value, int quoted) {
  if (quoted || !making->words) return add_quoted(making, value, strlen(value));
  for (; *value; value++) {
    if (is_space(*value)) {
      finish(making);
      continue;
    }
    making->started = 1;
    if (strchr("*?[", *value)) making->pattern = 1;
    text_add_char(&making->text, *value);
  }
}

static void add_number(struct making *making, int number) {
  char digits[16];
  snprintf(digits, sizeof digits, "%d", number);
  add_value(making, digits, 1);
}

/* "$@" becomes as many words as there are parameters. */
static void add_parameters(struct making *making, int apart) {
  for (char **word = parameters + 1; *word; word++) {
    add_value(making, *word, apart);
    if (!word[1]) break;
    if (making->words) finish(making);
    else add_quoted(making, " ", 1);
  }
}

static void add_output(struct making *making, const char *command, int quoted) {
  struct text output = {0};
  char piece[512];
  int ends[2], length, status;
  if (pipe(ends)) return (void)complain("no pipe to be had");
  int child = fork();
  if (child == 0) {
    interactive = 0;
    close(ends[0]), dup2(ends[1], 1), close(ends[1]);
    exit(run_text(command));
  }
  close(ends[1]);
  while ((length = read(ends[0], piece, sizeof piece)) > 0) text_add(&output, piece, length);
  close(ends[0]);
  if (child > 0 && waitpid(child, &status, 0) == child) last_status = status & 0x7f ? 128 + (status & 0x7f) : status >> 8;
  while (output.length && output.bytes[output.length - 1] == '\n') output.length--;
  add_value(making, text_end(&output), quoted);
  free(output.bytes);
}

static void add_named(struct making *making, const char *name, size_t length, int quoted) {
  int count = 0;
  const char *value = variable(name, length);
  while (parameters[count]) count++;
  switch (*name) {
    case '?': return add_number(making, last_status);
    case '$': return add_number(making, getpid());
    case '!': return add_number(making, last_background);
    case '#': return add_number(making, count - 1);
    case '@': return add_parameters(making, quoted);
    case '*': return add_parameters(making, 0);
  }
  if (is_digit(*name)) value = *name - '0' < count ? parameters[*name - '0'] : "";
  if (value) add_value(making, value, quoted);
}

/* Behind what begins with this dollar. */
static const char *add_dollar(struct making *making, const char *at, int quoted) {
  const char *end = skip_quoted(at);
  if (!end) end = at + strlen(at);
  if (starts_with(at, "$((")) {
    int error = 0;
    long number = evaluate(keep_text(at + 3, end - at - 5), &error);
    if (error) complain("%s: cannot be worked out", keep_text(at, end - at));
    else add_number(making, number);
  } else if (at[1] == '(') {
    add_output(making, keep_text(at + 2, end - at - 3), quoted);
  } else if (at[1] == '{') {
    add_named(making, at + 2, end - at - 3, quoted);
  } else if (at[1] && strchr("?$!#@*0123456789", at[1])) {
    add_named(making, at + 1, 1, quoted);
    end = at + 2;
  } else {
    for (end = at + 1; is_letter(*end) || (end > at + 1 && is_digit(*end));) end++;
    if (end == at + 1) add_quoted(making, at, 1);
    else add_named(making, at + 1, end - at - 1, quoted);
  }
  return end;
}

static const char *add_double_quoted(struct making *making, const char *at) {
  /* "$@" without parameters is no word at all, while "" is one. */
  making->started |= !starts_with(at, "\"$@\"");
  for (at++; *at && *at != '"';) {
    if (*at == '$') {
      at = add_dollar(making, at, 1);
      continue;
    }
    if (*at == '\\' && at[1] && strchr("$\"\\`", at[1])) at++;
    add_quoted(making, at++, 1);
  }
  return *at ? at + 1 : at;
}

static void make(struct making *making, const char *raw) {
  while (*raw) {
    if (*raw == '\'') {
      const char *end = skip_quoted(raw);
      add_quoted(making, raw + 1, end - raw - 2);
      raw = end;
    } else if (*raw == '"') {
      raw = add_double_quoted(making, raw);
    } else if (*raw == '$') {
      raw = add_dollar(making, raw, 0);
    } else if (*raw == '\\' && raw[1]) {
      if (raw[1] != '\n') add_quoted(making, raw + 1, 1);
      raw += 2;
    } else {
      making->started = 1;
      if (strchr("*?[", *raw)) making->pattern = 1;
      text_add_char(&making->text, *raw++);
    }
  }
}

void expand(struct words *to, const char *raw) {
  struct making making = {.words = to};
  const char *home = variable("HOME", 4);
  if (*raw == '~' && (!raw[1] || raw[1] == '/')) add_value(&making, home ? home : "/", 1), raw++;
  make(&making, raw);
  finish(&making);
  free(making.text.bytes);
}

char *expand_single(const char *raw) {
  struct making making = {0};
  make(&making, raw);
  char *word = without_backslashes(text_end(&making.text));
  free(making.text.bytes);
  return word;
}
