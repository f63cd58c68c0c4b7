/* Whole numbers in $(( )): || && == != < <= > >= + - * / % and one sign before a number, a variable or parentheses. */
#include "sh.h"

static const char *at;
static int wrong;

static const struct { const char *sign; int strength; } operators[] = {
    {"||", 1}, {"&&", 2}, {"==", 3}, {"!=", 3}, {"<=", 4}, {">=", 4}, {"<", 4}, {">", 4},
    {"+", 5},  {"-", 5},  {"*", 6},  {"/", 6},  {"%", 6}};

static long parse_from(int strength);

static void skip_blanks(void) {
  while (is_space(*at)) at++;
}

static long parse_value(void) {
  skip_blanks();
  if (*at == '-') return at++, -parse_value();
  if (*at == '!') return at++, !parse_value();
  if (*at == '(') {
    at++;
    long value = parse_from(1);
    if (*at == ')') at++;
    else wrong = 1;
    return value;
  }
  int with_dollar = *at == '$';
  const char *start = at += with_dollar;
  while (is_letter(*at) || is_digit(*at)) at++;
  if (at == start) return wrong = 1;
  if (is_digit(*start) && !with_dollar) return parse_number(start);
  char *name = keep_text(start - with_dollar, at - start + with_dollar);
  const char *value = with_dollar ? expand_single(name) : variable(start, at - start);
  return value ? parse_number(value) : 0;
}

static long apply(u32 operator, long a, long b) {
  if (operator >= 11 && b == 0) return wrong = 1;
  switch (operator) {
    case 0: return a || b;
    case 1: return a && b;
    case 2: return a == b;
    case 3: return a != b;
    case 4: return a <= b;
    case 5: return a >= b;
    case 6: return a < b;
    case 7: return a > b;
    case 8: return a + b;
    case 9: return a - b;
    case 10: return a * b;
    case 11: return b == -1 ? -a : a / b;
    default: return b == -1 ? 0 : a % b;
  }
}

/* Takes all operators at least that strong. */
static long parse_from(int strength) {
  long value = parse_value();
  for (;;) {
    u32 found = 0;
    skip_blanks();
    while (found < LENGTH(operators) && !starts_with(at, operators[found].sign)) found++;
    if (found == LENGTH(operators) || operators[found].strength < strength || wrong) return value;
    at += strlen(operators[found].sign);
    value = apply(found, value, parse_from(operators[found].strength + 1));
  }
}

long evaluate(const char *text, int *error) {
  at = text, wrong = 0;
  long value = parse_from(1);
  *error = wrong || *at;
  return value;
}
