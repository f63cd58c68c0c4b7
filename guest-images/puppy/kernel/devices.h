/*
 * Devices: the bus they are found on, the two we drive, and the terminal that is made of one of them.
 */
#pragma once
#include "processes.h"

/* --- virtio.c: a queue of buffers the other side reads or fills --- */
enum { BUFFERS_MOST = 16 };
struct buffer {
  void *at;
  u32 length;
  int device_writes;
};
struct ring_descriptor {
  u64 address;
  u32 length;
  u16 flags, next;
};
struct ring_element { u32 id, length; };
struct queue {
  struct ring_descriptor *descriptors;
  volatile u16 *offered; /* flags, index, entries */
  volatile u16 *used;    /* flags, index, and from the next word on elements */
  u32 num, kick, irq;
  u16 seen; /* of what was used */
};
struct device {
  u32 features;            /* what it offers, of the first 32 */
  volatile u8 *status, *accepted, *configuration;
  u32 feature_bytes, self; /* self: the address to notify */
};
enum { DEVICE_BLOCK = 2, DEVICE_CONSOLE = 3 };

int device_find(u32 type, struct device *device, struct queue *queues, u32 queue_count);
void device_start(struct device *device, u32 features);
/* Offers one chain of buffers, its first descriptor at `slot`. */
void queue_offer(struct queue *queue, u32 slot, const struct buffer *buffers, u32 count);
void queue_kick(struct queue *queue);
/* The next chain the device is done with: its first slot and how much was written; 0 if there is none. */
int queue_take(struct queue *queue, u32 *slot, u32 *written);

/* --- console.c --- */
void console_receive(void); /* typed bytes go to the terminal */
void console_put(const char *text, u32 length);
void messages_put(const char *text, u32 length);
int messages_read(u32 to, u32 size); /* the last so many bytes of what the kernel said */
u32 messages_bytes(void);

/* --- terminal.c --- */
extern const struct file_operations terminal_operations;
void terminal_typed(const char *bytes, u32 length);
void terminal_print(const char *text, u32 length);
void terminal_open(void);

/* --- disk.c --- */
enum { SECTOR_BYTES = 512 };
extern u32 disk_sectors; /* 0: there is none */
extern int disk_read_only;
void disk_open(void);
int disk_transfer(u32 sector, void *at, u32 bytes, int write); /* 0 or -EIO */
int disk_flush(void);
