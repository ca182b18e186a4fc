#pragma once
#include <sys/types.h>

/// Ends every process that descends from this one, which must be a child subreaper, and reaps it.
///
/// Only async-signal-safe calls are made: this runs in the child of a fork of a program with many threads.
///
/// - Parameters:
///   - signals: a signalfd that takes SIGCHLD.
///   - command: the child whose wait status is stored in `status` when it is reaped here.
/// - Returns: how many are left when five seconds were not enough, as a rule because the system forbids killing them.
int sluice_end_descendants(int signals, pid_t command, int *status);

/// Notes who this process is; what cannot be noted is not.
void sluice_write_mark(int file, int64_t place);

/// Reaps children that have ended.
///
/// - Returns: 0 when there are no children any more, 1 otherwise.
int sluice_reap(pid_t command, int *status);

/// Microseconds that a processor worked for children that were reaped, and for those that these had waited for.
///
/// getrusage(2); one whose parent ignores SIGCHLD is in no account.
long long sluice_processor_time_of_children(void);

/// Microseconds of the monotonic clock.
long long sluice_now(void);
