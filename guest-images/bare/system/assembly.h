/* Numbers that C and assembly both use. */
#pragma once

#define DESCRIPTORS 6
#define KERNEL_CODE 0x08
#define KERNEL_DATA 0x10
#define USER_CODE 0x1b
#define USER_DATA 0x23
#define TASK 0x28

/* What ring 3 may ask for. */
#define COUNT_CALL 0x80
#define LEAVE_USER 0x81
#define LEAVE_WORLD 0x82
#define SERVICE_CALL 0x83

/* Pages that differ between address spaces begin here; so does the hole that faults. */
#define WINDOW 0x40000000
#define WINDOW_PAGES 16
#define HOLE 0x50000000

/* struct world */
#define WORLD_STACK 0
#define WORLD_DIRECTORY 4
#define WORLD_GDTR 10
#define WORLD_IDTR 18
#define WORLD_BUSY_BYTE (24 + TASK + 5)
#define BUSY 2
