/*
 * Asks this machine's own processor.  One line on stdin describes the state of a 32-bit user program and a few bytes of
 * code; one line on stdout says what became of it: registers, flags, the trap that ended it, and which memory changed.
 *
 *   gcc -m32 -O2 -static -fno-stack-protector -fno-pie -no-pie -o oracle oracle.c
 *
 * in:   data=HEX | stack=HEX             once, first: what lies in the data and stack windows before every case
 *       code=HEX [off=HEX] [step=1]      code bytes, where in the code window (100), single step instead of int3
 *       [fpu=HEX]                        an FSAVE image of 108 bytes; without it the x87 is fresh and not reported
 *       [eax= ecx= edx= ebx= esp= ebp= esi= edi= efl= ss= ds= es= fs= gs=]     all HEX
 *       [d@OFF=HEX] [s@OFF=HEX]          bytes over the background of the data and stack windows
 *       [ldtN=BASE,LIMIT,FLAGS]          flags as in struct user_desc, seg_32bit being bit 0; selector N * 8 + 7
 * out:  trap=N err=X [cr2=X] eip=X eax=X … efl=X cs=X … [fpu=HEX] [m=ADDRESS:HEX …]
 *       trap is the vector; 100 a time-out, 101 a system call.  The code window is filled with int3, so that
 *       trap 3 with eip behind the code is the ordinary end.
 * windows: code 10000000 (1 page), data 20000000 (2 pages, then 1 read-only), stack 30000000 (2 pages); holes around.
 *
 * How: one signal handler on an alternate stack is the main loop.  Every case ends in a signal, and returning from the
 * signal starts the next one, so that every register, segment, flag and x87 register is ours to choose.  The handler's
 * own system calls go through a filter that lets nobody else make any.  It touches no errno, stdio or gs-relative
 * anything, because while it runs the C library's thread pointer may be whatever the last case left there.
 */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>

#include "oracle-text.h"

enum { CODE = 0x10000000, DATA = 0x20000000, STACK = 0x30000000 };
enum { CODE_BYTES = 0x1000, DATA_BYTES = 0x2000, STACK_BYTES = 0x2000, PAGE = 0x1000, FSAVE_BYTES = 108 };
enum { TIMEOUT = 0x100, SYSTEM_CALL = 0x101, TRAP_FLAG = 0x100, USER_CS = 0x23, USER_DS = 0x2b, LDT_SLOTS = 16 };

static uint8_t dataBackground[DATA_BYTES], stackBackground[STACK_BYTES];
/* What the windows held when the case began. */
static uint8_t codeBefore[CODE_BYTES], dataBefore[DATA_BYTES], stackBefore[STACK_BYTES];
static int running, reportFpu;
static unsigned caseNumber, caseAtLastTick, ldtInUse;
static uint16_t libraryGs, libraryFs;
static uint8_t signalStack[65536] __attribute__((aligned(64)));
static const uint8_t freshFpu[FSAVE_BYTES] = {0x7f, 3, 0xff, 0xff, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static const int generalIndex[8] = {REG_EAX, REG_ECX, REG_EDX, REG_EBX, REG_ESP, REG_EBP, REG_ESI, REG_EDI};
static const char *const generalName[8] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
static const int segmentIndex[6] = {REG_CS, REG_SS, REG_DS, REG_ES, REG_FS, REG_GS};
static const char *const segmentName[6] = {"cs", "ss", "ds", "es", "fs", "gs"};

/* Runs of changed bytes. */
static void putChanges(uint32_t base, const uint8_t *before, uint32_t length)
{
	const uint8_t *now = (const uint8_t *)base;
	if (!memcmp(now, before, length))
		return;
	for (uint32_t i = 0; i < length;) {
		if (now[i] == before[i]) {
			i++;
			continue;
		}
		putText(" m=");
		putHex(base + i);
		output[outputLength++] = ':';
		for (; i < length && now[i] != before[i]; i++)
			putByte(now[i]);
	}
}

static void report(ucontext_t *context, int trap, uint32_t errorCode)
{
	greg_t *registers = context->uc_mcontext.gregs;
	putText("trap=");
	putHex(trap);
	putField("err", errorCode);
	if (trap == 14)
		putField("cr2", context->uc_mcontext.cr2);
	putField("eip", registers[REG_EIP]);
	for (int i = 0; i < 8; i++)
		putField(generalName[i], registers[generalIndex[i]]);
	putField("efl", registers[REG_EFL]);
	for (int i = 0; i < 6; i++)
		putField(segmentName[i], registers[segmentIndex[i]] & 0xffff);
	if (reportFpu && context->uc_mcontext.fpregs) {
		putText(" fpu=");
		for (int i = 0; i < FSAVE_BYTES; i++)
			putByte(((uint8_t *)context->uc_mcontext.fpregs)[i]);
	}
	putChanges(CODE, codeBefore, CODE_BYTES);
	putChanges(DATA, dataBefore, DATA_BYTES);
	putChanges(STACK, stackBefore, STACK_BYTES);
	output[outputLength++] = '\n';
	if (outputLength > (int)sizeof output / 2)
		flush();
}

static void setDescriptor(unsigned entry, uint8_t *text)
{
	struct user_desc descriptor;
	memset(&descriptor, 0, sizeof descriptor);
	descriptor.entry_number = entry;
	if (text) {
		descriptor.base_addr = takeHex(&text), text++;
		descriptor.limit = takeHex(&text), text++;
		uint32_t flags = takeHex(&text);
		descriptor.seg_32bit = flags;
		descriptor.contents = flags >> 1;
		descriptor.read_exec_only = flags >> 3;
		descriptor.limit_in_pages = flags >> 4;
		descriptor.seg_not_present = flags >> 5;
		descriptor.useable = flags >> 6;
	} else {
		descriptor.read_exec_only = descriptor.seg_not_present = 1; /* the empty one */
	}
	if (systemCall(SYS_modify_ldt, 0x11, (long)&descriptor, sizeof descriptor))
		systemCall(SYS_exit_group, 5, 0, 0); /* Linux refuses it: the case is at fault */
	ldtInUse = text ? ldtInUse | 1u << entry : ldtInUse & ~(1u << entry);
}

static void fresh(greg_t *registers)
{
	memset(codeBefore, 0xcc, CODE_BYTES);
	memcpy(dataBefore, dataBackground, DATA_BYTES);
	memcpy(stackBefore, stackBackground, STACK_BYTES);
	for (int i = 0; i < 8; i++)
		registers[generalIndex[i]] = 0;
	registers[REG_ESP] = STACK + 0x1000;
	registers[REG_CS] = USER_CS;
	registers[REG_SS] = registers[REG_DS] = registers[REG_ES] = USER_DS;
	registers[REG_FS] = registers[REG_GS] = 0;
	registers[REG_EFL] = 2;
	for (unsigned entry = 0; entry < LDT_SLOTS; entry++)
		if (ldtInUse >> entry & 1)
			setDescriptor(entry, 0);
	reportFpu = 0;
}

static void setRegister(greg_t *registers, const uint8_t *name, int length, uint32_t value)
{
	for (int i = 0; i < 8; i++)
		if (length == 3 && !memcmp(name, generalName[i], 3))
			registers[generalIndex[i]] = value;
	for (int i = 0; i < 6; i++)
		if (length == 2 && !memcmp(name, segmentName[i], 2))
			registers[segmentIndex[i]] = value;
}

#define NAMED(text) (length == (int)sizeof text - 1 && !memcmp(name, text, sizeof text - 1))

static void load(ucontext_t *context, uint8_t *line)
{
	greg_t *registers = context->uc_mcontext.gregs;
	uint8_t *code = 0, fpu[FSAVE_BYTES];
	uint32_t offset = 0x100, step = 0;
	fresh(registers);
	memcpy(fpu, freshFpu, FSAVE_BYTES);
	while (*line) {
		uint8_t *name = line;
		while (*line && *line != '=')
			line++;
		int length = line - name;
		if (*line)
			line++;
		uint8_t *value = line, *where = name + 2;
		if (NAMED("code"))
			code = value;
		else if (NAMED("off"))
			offset = takeHex(&value) & 0xfff;
		else if (NAMED("step"))
			step = TRAP_FLAG;
		else if (NAMED("fpu"))
			takeBytes(&value, fpu, FSAVE_BYTES), reportFpu = 1;
		else if (NAMED("efl"))
			registers[REG_EFL] = takeHex(&value) & ~TRAP_FLAG;
		else if (length > 2 && name[1] == '@') {
			uint32_t at = takeHex(&where) & 0x1fff;
			takeBytes(&value, (name[0] == 'd' ? dataBefore : stackBefore) + at, DATA_BYTES - at);
		} else if (length > 3 && !memcmp(name, "ldt", 3)) {
			where = name + 3;
			setDescriptor(takeHex(&where) % LDT_SLOTS, value);
		} else
			setRegister(registers, name, length, takeHex(&value));
		while (*line && *line != ' ')
			line++;
		while (*line == ' ')
			line++;
	}
	if (code)
		takeBytes(&code, codeBefore + offset, CODE_BYTES - offset);
	memcpy((void *)CODE, codeBefore, CODE_BYTES);
	memcpy((void *)DATA, dataBefore, DATA_BYTES);
	memcpy((void *)STACK, stackBefore, STACK_BYTES);
	registers[REG_EIP] = CODE + offset;
	registers[REG_EFL] |= step;
	if (context->uc_mcontext.fpregs)
		memcpy(context->uc_mcontext.fpregs, fpu, FSAVE_BYTES);
	running = 1;
	caseNumber++;
}

static void onSignal(int signal, siginfo_t *unused, void *context)
{
	/* Whatever flags and segments the case left behind, C wants its own. */
	__asm__ volatile("pushl $0x202; popfl; movw %0, %%gs; movw %1, %%fs; cld" ::"m"(libraryGs), "m"(libraryFs));
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
	(void)unused;
	if (signal == SIGVTALRM && (!running || caseAtLastTick != caseNumber)) {
		caseAtLastTick = caseNumber;
		return;
	}
	if (running)
		report(context, signal == SIGVTALRM ? TIMEOUT : signal == SIGSYS ? SYSTEM_CALL : registers[REG_TRAPNO],
		       signal == SIGVTALRM || signal == SIGSYS ? 0 : registers[REG_ERR]);
	running = 0;
	for (uint8_t *line; (line = nextLine());) {
		uint8_t *value = line + 5;
		if (!memcmp(line, "data=", 5))
			takeBytes(&value, dataBackground, DATA_BYTES);
		else if (!memcmp(line, "stack=", 6))
			value++, takeBytes(&value, stackBackground, STACK_BYTES);
		else {
			load(context, line);
			return;
		}
	}
	flush();
	systemCall(SYS_exit_group, 0, 0, 0);
}

static int mapWindows(void)
{
	const int bases[] = {CODE, DATA, STACK};
	for (int i = 0; i < 3; i++)
		if (mmap((void *)(bases[i] - 0x10000), 0x30000, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) == MAP_FAILED)
			return 0;
	const int all = PROT_READ | PROT_WRITE | PROT_EXEC;
	if (mprotect((void *)CODE, CODE_BYTES, all) || mprotect((void *)DATA, DATA_BYTES, all) ||
	    mprotect((void *)(DATA + DATA_BYTES), PAGE, PROT_READ) || mprotect((void *)STACK, STACK_BYTES, all))
		return 0;
	return *(volatile uint8_t *)(DATA + DATA_BYTES) == 0; /* or the first case to write there finds it not present */
}

static void catchSignals(void)
{
	const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGVTALRM, SIGSYS};
	stack_t stack = {.ss_sp = signalStack, .ss_size = sizeof signalStack};
	struct sigaction action = {.sa_sigaction = onSignal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
	struct itimerval tick = {{0, 10000}, {0, 10000}};
	sigaltstack(&stack, 0);
	sigaddset(&action.sa_mask, SIGVTALRM);
	for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaction(signals[i], &action, 0);
	setitimer(ITIMER_VIRTUAL, &tick, 0);
}

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF_EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, what)

/* Anyone may return from a signal (that is how cases start); the rest only from this program's own text. */
static int refuseSystemCalls(void)
{
	struct sock_filter filter[] = {
	    LOAD(arch), IF_EQUAL(AUDIT_ARCH_I386, 1, 0), ANSWER(SECCOMP_RET_TRAP),
	    LOAD(nr), IF_EQUAL(SYS_rt_sigreturn, 7, 0), IF_EQUAL(SYS_sigreturn, 6, 0),
	    LOAD(instruction_pointer), BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x0f000000, 5, 0),
	    LOAD(nr), IF_EQUAL(SYS_read, 2, 0), IF_EQUAL(SYS_write, 1, 0), IF_EQUAL(SYS_modify_ldt, 0, 1),
	    ANSWER(SECCOMP_RET_ALLOW),
	    IF_EQUAL(SYS_exit_group, 0, 1), ANSWER(SECCOMP_RET_ALLOW), ANSWER(SECCOMP_RET_TRAP),
	};
	struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(void)
{
	__asm__ volatile("movw %%gs, %0; movw %%fs, %1" : "=m"(libraryGs), "=m"(libraryFs));
	if (!mapWindows())
		return perror("mapping the windows"), 3;
	catchSignals();
	if (!refuseSystemCalls())
		return perror("filtering system calls"), 4;
	__asm__ volatile("int3");
	return 0;
}
