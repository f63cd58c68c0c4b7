/* test and [: a question, answered by a status.  Three words, two, or one, and ! before them. */
#include "sh.h"

enum { YES, NO, NONSENSE };

static int answer(int is_so) { return is_so ? YES : NO; }

static int test_file(char kind, const char *path) {
  struct stat about;
  if (stat(path, &about)) return NO;
  u32 is = about.mode & S_IFMT;
  switch (kind) {
    case 'e': return YES;
    case 'f': return answer(is == S_IFREG);
    case 'd': return answer(is == S_IFDIR);
    case 's': return answer(about.size != 0);
    case 'x': return answer(about.mode & 0111);
    default: return complain("test: there is no -%c", kind), NONSENSE;
  }
}

static int compare_numbers(const char *how, int a, int b) {
  static const struct { const char *name; u8 less, same, more; } orders[] = {
      {"-eq", 0, 1, 0}, {"-ne", 1, 0, 1}, {"-lt", 1, 0, 0}, {"-le", 1, 1, 0}, {"-gt", 0, 0, 1}, {"-ge", 0, 1, 1}};
  for (u32 i = 0; i < LENGTH(orders); i++)
    if (!strcmp(orders[i].name, how)) return answer(a < b ? orders[i].less : a == b ? orders[i].same : orders[i].more);
  return complain("test: %s compares nothing", how), NONSENSE;
}

static int test_words(int count, char **words) {
  if (count && !strcmp(words[0], "!")) {
    int is = test_words(count - 1, words + 1);
    return is == NONSENSE ? is : !is;
  }
  if (count == 0) return NO;
  if (count == 1) return answer(words[0][0]);
  if (count == 2 && !strcmp(words[0], "-n")) return answer(words[1][0]);
  if (count == 2 && !strcmp(words[0], "-z")) return answer(!words[1][0]);
  if (count == 2 && words[0][0] == '-') return test_file(words[0][1], words[1]);
  if (count != 3) return complain("test: too many words"), NONSENSE;
  if (!strcmp(words[1], "=")) return answer(!strcmp(words[0], words[2]));
  if (!strcmp(words[1], "!=")) return answer(strcmp(words[0], words[2]));
  return compare_numbers(words[1], parse_number(words[0]), parse_number(words[2]));
}

int test(int count, char **words) {
  if (!strcmp(words[0], "[")) {
    if (strcmp(words[--count], "]")) return complain("[ wants a ]"), NONSENSE;
  }
  return test_words(count - 1, words + 1);
}
