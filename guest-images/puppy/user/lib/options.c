/* What most tools begin with: options of one letter, then files or what comes in. */
#include "puppy.h"

int take_options(char ***words, const char *known) {
  int found = 0;
  for (++*words; **words && (**words)[0] == '-' && (**words)[1]; ++*words) {
    if (!strcmp(**words, "--")) return ++*words, found;
    for (char *letter = **words + 1; *letter; letter++) {
      char *at = strchr(known, *letter);
      if (!at) return -complain("there is no -%c here%s%s", *letter, *known ? ", only -" : "", known);
      found |= 1 << (at - known);
    }
  }
  return found;
}

int each_file(char **words, int (*deed)(int file, const char *name)) {
  int worst = 0;
  if (!*words) return deed(0, 0);
  for (; *words; words++) {
    int file = open(*words, O_RDONLY, 0);
    int answer = file < 0 ? complain_of(*words, file) : deed(file, *words);
    if (file >= 0) close(file);
    if (answer > worst) worst = answer;
  }
  return worst;
}

int take_count(char ***words, int usual) {
  char *word = *++*words;
  if (!word || word[0] != '-' || !word[1]) return usual;
  ++*words;
  if (is_number(word)) return -parse_number(word);
  if (strcmp(word, "-n") || !**words || !is_number(**words)) exit(complain("how many lines?"));
  return parse_number(*(*words)++);
}
