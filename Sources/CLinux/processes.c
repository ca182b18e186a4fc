#define _GNU_SOURCE
#include "processes.h"
#include "CLinux.h"
#include <string.h>

int sluice_open_processes(void) { return open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC); }

unsigned long long sluice_read_number(const char **text) {
    unsigned long long value = 0;
    while (**text == ' ') ++*text;
    while (**text >= '0' && **text <= '9') value = value * 10 + (unsigned long long)(*(*text)++ - '0');
    return value;
}

void sluice_each_process(int proc, void (*take)(int proc, pid_t pid, void *context), void *context) {
    char buffer[8192];
    long size;
    lseek(proc, 0, SEEK_SET);
    while ((size = syscall(SYS_getdents64, proc, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < size;) {
            unsigned short length;
            memcpy(&length, buffer + at + 16, sizeof length);  // d_reclen; d_name begins at 19, getdents64(2)
            const char *name = buffer + at + 19;
            pid_t pid = (pid_t)sluice_read_number(&name);
            if (pid && !*name) take(proc, pid, context);
            at += length;
        }
    }
}

/// `pid` in decimal, then `/name`. snprintf is not async-signal-safe.
static void path_of(char path[32], pid_t pid, const char *name) {
    char digits[12];
    int count = 0, at = 0;
    do digits[count++] = '0' + pid % 10;
    while (pid /= 10);
    while (count) path[at++] = digits[--count];
    path[at++] = '/';
    strncpy(path + at, name, (size_t)(31 - at));
    path[31] = 0;
}

size_t sluice_read_of_process(int proc, pid_t pid, const char *name, char *text, size_t room) {
    char path[32];
    size_t size = 0;
    path_of(path, pid, name);
    int file = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        for (ssize_t count; size < room - 1 && (count = read(file, text + size, room - 1 - size)) > 0;) {
            size += (size_t)count;
        }
        close(file);
    }
    text[size] = 0;
    return size;
}
