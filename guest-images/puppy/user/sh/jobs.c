/* What runs in the background, and who has the terminal. */
#include "sh.h"

enum { JOBS = 32 };

static struct { int group; char *text; } jobs[JOBS];

void give_terminal(int group) {
  if (interactive) ioctl(0, TIOCSPGRP, &group);
}

static int status_of(int status) {
  int signal = status & 0x7f;
  return signal ? 128 + signal : status >> 8 & 0xff;
}

static void forget(int index) {
  free(jobs[index].text);
  jobs[index].group = 0;
}

int wait_for(int child, int group) {
  int status = 0, answer;
  while ((answer = waitpid(child, &status, 0)) == -EINTR)
    if (interrupted) break;
  if (group) give_terminal(getpid());
  if (answer < 0) return 127;
  for (int i = 0; i < JOBS; i++)
    if (jobs[i].group == child) forget(i);
  int signal = status & 0x7f;
  if (signal == SIGINT) {
    interrupted = 1;
  } else if (signal && signal != SIGPIPE && interactive) {
    complain("process %d: %s", child, signal_words(signal));
  }
  return status_of(status);
}

/* A shell of its own that runs it; in a group of its own, so that what is typed does not reach it. */
int start_job(struct node *node) {
  int child = fork(), free_place = 0;
  if (child < 0) return complain_of("fork", child);
  if (child == 0) {
    if (interactive) setpgid(0, 0);
    interactive = 0;
    run_in_child(node->first);
  }
  last_background = child;
  if (interactive) setpgid(child, child);
  while (free_place < JOBS && jobs[free_place].group) free_place++;
  if (free_place == JOBS) return complain("too many jobs to keep in mind");
  jobs[free_place].group = child;
  jobs[free_place].text = strdup(node->text);
  if (interactive) printf("[%d] %d\n", free_place + 1, child);
  return 0;
}

/* Says which have ended; all: and which have not. */
void report_jobs(int all) {
  for (int i = 0; i < JOBS; i++) {
    int status;
    if (!jobs[i].group) continue;
    int gone = waitpid(jobs[i].group, &status, WNOHANG);
    if (!gone && !all) continue;
    printf("[%d] %d ", i + 1, jobs[i].group);
    if (!gone) printf("running");
    else if (gone < 0 || !status) printf("done");
    else if (status & 0x7f) printf("%s", signal_words(status & 0x7f));
    else printf("ended with %d", status_of(status));
    printf(": %s\n", jobs[i].text);
    if (gone) forget(i);
  }
}

int job_group(const char *word) {
  int last = 0;
  for (int i = 0; i < JOBS; i++)
    if (jobs[i].group) last = i + 1;
  if (word) last = parse_number(word + (*word == '%'));
  return last > 0 && last <= JOBS ? jobs[last - 1].group : 0;
}

int wait_for_jobs(void) {
  int status = 0;
  for (int i = 0; i < JOBS && !interrupted; i++)
    if (jobs[i].group) status = wait_for(jobs[i].group, 0);
  return status;
}

void forget_jobs(void) {
  for (int i = 0; i < JOBS; i++)
    if (jobs[i].group) forget(i);
}
