/*
 * Patterns.  For lines, as grep and ed know them: . is any letter, [a-z] and [^a-z] one of some, * so many of the one
 * before it, ^ and $ the ends.  For names, as the shell knows them: * and ? and [].
 */
#include "puppy.h"

/* Where the pattern goes on behind its first piece: a letter, an escaped letter, or a set. */
static const char *after_piece(const char *pattern) {
  if (*pattern == '\\' && pattern[1]) return pattern + 2;
  if (*pattern != '[') return pattern + 1;
  const char *end = pattern + 1 + (pattern[1] == '^');
  if (*end == ']') end++;
  while (*end && *end != ']') end++;
  return *end ? end + 1 : pattern + 1; /* one without an end stands for itself */
}

static int in_set(const char *set, const char *end, char c) {
  int inverted = *set == '^', found = 0;
  set += inverted;
  for (const char *first = set; set < end && (*set != ']' || set == first); set++) {
    if (set[1] == '-' && set + 2 < end && set[2] != ']') {
      found |= c >= set[0] && c <= set[2];
      set += 2;
    } else {
      found |= *set == c;
    }
  }
  return found != inverted;
}

static int fits(const char *pattern, const char *end, char c, char any) {
  if (!c) return 0;
  if (*pattern == any) return 1;
  if (*pattern == '\\' && end == pattern + 2) return pattern[1] == c;
  if (*pattern == '[' && end > pattern + 1) return in_set(pattern + 1, end - 1, c);
  return *pattern == c;
}

/* Where what fits the pattern ends if it begins here, the longest first; null if it does not. */
static const char *match_here(const char *pattern, const char *text) {
  while (*pattern) {
    if (*pattern == '$' && !pattern[1]) return *text ? 0 : text;
    const char *next = after_piece(pattern);
    if (*next == '*') {
      const char *most = text, *end;
      while (fits(pattern, next, *most, '.')) most++;
      for (; most >= text; most--)
        if ((end = match_here(next + 1, most))) return end;
      return 0;
    }
    if (!fits(pattern, next, *text, '.')) return 0;
    text++, pattern = next;
  }
  return text;
}

const char *find_pattern(const char *pattern, const char *text, const char **end) {
  if (*pattern == '^') return (*end = match_here(pattern + 1, text)) ? text : 0;
  for (;; text++) {
    if ((*end = match_here(pattern, text))) return text;
    if (!*text) return 0;
  }
}

int name_fits(const char *pattern, const char *name) {
  for (; *pattern; name++) {
    if (*pattern == '*') {
      for (;; name++) {
        if (name_fits(pattern + 1, name)) return 1;
        if (!*name) return 0;
      }
    }
    const char *next = after_piece(pattern);
    if (!fits(pattern, next, *name, '?')) return 0;
    pattern = next;
  }
  return !*name;
}
