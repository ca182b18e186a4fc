#pragma once
#include <sys/types.h>

// Walks through /proc with async-signal-safe calls only.

/// - Returns: /proc, to be closed; negative when it cannot be read.
int sluice_open_processes(void);

/// Calls `take` for each process, by ascending pid as the kernel lists them.
void sluice_each_process(int proc, void (*take)(int proc, pid_t pid, void *context), void *context);

/// Reads the beginning of /proc/PID/NAME.
///
/// - Parameters:
///   - name: Of at most 15 characters.
///   - room: Bytes that fit into `text`, a zero behind the last one included.
/// - Returns: how many there are, without the zero; 0 for a process that has gone.
size_t sluice_read_of_process(int proc, pid_t pid, const char *name, char *text, size_t room);

/// Reads a number in decimal digits, and the blanks before it.
unsigned long long sluice_read_number(const char **text);
