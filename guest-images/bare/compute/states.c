/*
 * A state machine: a lexer for something like C, one switch on the state and one on the character's kind.
 */
#include "compute.h"

enum { SOURCE_BYTES = 16384, PASSES = 4 };
enum kind { SPACE, LETTER, DIGIT, QUOTE, SLASH, STAR, SIGN, LINE_END, KINDS };
enum state { BETWEEN, NAME, NUMBER, STRING, AFTER_SLASH, COMMENT, AFTER_STAR, LINE_COMMENT, STATES };

static char source[SOURCE_BYTES];
static u32 tokens[STATES];

static enum kind kind_of(char c) {
  if ((c >= 'a' && c <= 'z') || c == '_') return LETTER;
  if (c >= '0' && c <= '9') return DIGIT;
  switch (c) {
    case ' ': return SPACE;
    case '"': return QUOTE;
    case '/': return SLASH;
    case '*': return STAR;
    case '\n': return LINE_END;
    default: return SIGN;
  }
}

static enum state begin(enum kind kind) {
  switch (kind) {
    case LETTER: return NAME;
    case DIGIT: return NUMBER;
    case QUOTE: return STRING;
    case SLASH: return AFTER_SLASH;
    default: return BETWEEN;
  }
}

static enum state step(enum state state, enum kind kind) {
  switch (state) {
    case NAME: return kind == LETTER || kind == DIGIT ? NAME : begin(kind);
    case NUMBER: return kind == DIGIT ? NUMBER : begin(kind);
    case STRING: return kind == QUOTE || kind == LINE_END ? BETWEEN : STRING;
    case AFTER_SLASH: return kind == STAR ? COMMENT : kind == SLASH ? LINE_COMMENT : begin(kind);
    case COMMENT: return kind == STAR ? AFTER_STAR : COMMENT;
    case AFTER_STAR: return kind == SLASH ? BETWEEN : kind == STAR ? AFTER_STAR : COMMENT;
    case LINE_COMMENT: return kind == LINE_END ? BETWEEN : LINE_COMMENT;
    default: return begin(kind);
  }
}

static void write_source(u32 random) {
  static const char *const pieces[] = {"while", "x1", " ", "(", "count", ") ", "/* why */", "42", "\"text\"", "\n",
                                       "/", "*", "// so\n", ";", "a_b", "0"};
  u32 used = 0;
  while (used < SOURCE_BYTES - 16)
    for (const char *c = pieces[next_random(&random) >> 5 & 15]; *c;) source[used++] = *c++;
  while (used < SOURCE_BYTES) source[used++] = '\n';
}

u32 states_turn(u32 number) {
  u32 sum = 0, characters = 0;
  write_source(seed(number));
  for (u32 pass = 0; pass < PASSES; pass++) {
    enum state state = BETWEEN;
    memset(tokens, 0, sizeof tokens);
    for (u32 i = pass; i < SOURCE_BYTES; i++) {
      enum state next = step(state, kind_of(source[i]));
      tokens[next] += next != state;
      sum += next;
      state = next;
      characters++;
    }
    for (u32 i = 0; i < STATES; i++) sum = mix(sum, tokens[i]);
  }
  if (characters != PASSES * SOURCE_BYTES - PASSES * (PASSES - 1) / 2) failed("characters were skipped");
  return sum;
}
