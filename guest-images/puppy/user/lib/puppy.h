/*
 * The library all of puppy's programs share: system calls by name and a few functions every C programmer expects.
 */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef __SIZE_TYPE__ size_t;

extern char **environ;
int main(int argc, char **argv, char **environment);

/* start.S: any system call; the answer is negative for an error. */
int system_call(int number, ...);
void exit(int status) __attribute__((noreturn));

int write(int file, const void *from, size_t length);
size_t strlen(const char *text);
