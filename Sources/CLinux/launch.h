#pragma once
#include "CLinux.h"

// What starting a command takes, in the engine's own namespaces as in those of a room. Everything here is
// async-signal-safe.

/// Where the descriptors of a command's keeper are: after the command's own 0, 1 and 2 that of its report, if it makes
/// one, and the keeper's own.
enum { REPORT = 3, CONTROL = 4 };

/// Tells the engine, on CONTROL.
void sluice_tell(int kind, int value, long long elapsed);

/// Puts descriptors at 0, 1, 2 and so on, those from CONTROL on closed on exec, and closes everything else, as well as
/// the place of one that is -1.
///
/// - Returns: 0 or -1.
int sluice_arrange(const int *given, int count);

/// Closes what is the command's and not its keeper's; `report` is -1 when the command makes none, and its place another's.
void sluice_let_go(int report);

/// What a process inherits across exec is what was ignored; the engine's choice is not the command's.
void sluice_reset_signals(void);

/// A signalfd that takes SIGCHLD.
int sluice_signals_of_children(void);

/// Starts the program.
///
/// - Returns: the command's process id, or 0 when the failure has been reported.
pid_t sluice_start_command(const struct sluice_launch *launch);

/// Waits until the command has ended, or the engine wants its end, or the engine is gone.
///
/// - Parameter memory: Bytes that all processes of this namespace may use; 0 for any.
/// - Returns: whether the command has ended by itself.
int sluice_watch(int signals, pid_t command, int64_t memory, int *status);
