/*
 * Reading ELF programs.  Nothing of a program is loaded here: its segments become areas, and pages come when touched.
 */
#include "exec.h"

static int map_segment(struct inode *file, const struct elf_segment *segment, struct program *program) {
  u32 slack = segment->address % PAGE_BYTES, end = segment->address + segment->memory_bytes;
  if (slack != segment->offset % PAGE_BYTES || end < segment->address || end > MAPPINGS_LIMIT) return -ENOEXEC;
  if (segment->file_bytes > segment->memory_bytes || segment->address < PAGE_BYTES) return -ENOEXEC;
  struct area area = {.start = segment->address - slack,
                      .end = page_ceiling(end),
                      .rights = PROT_READ | (segment->flags & PF_W ? PROT_WRITE : 0) | (segment->flags & PF_X ? PROT_EXEC : 0),
                      .file = inode_hold(file),
                      .offset = segment->offset - slack,
                      .file_end = segment->address + segment->file_bytes};
  if (area.start == area.end) return inode_drop(file), 0;
  int error = area_remove(&current->space, area.start, area.end);
  if (!error) error = area_add(&current->space, area);
  if (error) return inode_drop(file), error;
  if (program->end < area.end) program->end = area.end;
  return 0;
}

int elf_is_program(const struct elf_header *header) {
  static const u8 magic[] = {0x7f, 'E', 'L', 'F', 1, 1};
  for (u32 i = 0; i < sizeof magic; i++)
    if (header->ident[i] != magic[i]) return 0;
  return header->type == ET_EXEC && header->machine == EM_386 && header->program_header_bytes == sizeof(struct elf_segment) &&
         header->program_header_count && header->program_header_count <= SEGMENTS;
}

int elf_read_segment(struct inode *file, const struct elf_header *header, u32 index, struct elf_segment *segment) {
  u32 at = header->program_headers + index * sizeof *segment;
  return inode_read(file, at, segment, sizeof *segment) == sizeof *segment ? 0 : -ENOEXEC;
}

/* Makes areas of a program's segments in the current space; program->end and ->headers are filled in. */
int elf_map(struct inode *file, const struct elf_header *header, struct program *program) {
  for (u32 i = 0; i < header->program_header_count; i++) {
    struct elf_segment segment;
    int error = elf_read_segment(file, header, i, &segment);
    if (error) return error;
    if (segment.type != PT_LOAD) continue;
    if (segment.offset == 0) program->headers = segment.address + header->program_headers;
    if ((error = map_segment(file, &segment, program))) return error;
  }
  return 0;
}

/* The program's interpreter, if it names one: its path in `path`, and 1. */
int elf_interpreter(struct inode *file, const struct elf_header *header, char *path, u32 size) {
  for (u32 i = 0; i < header->program_header_count; i++) {
    struct elf_segment segment;
    if (elf_read_segment(file, header, i, &segment)) return -ENOEXEC;
    if (segment.type != PT_INTERP) continue;
    if (!segment.file_bytes || segment.file_bytes > size) return -ENOEXEC;
    if (inode_read(file, segment.offset, path, segment.file_bytes) != (int)segment.file_bytes) return -ENOEXEC;
    path[segment.file_bytes - 1] = 0;
    return 1;
  }
  return 0;
}
