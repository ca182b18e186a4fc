#pragma once
#include "CLinux.h"

/// Joins the namespaces of a room.
///
/// - Returns: 0, or an errno.
int sluice_enter_room(const struct sluice_room *room);

/// Makes the first process of new namespaces of processes and mounts what it has to be: it sees its own /proc, has no
/// rights left and cannot get any, and no other process can look into it.
///
/// - Parameter inner: The user namespace to run in; -1 for the present one.
/// - Parameter processes: How many there may be; 0 for any.
/// - Returns: 0, or an errno.
int sluice_close_room(int inner, int64_t processes);

/// Sets what the calling process, and what it starts, may use at most.
void sluice_set_limits(const struct sluice_limits *limits);

/// Bytes that all processes of this namespace have in memory and share with no file; 0 when /proc says nothing.
int64_t sluice_memory_used(void);

/// The most descriptors that are passed at once.
enum { MOST_PASSED = 8 };

/// Hands descriptors to the process at the other end of a socket.
///
/// - Returns: 0, or -errno.
int sluice_pass(int channel, const int *descriptors, int count);

/// Takes at most as many descriptors as this from the process at the other end of a socket; they are closed on exec.
/// Where fewer were passed the rest are -1.
///
/// - Returns: 0, or -errno; -ECONNRESET when the other end is closed.
int sluice_take(int channel, int *descriptors, int count);

/// Forbids system calls that no command needs and that reach beyond a room.
///
/// - Returns: 0, or an errno.
int sluice_filter_calls(void);
