/*
 * How long it takes to switch from one process to the next: a token goes round a ring of them, from pipe to pipe.
 *
 *      lat_ctx [switches [processes]]
 */
#include "puppy.h"

enum { USUAL_RING = 8, RING_MOST = 32 };

static int pipes[RING_MOST][2];

/* Everybody reads from the pipe of their own place and writes to the next one's. */
static int pass_on(int place, int ring, u32 *token) {
  if (read(pipes[place][0], token, sizeof *token) != sizeof *token) return 0;
  ++*token;
  return write(pipes[(place + 1) % ring][1], token, sizeof *token) == sizeof *token;
}

static void be_a_link(int place, int ring) {
  u32 token;
  for (int i = 0; i < ring; i++)
    if (i != (place + 1) % ring) close(pipes[i][1]);
  while (pass_on(place, ring, &token)) continue;
  exit(0);
}

int main(int argc, char **argv) {
  u32 count = operations_wanted(argc, argv, 4000), token = 0;
  int ring = argc > 2 && is_number(argv[2]) ? parse_number(argv[2]) : USUAL_RING;
  if (ring < 2 || ring > RING_MOST) return complain("a ring has 2 to %d processes", RING_MOST);
  for (int i = 0, error; i < ring; i++)
    if ((error = pipe(pipes[i]))) return complain_of("pipe", error);
  for (int place = 1; place < ring; place++) {
    int child = fork();
    if (child < 0) return complain_of("fork", child);
    if (child == 0) be_a_link(place, ring);
  }
  u64 start = now_ns();
  write(pipes[1][1], &token, sizeof token); /* so that it comes here with as many switches behind it as there are links */
  while (token < count && pass_on(0, ring, &token)) continue;
  u64 spent = now_ns() - start;
  for (int i = 0; i < ring; i++) close(pipes[i][1]);
  while (waitpid(-1, 0, 0) > 0) continue;
  report(token, spent, "a token from one process to the next");
  return 0;
}
