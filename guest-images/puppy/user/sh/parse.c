/*
 * From text to a tree.
 *
 *      list     = and-or { (; | & | newline) and-or }
 *      and-or   = pipeline { (&& | ||) pipeline }
 *      pipeline = [!] command { | command }
 *      command  = (word | redirection) ... | ( list ) | { list } | if | while | until | for, and redirections behind it
 */
#include "sh.h"

enum token { END, NEWLINE, SEMICOLON, WORD, REDIRECTION, PIPE_SIGN, AND_SIGN, OR_SIGN, AMPERSAND, OPEN, CLOSE };

static const char *at, *token_start, *problem;
static int unfinished;
static enum token token;
static char *word;                     /* of a WORD */
static struct redirection redirection; /* of a REDIRECTION, its word still to come */

static struct node *parse_list(void);

/* --- tokens --- */

const char *skip_quoted(const char *at) {
  if (*at == '\\') return at[1] ? at + 2 : 0;
  if (*at == '\'') {
    const char *end = strchr(at + 1, '\'');
    return end ? end + 1 : 0;
  }
  if (*at == '"') {
    for (at++; *at != '"';) {
      if (!*at) return 0;
      int nested = *at == '\\' || (*at == '$' && (at[1] == '(' || at[1] == '{'));
      at = nested ? skip_quoted(at) : at + 1;
      if (!at) return 0;
    }
    return at + 1;
  }
  if (*at != '$' || (at[1] != '(' && at[1] != '{')) return at + 1;
  char open = at[1], close = open == '(' ? ')' : '}';
  int depth = 1;
  for (at += 2; depth;) {
    if (!*at) return 0;
    int quoted = *at == '\\' || *at == '\'' || *at == '"';
    depth += (*at == open) - (*at == close);
    at = quoted ? skip_quoted(at) : at + 1;
    if (!at) return 0;
  }
  return at;
}

static void take_word(void) {
  const char *start = at;
  while (*at && !strchr(" \t\n;&|()<>", *at)) {
    const char *next = skip_quoted(at);
    if (!next) {
      unfinished = 1;
      at += strlen(at);
      break;
    }
    at = next;
  }
  word = keep_text(start, at - start);
  token = WORD;
}

/* [digit] < or > or >> or >&, and the word behind it is the next token. */
static int take_redirection(void) {
  const char *sign = at + is_digit(*at);
  if (*sign != '<' && *sign != '>') return 0;
  redirection = (struct redirection){.file = is_digit(*at) ? *at - '0' : *sign == '>', .flags = O_RDONLY};
  if (*sign == '>') redirection.flags = O_WRONLY | O_CREAT | O_TRUNC;
  at = sign + 1;
  if (*sign == '>' && *at == '>') redirection.flags = O_WRONLY | O_CREAT | O_APPEND, at++;
  if (*at == '&') redirection.copies = 1, at++;
  token = REDIRECTION;
  return 1;
}

static void next(void) {
  static const struct { const char *sign; enum token token; } signs[] = {
      {"&&", AND_SIGN}, {"||", OR_SIGN}, {"&", AMPERSAND}, {"|", PIPE_SIGN}, {";", SEMICOLON}, {"\n", NEWLINE}, {"(", OPEN},
      {")", CLOSE}};
  while (*at == ' ' || *at == '\t' || *at == '\r' || (*at == '\\' && at[1] == '\n')) at += *at == '\\' ? 2 : 1;
  if (*at == '#') while (*at && *at != '\n') at++;
  token_start = at;
  token = END;
  if (!*at) return;
  for (u32 i = 0; i < LENGTH(signs); i++)
    if (starts_with(at, signs[i].sign)) {
      token = signs[i].token;
      at += strlen(signs[i].sign);
      return;
    }
  if (!take_redirection()) take_word();
}

static int is_keyword(const char *wanted) { return token == WORD && !strcmp(word, wanted); }

static void skip_newlines(void) {
  while (token == NEWLINE) next();
}

static void expect(const char *keyword) {
  if (is_keyword(keyword)) return next();
  if (token == END) unfinished = 1;
  if (!problem) problem = keyword;
}

/* --- trees --- */

static struct node *new_node(enum kind kind, struct node *first, struct node *second) {
  struct node *node = keep(sizeof *node);
  *node = (struct node){.kind = kind, .first = first, .second = second};
  return node;
}

static void add_redirection(struct node *node) {
  struct redirection *copy = keep(sizeof *copy), **end = &node->redirections;
  *copy = redirection;
  next();
  if (token != WORD) {
    if (!problem) problem = "a file's name";
    return;
  }
  copy->word = word;
  while (*end) end = &(*end)->next;
  *end = copy;
  next();
}

static struct node *parse_if(void) {
  struct node *node = new_node(IF, 0, 0);
  next();
  node->first = parse_list();
  expect("then");
  node->second = parse_list();
  if (is_keyword("elif")) {
    node->third = parse_if(); /* and it takes the fi with it */
    return node;
  }
  if (is_keyword("else")) {
    next();
    node->third = parse_list();
  }
  expect("fi");
  return node;
}

static struct node *parse_loop(enum kind kind) {
  struct node *node = new_node(kind, 0, 0);
  next();
  node->first = parse_list();
  expect("do");
  node->second = parse_list();
  expect("done");
  return node;
}

static struct node *parse_for(void) {
  struct node *node = new_node(FOR, 0, 0);
  next();
  if (token != WORD) {
    if (token == END) unfinished = 1;
    problem = "a variable's name";
    return node;
  }
  words_add(&node->words, word);
  next();
  skip_newlines();
  if (is_keyword("in"))
    for (next(); token == WORD; next()) words_add(&node->words, word);
  else
    words_add(&node->words, "\"$@\"");
  while (token == SEMICOLON || token == NEWLINE) next();
  expect("do");
  node->second = parse_list();
  expect("done");
  return node;
}

static struct node *parse_simple(void) {
  struct node *node = new_node(SIMPLE, 0, 0);
  while (token == WORD || token == REDIRECTION) {
    if (token == REDIRECTION) {
      add_redirection(node);
    } else {
      words_add(&node->words, word);
      next();
    }
  }
  if (!node->words.count && !node->redirections && !problem) {
    if (token == END) unfinished = 1;
    problem = "a command";
  }
  return node;
}

static struct node *parse_command(void) {
  struct node *node;
  if (is_keyword("if")) node = parse_if();
  else if (is_keyword("while")) node = parse_loop(WHILE);
  else if (is_keyword("until")) node = parse_loop(UNTIL);
  else if (is_keyword("for")) node = parse_for();
  else if (is_keyword("{")) {
    next();
    node = new_node(GROUP, parse_list(), 0);
    expect("}");
  } else if (token == OPEN) {
    next();
    node = new_node(SUBSHELL, parse_list(), 0);
    if (token == END) unfinished = 1;
    if (token != CLOSE && !problem) problem = ")";
    next();
  } else {
    return parse_simple();
  }
  while (token == REDIRECTION) add_redirection(node);
  return node;
}

static struct node *parse_pipeline(void) {
  int inverted = is_keyword("!");
  if (inverted) next();
  struct node *node = parse_command();
  if (token == PIPE_SIGN) {
    next();
    skip_newlines();
    node = new_node(PIPE, node, parse_pipeline());
  }
  return inverted ? new_node(NOT, node, 0) : node;
}

static struct node *parse_and_or(void) {
  struct node *node = parse_pipeline();
  while (token == AND_SIGN || token == OR_SIGN) {
    enum kind kind = token == AND_SIGN ? AND : OR;
    next();
    skip_newlines();
    node = new_node(kind, node, parse_pipeline());
  }
  return node;
}

static int ends_list(void) {
  static const char *const keywords[] = {"then", "elif", "else", "fi", "do", "done", "}"};
  for (u32 i = 0; i < LENGTH(keywords); i++)
    if (is_keyword(keywords[i])) return 1;
  return token == END || token == CLOSE;
}

static struct node *parse_list(void) {
  struct node *list = 0;
  for (;;) {
    while (token == NEWLINE || (list && token == SEMICOLON)) next();
    if (problem || ends_list()) return list;
    const char *start = token_start;
    struct node *node = parse_and_or();
    if (token == AMPERSAND) {
      node = new_node(BACKGROUND, node, 0);
      const char *end = token_start;
      while (end > start && is_space(end[-1])) end--;
      node->text = keep_text(start, end - start);
    }
    list = list ? new_node(SEQUENCE, list, node) : node;
    if (token != SEMICOLON && token != NEWLINE && token != AMPERSAND) return list;
    next();
  }
}

enum outcome parse(const char *text, struct node **tree, const char **complaint) {
  at = text, problem = 0, unfinished = 0;
  next();
  *tree = parse_list();
  if (unfinished) return UNFINISHED;
  if (!problem && token != END) problem = "the end";
  *complaint = problem;
  return problem ? WRONG : PARSED;
}
