/*
 * The oracle's letters: lines in, fields out, hexadecimal throughout.  Nothing here may use the C library's own files or
 * errno: it runs while the thread pointer is not the library's.  See oracle.c.
 */
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

static uint8_t input[1 << 20];
static int inputLength, inputAt, inputEnded;
static char output[1 << 20];
static int outputLength;

static long systemCall(long number, long a, long b, long c)
{
	long result;
	__asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(a), "c"(b), "d"(c) : "memory");
	return result;
}

static void flush(void)
{
	for (int at = 0; at < outputLength;) {
		long written = systemCall(SYS_write, 1, (long)(output + at), outputLength - at);
		if (written <= 0)
			systemCall(SYS_exit_group, 2, 0, 0);
		at += written;
	}
	outputLength = 0;
}

static void putText(const char *text)
{
	while (*text)
		output[outputLength++] = *text++;
}

static void putByte(uint8_t byte)
{
	output[outputLength++] = "0123456789abcdef"[byte >> 4];
	output[outputLength++] = "0123456789abcdef"[byte & 15];
}

static void putHex(uint32_t value)
{
	char digits[8];
	int count = 0;
	do
		digits[count++] = "0123456789abcdef"[value & 15];
	while (value >>= 4);
	while (count)
		output[outputLength++] = digits[--count];
}

static void putField(const char *name, uint32_t value)
{
	output[outputLength++] = ' ';
	putText(name);
	output[outputLength++] = '=';
	putHex(value);
}

static int digitOf(int c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static uint32_t takeHex(uint8_t **at)
{
	uint32_t value = 0;
	for (int digit; (digit = digitOf(**at)) >= 0; (*at)++)
		value = value << 4 | digit;
	return value;
}

static void takeBytes(uint8_t **at, uint8_t *to, int limit)
{
	for (int n = 0; n < limit && digitOf((*at)[0]) >= 0 && digitOf((*at)[1]) >= 0; *at += 2)
		to[n++] = digitOf((*at)[0]) << 4 | digitOf((*at)[1]);
}

static uint8_t *nextLine(void)
{
	for (;;) {
		uint8_t *newline = memchr(input + inputAt, '\n', inputLength - inputAt);
		if (newline) {
			uint8_t *line = input + inputAt;
			*newline = 0;
			inputAt = newline - input + 1;
			return line;
		}
		if (inputEnded)
			return 0;
		memmove(input, input + inputAt, inputLength - inputAt);
		inputLength -= inputAt;
		inputAt = 0;
		flush();
		long count = systemCall(SYS_read, 0, (long)(input + inputLength), sizeof input - inputLength - 1);
		if (count <= 0)
			inputEnded = 1;
		else
			inputLength += count;
	}
}
