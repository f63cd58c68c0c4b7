/*
 * A line editor of the ed kind.  ed [file]
 *
 *      addresses   5  .  $  /pattern/  ?pattern?  and +2 or -2 behind them; two with a comma between; % is all lines
 *      commands    a i c  text behind, before, instead; a dot alone ends it
 *                  p n d  print, with numbers, delete      j  join        m5 t5  move, copy behind line 5
 *                  s/old/new/g  replace (& is what was found)             =  the line's number
 *                  w r e [file]  write, read, edit          q Q  leave; Q even if something was not written
 */
#include "puppy.h"

enum { NAME_BYTES = 256, NOWHERE = -1 };

static char **lines;
static int count, room, here; /* here: the line meant by a dot; the first is 1 */
static int changed;
static char name[NAME_BYTES];
static const char *at;        /* in the command */
static const char *trouble;   /* why it was not done */
static struct reader input;

/* --- the text --- */

static void insert_line(int behind, const char *text) {
  if (count == room) lines = realloc(lines, (room = room * 2 + 64) * sizeof *lines);
  memmove(lines + behind + 1, lines + behind, (count - behind) * sizeof *lines);
  lines[behind] = strdup(text);
  count++, changed = 1;
}

static void delete_lines(int first, int last) {
  for (int i = first; i <= last; i++) free(lines[i - 1]);
  memmove(lines + first - 1, lines + last, (count - last) * sizeof *lines);
  count -= last - first + 1, changed = 1;
  here = first <= count ? first : count;
}

static void read_text(int behind) {
  struct text line = {0};
  for (flush(); next_line(&input, &line) && strcmp(line.bytes, "."); flush()) insert_line(behind++, line.bytes);
  here = behind;
  free(line.bytes);
}

/* --- files --- */

static int read_file(const char *path, int behind) {
  static struct reader reader;
  struct text line = {0};
  int bytes = 0;
  reader = (struct reader){.file = open(path, O_RDONLY, 0)};
  if (reader.file < 0) return complain_of(path, reader.file), 0;
  for (; next_line(&reader, &line); bytes += line.length + 1) insert_line(behind++, line.bytes);
  close(reader.file);
  free(line.bytes);
  printf("%d\n", bytes);
  here = behind;
  return 1;
}

static void write_file(const char *path, int first, int last) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666), bytes = 0, error = file < 0 ? file : 0;
  for (int i = first; i <= last && i && !error; i++) {
    int length = strlen(lines[i - 1]);
    lines[i - 1][length] = '\n'; /* in the place of the zero, for one write */
    error = write_all(file, lines[i - 1], length + 1);
    lines[i - 1][length] = 0;
    bytes += length + 1;
  }
  if (file >= 0) close(file);
  if (error) return (void)complain_of(path, error);
  printf("%d\n", bytes);
  if (first <= 1 && last == count) changed = 0;
}

/* --- addresses --- */

static char *take_until(char end) {
  struct text text = {0};
  for (; *at && *at != end; at++) {
    if (*at == '\\' && at[1] == end) at++;
    else if (*at == '\\' && at[1]) text_add_char(&text, *at++);
    text_add_char(&text, *at);
  }
  if (*at == end) at++;
  return text_end(&text);
}

static int search(char direction) {
  static char *last;
  char *pattern = take_until(direction);
  const char *end;
  if (*pattern) free(last), last = pattern;
  if (!last) return NOWHERE;
  for (int i = 1; i <= count; i++) {
    int line = direction == '/' ? (here + i - 1) % count + 1 : (here - i - 1 + 2 * count) % count + 1;
    if (find_pattern(last, lines[line - 1], &end)) return line;
  }
  trouble = "not found";
  return NOWHERE;
}

static int take_number(void) {
  int number = parse_number(at);
  while (is_digit(*at)) at++;
  return number;
}

/* One address; NOWHERE if there is none. */
static int take_address(void) {
  int line = NOWHERE;
  if (is_digit(*at)) line = take_number();
  else if (*at == '.') at++, line = here;
  else if (*at == '$') at++, line = count;
  else if (*at == '/' || *at == '?') at++, line = search(at[-1]);
  while (*at == '+' || *at == '-') {
    int sign = *at++ == '+' ? 1 : -1;
    line = (line == NOWHERE ? here : line) + sign * (is_digit(*at) ? take_number() : 1);
  }
  return line;
}

static int take_range(int *first, int *last) {
  if (*at == '%') return at++, *first = count != 0, *last = count, 2;
  *first = *last = take_address();
  int given = *first != NOWHERE;
  if (*at == ',') {
    at++, *last = take_address();
    if (!given) *first = 1;
    if (*last == NOWHERE) *last = given ? *first : count;
    given = 2;
  }
  if (!given) *first = *last = here;
  return given;
}

/* --- commands --- */

static void print_lines(int first, int last, int numbered) {
  for (int i = first; i <= last; i++) {
    if (numbered) printf("%d\t", i);
    printf("%s\n", lines[i - 1]);
  }
  here = last;
}

static int replace_in(int line, const char *pattern, const char *with, int all) {
  struct text made = {0};
  const char *text = lines[line - 1], *found, *end;
  int hits = 0;
  while ((found = find_pattern(pattern, text, &end)) && (!hits || (all && *pattern != '^'))) {
    hits++;
    text_add(&made, text, found - text);
    for (const char *from = with; *from; from++) {
      if (*from == '&') text_add(&made, found, end - found);
      else text_add_char(&made, *from == '\\' && from[1] ? *++from : *from);
    }
    if (end == found && *end) text_add_char(&made, *end++);
    text = end;
    if (!*text) break;
  }
  text_add(&made, text, strlen(text));
  if (!hits) return free(made.bytes), 0;
  free(lines[line - 1]);
  lines[line - 1] = text_end(&made);
  return changed = 1;
}

static void substitute(int first, int last) {
  char mark = *at++, *pattern = take_until(mark), *with = take_until(mark);
  int all = *at == 'g', done = 0;
  at += all;
  for (int i = first; i <= last; i++)
    if (replace_in(i, pattern, with, all)) here = i, done = 1;
  if (!done) trouble = "not found";
  free(pattern), free(with);
  if (done && *at == 'p') print_lines(here, here, 0);
}

static void join(int first, int last) {
  struct text line = {0};
  if (first == last && last < count) last++;
  for (int i = first; i <= last; i++) text_add(&line, lines[i - 1], strlen(lines[i - 1]));
  delete_lines(first, last);
  insert_line(first - 1, text_end(&line));
  here = first;
  free(line.bytes);
}

static void move_or_copy(int first, int last, int move) {
  int to = take_address(), lines_meant = last - first + 1;
  if (to == NOWHERE) to = here;
  if (to > count || to < 0 || (move && to >= first && to < last)) return (void)(trouble = "there is no such place");
  char **copies = malloc(lines_meant * sizeof *copies);
  for (int i = 0; i < lines_meant; i++) copies[i] = strdup(lines[first - 1 + i]);
  if (move) delete_lines(first, last);
  if (move && to >= last) to -= lines_meant;
  for (int i = 0; i < lines_meant; i++) insert_line(to + i, copies[i]), free(copies[i]);
  here = to + lines_meant;
  free(copies);
}

static const char *file_meant(void) {
  while (*at == ' ') at++;
  if (*at) snprintf(name, sizeof name, "%s", at);
  if (!*name) trouble = "which file?";
  return trouble ? 0 : name;
}

static void do_with_file(char command, int given, int first, int last) {
  int had_name = *name, extra = 0;
  char before[NAME_BYTES];
  strcpy(before, name);
  const char *path = file_meant();
  if (!path) return;
  if (command == 'w') write_file(path, given ? first : count != 0, given ? last : count);
  if (command == 'r') extra = !read_file(path, given ? last : count);
  if (command == 'e') {
    if (count) delete_lines(1, count);
    read_file(path, 0);
    changed = 0;
  } else if (had_name || extra) {
    strcpy(name, before); /* another file than ours was only visited */
  }
}

/* Whether to go on. */
static int obey(char command, int given, int first, int last) {
  int needs_lines = command && strchr("pndcsjmt", command) != 0;
  if (first > last || last > count || first < 0 || (needs_lines && first < 1)) return trouble = "there is no such line", 1;
  switch (command) {
    case 0: if (given || here < count) print_lines(given ? last : here + 1, given ? last : here + 1, 0); break;
    case 'a': read_text(last); break;
    case 'i': read_text(last ? last - 1 : 0); break;
    case 'c': delete_lines(first, last), read_text(first - 1); break;
    case 'd': delete_lines(first, last); break;
    case 'p': case 'n': print_lines(first, last, command == 'n'); break;
    case 's': substitute(first, last); break;
    case 'j': join(first, last); break;
    case 'm': case 't': move_or_copy(first, last, command == 'm'); break;
    case '=': printf("%d\n", given ? last : count); break;
    case 'w': case 'r': case 'e': do_with_file(command, given, first, last); break;
    case 'q':
      if (changed) return changed = 0, trouble = "not written yet; q again leaves anyway", 1;
      return 0;
    case 'Q': return 0;
    default: trouble = "no such command";
  }
  return 1;
}

int main(int argc, char **argv) {
  struct text line = {0};
  if (argc > 1) {
    snprintf(name, sizeof name, "%s", argv[1]);
    read_file(name, 0);
    changed = 0;
  }
  for (flush(); next_line(&input, &line); flush()) {
    int first, last;
    at = line.bytes, trouble = 0;
    int given = take_range(&first, &last);
    char command = *at;
    if (command) at++;
    int goes_on = trouble || obey(command, given, first, last);
    if (!goes_on) return 0;
    if (trouble) printf("? %s\n", trouble);
  }
  return 0;
}
