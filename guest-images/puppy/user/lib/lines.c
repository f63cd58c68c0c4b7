/* Text that grows, and files by the line. */
#include "puppy.h"

enum { ROOM_LEAST = 64, PIECE_BYTES = 4096 };

void text_add(struct text *text, const char *bytes, size_t length) {
  if (text->length + length + 1 > text->room) {
    text->room = (text->length + length + 1) * 2;
    if (text->room < ROOM_LEAST) text->room = ROOM_LEAST;
    text->bytes = realloc(text->bytes, text->room);
  }
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
}

void text_add_char(struct text *text, char c) { text_add(text, &c, 1); }

char *text_end(struct text *text) {
  text_add(text, "", 1);
  return text->length--, text->bytes;
}

int next_line(struct reader *reader, struct text *line) {
  line->length = 0;
  for (;;) {
    if (reader->at == reader->filled) {
      int filled = read(reader->file, reader->buffer, sizeof reader->buffer);
      reader->at = 0;
      reader->filled = filled > 0 ? filled : 0;
      if (filled <= 0) return text_end(line), line->length != 0;
    }
    u32 start = reader->at;
    while (reader->at < reader->filled && reader->buffer[reader->at] != '\n') reader->at++;
    text_add(line, reader->buffer + start, reader->at - start);
    if (reader->at < reader->filled) return reader->at++, text_end(line), 1;
  }
}

char *read_whole(const char *path) {
  struct text text = {0};
  char piece[PIECE_BYTES];
  int length, file = open(path, O_RDONLY, 0);
  if (file < 0) return 0;
  while ((length = read(file, piece, sizeof piece)) > 0) text_add(&text, piece, length);
  close(file);
  return text_end(&text);
}
