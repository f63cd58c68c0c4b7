/*
 * A line at the prompt, a key at a time.
 *
 *      ← → Ctrl-B Ctrl-F          a letter to and fro       Home End Ctrl-A Ctrl-E  the ends
 *      ↑ ↓ Ctrl-P Ctrl-N          lines before and after    Backspace Delete        a letter less
 *      Ctrl-U Ctrl-K Ctrl-W       all before, all behind, a word less
 *      Tab  completes             Ctrl-L  a clean screen    Ctrl-C  another line    Ctrl-D  the end, on an empty line
 */
#include "sh.h"

#define CTRL(letter) ((letter) & 31)
enum { ESCAPE = 27, DELETE = 127, KEY_UP = 256, KEY_DOWN, KEY_RIGHT, KEY_LEFT, KEY_HOME, KEY_END, KEY_DELETE, KEY_NONE };

static struct text line;
static u32 cursor, shown_from;
static int ago; /* which remembered line this is; 0: a new one */
static char *draft;
static const char *prompt_text;

/* --- keys --- */

/* One at a time: what is typed behind the line may be for the program the line runs. */
static int read_byte(void) {
  u8 byte;
  flush();
  return read(0, &byte, 1) == 1 ? byte : -1;
}

/* Arrows and their like come as ESC [ and a letter, or ESC [ a number and ~. */
static int read_key(void) {
  static const struct { char letter; u16 key; } letters[] = {
      {'A', KEY_UP}, {'B', KEY_DOWN}, {'C', KEY_RIGHT}, {'D', KEY_LEFT}, {'H', KEY_HOME}, {'F', KEY_END}};
  int key = read_byte(), number = 0;
  if (key != ESCAPE) return key;
  key = read_byte();
  if (key != '[' && key != 'O') return KEY_NONE;
  while (is_digit(key = read_byte())) number = number * 10 + key - '0';
  if (key == '~') return number == 1 ? KEY_HOME : number == 4 ? KEY_END : number == 3 ? KEY_DELETE : KEY_NONE;
  for (u32 i = 0; i < LENGTH(letters); i++)
    if (letters[i].letter == key) return letters[i].key;
  return KEY_NONE;
}

/* --- the screen --- */

/* A line too long for the screen is shown in part, around the cursor. */
static void draw(void) {
  u32 width = terminal_size().columns - 1, room = width - strlen(prompt_text) % width;
  if (cursor < shown_from) shown_from = cursor;
  if (cursor - shown_from >= room) shown_from = cursor - room + 1;
  u32 length = line.length - shown_from;
  if (length > room) length = room;
  printf("\r%s", prompt_text);
  print_bytes(line.bytes + shown_from, length);
  printf("\033[K");
  if (cursor - shown_from < length) printf("\033[%uD", length - (cursor - shown_from));
}

static void replace_line(const char *with) {
  line.length = 0;
  text_add(&line, with, strlen(with));
  cursor = line.length, shown_from = 0;
}

/* --- deeds --- */

static void insert(char c) {
  text_add_char(&line, c);
  memmove(line.bytes + cursor + 1, line.bytes + cursor, line.length - 1 - cursor);
  line.bytes[cursor++] = c;
  /* Mostly somebody types at the end, and then the letter is all there is to draw. */
  if (cursor == line.length && cursor - shown_from + strlen(prompt_text) < terminal_size().columns - 1u)
    print_bytes(&c, 1);
  else
    draw();
}

static void remove(u32 from, u32 to) {
  memmove(line.bytes + from, line.bytes + to, line.length - to);
  line.length -= to - from;
  cursor = from;
}

static void remove_word(void) {
  u32 from = cursor;
  while (from && line.bytes[from - 1] == ' ') from--;
  while (from && line.bytes[from - 1] != ' ') from--;
  remove(from, cursor);
}

static void recall(int step) {
  int wanted = ago + step;
  if (wanted < 0 || (wanted && !remembered(wanted))) return;
  if (!ago) {
    free(draft);
    draft = strdup(text_end(&line));
  }
  ago = wanted;
  replace_line(wanted ? remembered(wanted) : draft);
}

static void obey(int key) {
  switch (key) {
    case KEY_LEFT: case CTRL('B'): if (cursor) cursor--; break;
    case KEY_RIGHT: case CTRL('F'): if (cursor < line.length) cursor++; break;
    case KEY_HOME: case CTRL('A'): cursor = 0; break;
    case KEY_END: case CTRL('E'): cursor = line.length; break;
    case KEY_UP: case CTRL('P'): recall(1); break;
    case KEY_DOWN: case CTRL('N'): recall(-1); break;
    case DELETE: case CTRL('H'): if (cursor) remove(cursor - 1, cursor); break;
    case KEY_DELETE: case CTRL('D'): if (cursor < line.length) remove(cursor, cursor + 1); break;
    case CTRL('U'): remove(0, cursor); break;
    case CTRL('K'): line.length = cursor; break;
    case CTRL('W'): remove_word(); break;
    case CTRL('L'): printf("\033[H\033[J"); break;
    case '\t': complete(&line, &cursor); break;
    default: if (key >= ' ' && key < KEY_UP) insert(key); return;
  }
  draw();
}

char *edit_line(const char *prompt) {
  prompt_text = prompt;
  ago = 0;
  replace_line("");
  if (terminal_raw()) return 0; /* first, or what is typed at once would be shown twice */
  printf("%s", prompt);
  for (;;) {
    int key = read_key();
    if (key < 0 || (key == CTRL('D') && !line.length)) {
      terminal_as_before();
      return 0;
    }
    if (key == CTRL('C')) printf("^C\n"), replace_line(""), last_status = 130;
    if (key == '\n' || key == '\r') printf("\n");
    if (key == CTRL('C') || key == '\n' || key == '\r') break;
    obey(key);
  }
  flush();
  terminal_as_before();
  return text_end(&line);
}
