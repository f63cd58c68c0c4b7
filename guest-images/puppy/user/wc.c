/* Counts lines, words and bytes.  wc [-l] [-w] [-c] [file ...] */
#include "puppy.h"

enum { LINES = 1, WORDS = 2, BYTES = 4, KINDS = 3 };

static int options, files;
static u32 totals[KINDS];

static void show(const u32 *counts, const char *name) {
  for (int i = 0; i < KINDS; i++)
    if (options & 1 << i) printf("%8u", counts[i]);
  printf(name ? " %s\n" : "\n", name);
}

static int count(int file, const char *name) {
  static char piece[4096];
  u32 counts[KINDS] = {0};
  int length, inside = 0;
  while ((length = read(file, piece, sizeof piece)) > 0)
    for (int i = 0; i < length; i++) {
      counts[0] += piece[i] == '\n';
      counts[1] += !is_space(piece[i]) && !inside;
      inside = !is_space(piece[i]);
      counts[2]++;
    }
  if (length < 0) return complain_of(name ? name : "input", length);
  for (int i = 0; i < KINDS; i++) totals[i] += counts[i];
  show(counts, name);
  return files++, 0;
}

int main(int argc, char **argv) {
  (void)argc;
  if ((options = take_options(&argv, "lwc")) < 0) return 1;
  if (!options) options = LINES | WORDS | BYTES;
  int worst = each_file(argv, count);
  if (files > 1) show(totals, "in all");
  return worst;
}
