/*
 * The integer mix: what a program that is not about numbers does all day.  It makes a text, cuts it into words, counts
 * them in a hash table, keeps them in a tree, sorts them, writes the counts out as digits and packs the result into bits.
 * If one figure must stand for the processor, it is the rate of this one.
 */
#include "compute.h"

enum { TEXT_BYTES = 24576, BUCKETS = 1024, WORDS_MOST = 2048, SYLLABLES = 16, REPORT_BYTES = 65536 };

struct word {
  const char *text;
  u32 length, hash, count;
  struct word *next;          /* in its bucket */
  struct word *before, *after; /* in the tree */
};

static char text[TEXT_BYTES + 1];
static char report[REPORT_BYTES];
static struct word words[WORDS_MOST], *buckets[BUCKETS], *order[WORDS_MOST];
static u32 word_count;

static const char syllables[SYLLABLES][4] = {"ka", "to", "mi", "ren", "su", "la", "vor", "ne",
                                             "pi", "dal", "o", "gu", "shi", "be", "tra", "el"};

static void write_text(u32 random) {
  u32 used = 0;
  while (used < TEXT_BYTES - 16) {
    /* Few syllables more often than many, and low ones more often than high: words repeat, as words do. */
    for (u32 left = 1 + (next_random(&random) & random >> 8 & 3); left; left--)
      for (const char *c = syllables[next_random(&random) & random >> 11 & (SYLLABLES - 1)]; *c;) text[used++] = *c++;
    text[used++] = (random & 0xf000) ? ' ' : '\n';
  }
  text[used] = 0;
}

static u32 hash_of(const char *from, u32 length) {
  u32 hash = 2166136261u;
  while (length--) hash = (hash ^ (u8)*from++) * 16777619u;
  return hash;
}

static int same(const char *a, const char *b, u32 length) {
  while (length && *a == *b) a++, b++, length--;
  return !length;
}

static void count_word(const char *from, u32 length) {
  u32 hash = hash_of(from, length);
  struct word **bucket = &buckets[hash % BUCKETS];
  for (struct word *word = *bucket; word; word = word->next)
    if (word->hash == hash && word->length == length && same(word->text, from, length)) {
      word->count++;
      return;
    }
  if (word_count == WORDS_MOST) return;
  struct word *word = &words[word_count++];
  *word = (struct word){from, length, hash, 1, *bucket, 0, 0};
  *bucket = word;
}

static void count_words(void) {
  memset(buckets, 0, sizeof buckets);
  word_count = 0;
  for (const char *c = text; *c;) {
    while (*c == ' ' || *c == '\n') c++;
    const char *start = c;
    while (*c > ' ') c++;
    if (c > start) count_word(start, c - start);
  }
}

static void plant(struct word **root, struct word *word) {
  while (*root) root = word->hash < (*root)->hash ? &(*root)->before : &(*root)->after;
  *root = word;
}

static u32 walk(const struct word *word, u32 depth) {
  u32 sum = 0;
  for (; word; word = word->after, depth++) sum += walk(word->before, depth + 1) * 3 + word->count * depth;
  return sum;
}

static int earlier(const struct word *a, const struct word *b) {
  if (a->count != b->count) return a->count > b->count;
  u32 shorter = a->length < b->length ? a->length : b->length;
  for (u32 i = 0; i < shorter; i++)
    if (a->text[i] != b->text[i]) return a->text[i] < b->text[i];
  return a->length < b->length;
}

static void sort_words(void) {
  for (u32 i = 0; i < word_count; i++) order[i] = &words[i];
  for (u32 gap = word_count / 2; gap; gap = gap * 5 / 11)
    for (u32 i = gap; i < word_count; i++) {
      struct word *moving = order[i];
      u32 at = i;
      for (; at >= gap && earlier(moving, order[at - gap]); at -= gap) order[at] = order[at - gap];
      order[at] = moving;
    }
}

static u32 write_report(void) {
  char *to = report;
  for (u32 i = 0; i < word_count && to < report + REPORT_BYTES - 64; i++) {
    char digits[12], *digit = digits + sizeof digits;
    for (u32 count = order[i]->count; count; count /= 10) *--digit = '0' + count % 10;
    while (digit < digits + sizeof digits) *to++ = *digit++;
    *to++ = '\t';
    for (u32 at = 0; at < order[i]->length; at++) *to++ = order[i]->text[at];
    *to++ = '\n';
  }
  return to - report;
}

/* Elias gamma code of every byte's distance from the one before: shifts, leading zeros, and a 32-bit reservoir. */
static u32 pack(u32 length) {
  u32 sum = 0, reservoir = 0, held = 0;
  for (u32 i = 1; i < length; i++) {
    u32 distance = ((u8)report[i] ^ (u8)report[i - 1]) + 1;
    u32 bits = 2 * (31 - __builtin_clz(distance)) + 1;
    if (held + bits > 32) {
      sum = mix(sum, reservoir);
      reservoir = held = 0;
    }
    reservoir |= distance << held;
    held += bits;
  }
  return mix(sum, reservoir);
}

u32 integer_turn(u32 number) {
  struct word *root = 0;
  write_text(seed(number));
  count_words();
  for (u32 i = 0; i < word_count; i++) plant(&root, &words[i]);
  sort_words();
  u32 length = write_report();
  for (u32 i = 1; i < word_count; i++)
    if (order[i - 1]->count < order[i]->count) failed("the report is out of order");
  return mix(mix(walk(root, 1), hash_of(report, length)), pack(length));
}
