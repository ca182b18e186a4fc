#pragma once
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

// What Linux offers and glibc hides from Swift: variadic functions, system calls without a wrapper, and code that has
// to run between fork and exec. Every function returns what the system call returns, or -errno.

/// The namespaces of a sandbox, as open descriptors; -1 for those that are the engine's.
struct sluice_room {
    int user, mount, net, ipc, uts;
    /// The user namespace below `user` in which commands run; -1 when it is `user` itself.
    int inner;
};

/// What a command and all it starts may use at most; 0 for any.
struct sluice_limits {
    /// Bytes, of each process and of all together.
    int64_t memory;
    int64_t processes;
    /// Bytes of one file.
    int64_t file;
    /// Seconds of processor time, of each process.
    int64_t cpu;
};

/// A program to start. All pointers must stay valid during `sluice_start` only.
struct sluice_launch {
    struct sluice_limits limits;
    /// Path of the program; relative to `directory` unless absolute.
    const char *_Nonnull program;
    /// Ends with a null pointer, as does `environment`.
    char *_Nullable const *_Nonnull arguments;
    char *_Nullable const *_Nonnull environment;
    const char *_Nonnull directory;
    /// What become the program's descriptors 0, 1 and 2.
    int input, output, errors;
    /// What becomes descriptor 3; -1 for none.
    int report;
    /// The supervisor's end of a sequenced-packet socket; see `sluice_start`.
    int control;
    /// A file in which the supervisor notes who it is before the command starts, and where in it; -1 for none.
    int record;
    int64_t place;
};

/// What a supervisor notes: with the boot of the machine, the name of a process for ever. All zeros where nobody is.
struct sluice_mark {
    int64_t pid;
    /// Clock ticks since boot; field 22 of proc_pid_stat(5).
    uint64_t start;
};

/// What engines have on record that are gone.
struct sluice_leftovers {
    /// The supervisors of their commands.
    const struct sluice_mark *_Nonnull marks;
    int mark_count;
    /// `NAME=value`, which the commands were started with.
    const char *_Nonnull const *_Nonnull variables;
    int variable_count;
};

/// What a supervisor says about its command, one packet each.
struct sluice_report {
    int32_t kind;
    /// An errno for the failures, the status of wait(2) for `SLUICE_ENDED`, a number of processes for `SLUICE_LEFT`.
    int32_t value;
    /// Microseconds from the start of the command to its end, for `SLUICE_ENDED`; of processor time, for `SLUICE_USED`.
    int64_t elapsed;
};

enum {
    SLUICE_NOT_PREPARED = 1,
    SLUICE_NO_DIRECTORY = 2,
    SLUICE_NOT_EXECUTED = 3,
    SLUICE_ENDED = 4,
    /// Some processes that the command started could not be ended.
    SLUICE_LEFT = 5,
    /// The namespaces of the sandbox cannot be entered.
    SLUICE_NOT_ENTERED = 6,
    /// All processes together used more memory than they may, in MiB, and were killed.
    SLUICE_OVER_MEMORY = 7,
    /// The command and all it started have ended, and used that much processor time.
    SLUICE_USED = 8,
};

/// Opens the user namespace that another one was made in.
///
/// - Returns: a descriptor, closed on exec; -ENOENT when it is the engine's own, or -errno.
int sluice_outer_user_namespace(int descriptor);

/// Starts a process that starts commands in a room, until the other end of its socket is closed.
///
/// It is this program once more, begun anew: it has none of the engine's memory and environment, and so little of its
/// own that a fork of it is cheap. The caller waits for it.
/// - Parameter channel: A sequenced-packet socket.
/// - Parameter processes: How many a command may have; 0 for any.
/// - Returns: its process id, or -errno.
pid_t sluice_start_launcher(const struct sluice_room *_Nonnull room, int channel, int64_t processes);

/// Has a launcher start a command, in a namespace of processes that ends with it.
///
/// What `sluice_start` says of control sockets and their reports holds here too.
/// - Returns: 0, or -errno; -EPIPE when there is no launcher any more.
int sluice_request(int channel, const struct sluice_launch *_Nonnull launch);

/// A socket that listens at 127.0.0.1 inside of a room; or -errno.
int sluice_listen_in_room(const struct sluice_room *_Nonnull room);

/// Starts a supervisor process, which starts the command and outlives it only to end what it left behind.
///
/// The supervisor reports on the control socket. An `int32_t` sent to it asks for the end: SIGTERM to the command's
/// process group, and SIGKILL to everything after that many milliseconds. When the other end of the socket is closed
/// (the engine died, however it died) everything is killed at once. It exits when nothing is left.
///
/// - Returns: the supervisor's process id, or -errno.
pid_t sluice_start(const struct sluice_launch *_Nonnull launch);

/// Starts a program with nothing in between, for whoever measures it; `control` is any open descriptor, and not used.
///
/// What wait4(2) tells of a program's memory begins with that of the process that became it. After vfork, as in
/// posix_spawn, this is all of the caller's; after fork it is what the caller wrote to, which is less than any program
/// of this size has. The program is killed when the thread that started it ends. It exits with 127 when it cannot begin.
///
/// - Returns: the program's process id, or -errno.
pid_t sluice_start_bare(const struct sluice_launch *_Nonnull launch);

/// Kills what a supervisor left that was itself killed: all processes of its session.
///
/// The supervisor must not have been waited for, as its process id names the session.
/// - Returns: how many are left.
int sluice_end_session(pid_t supervisor);

/// Kills what commands left whose supervisors are gone, as are the engines that started them: the sessions of the
/// supervisors, unless another process has the number of one by now, and whoever has one of the variables in their
/// environment.
///
/// - Returns: how many processes were killed.
int sluice_reap_orphans(const struct sluice_leftovers *_Nonnull left);

/// Opens a path that must stay beneath a directory: no `..`, no absolute link, no magic link leads out of it.
///
/// openat2(2). `resolve` is a set of `RESOLVE_` flags; 0 means RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS.
int sluice_openat2(int directory, const char *_Nonnull path, uint64_t flags, uint64_t mode, uint64_t resolve);

/// A descriptor that refers to a process and to no later process of the same number; pidfd_open(2).
int sluice_pidfd_open(pid_t pid);
/// pidfd_send_signal(2).
int sluice_pidfd_signal(int pidfd, int signal);

/// O_PATH: a descriptor that names a file and neither reads nor writes it; open(2).
int sluice_o_path(void);
/// How many bytes a pipe or a socket holds that nobody has read yet, or -errno; ioctl_fionread(2), unix(7).
int sluice_waiting_bytes(int descriptor);
/// Waits until the pages of a file are written out, without telling the disk to keep them; sync_file_range(2).
int sluice_write_out(int descriptor);
/// Sets O_NONBLOCK on a descriptor of one's own.
int sluice_set_nonblocking(int descriptor);
/// Sends a packet and never raises SIGPIPE.
static inline ssize_t sluice_send(int socket, const void *_Nonnull bytes, size_t count) {
    return send(socket, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}
/// A connected pair of sequenced-packet sockets, both closed on exec.
int sluice_socket_pair(int *_Nonnull pair);
/// The reading and the writing end of a report, both closed on exec.
///
/// A pipe could be opened a second time by its name in /proc/self/fd, and read by who is to write; a socket cannot.
int sluice_report_pair(int *_Nonnull pair);
/// Both ends are closed on exec.
int sluice_pipe(int *_Nonnull ends);
/// Keeps a write to a closed pipe from killing the process: blocks SIGPIPE for the calling thread.
void sluice_block_sigpipe(void);
/// Renames and never overwrites; renameat2(2) with RENAME_NOREPLACE. Returns 0 or -errno.
int sluice_rename_exclusively(
    int old_directory, const char *_Nonnull old_name, int new_directory, const char *_Nonnull new_name);

/// A descriptor that is ready, as epoll_wait(2) tells it.
struct sluice_ready {
    /// What the descriptor was added with.
    uint64_t tag;
    /// A set of `SLUICE_` events.
    uint32_t events;
};

enum {
    SLUICE_READABLE = 0x001,     // EPOLLIN
    SLUICE_WRITABLE = 0x004,     // EPOLLOUT
    SLUICE_FAILED = 0x008,       // EPOLLERR; always told
    SLUICE_HUNG_UP = 0x010,      // EPOLLHUP; always told
    SLUICE_PEER_ENDED = 0x2000,  // EPOLLRDHUP
};

/// epoll_create1(2), closed on exec.
int sluice_epoll_new(void);
/// Watches a descriptor for a set of events, level-triggered; epoll_ctl(2).
int sluice_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t tag);
int sluice_epoll_change(int epoll, int descriptor, uint32_t events, uint64_t tag);
int sluice_epoll_remove(int epoll, int descriptor);
/// How many descriptors are ready; at most 256 at once.
///
/// - Parameter timeout: Milliseconds; -1 for ever.
int sluice_epoll_wait(int epoll, struct sluice_ready *_Nonnull ready, int most, int timeout);
/// A counter to wake a thread that waits in epoll; eventfd(2), not blocking, closed on exec.
int sluice_eventfd(void);

/// A watch for directories that is readable when something happens in one of them; inotify_init1(2), not blocking, closed on
/// exec. Returns a descriptor or -errno.
int sluice_watch_new(void);
/// Watches a directory, and nothing below it, for all that changes it or a file in it; inotify_add_watch(2). Returns a number
/// or -errno.
int sluice_watch_add(int watch, const char *_Nonnull directory);

/// A socket that listens at an address, not blocking, closed on exec.
int sluice_listen(const struct sockaddr *_Nonnull address, socklen_t size);
/// The port a socket is bound to.
int sluice_port(int socket);
/// The next connection, not blocking, closed on exec, without Nagle's delay; accept4(2).
///
/// A peer that answers nothing for `silence` milliseconds, though something was sent to it, counts as gone; tcp(7).
/// - Parameter address: 16 bytes: the peer's IPv6 address, or its IPv4 address mapped into one.
int sluice_accept(int listener, unsigned silence, uint8_t *_Nonnull address);
/// Sends several pieces at once and never raises SIGPIPE; sendmsg(2).
ssize_t sluice_send_pieces(int socket, const struct iovec *_Nonnull pieces, size_t count);
/// Raises how many descriptors the process may have open, as far as the system lets it; setrlimit(2).
void sluice_allow_descriptors(uint64_t count);
/// Lets the allocator keep this many freed bytes for each of its arenas, and not the usual 128 kB; mallopt(3).
///
/// What is given back to the system is asked for again with the next request, page by page.
void sluice_keep_freed_memory(int bytes);
/// Gives the system back every page that holds nothing but freed memory; malloc_trim(3).
void sluice_return_freed_memory(void);

/// How many bytes this process has allocated and not freed, in all of the allocator's arenas.
size_t sluice_allocated_bytes(void);
/// Has the system write no core dump of this process, and of none that it starts from now on; setrlimit(2).
void sluice_forbid_core_dumps(void);

/// Copies the content of a file into an empty one: shared with it where the file system can (ioctl_ficlone(2)), else
/// piece by piece, holes as holes. Memory of 64 kB at most.
int sluice_copy_content(int from, int to);
/// Brings everything of the file system that a descriptor is on to the disk; syncfs(2).
int sluice_sync_files(int descriptor);

/// How many processors the calling thread may use; sched_getaffinity(2).
int sluice_processors(void);
/// Has a thread of this process use the first of the calling thread's processors alone; sched_setaffinity(2).
int sluice_keep_to_one_processor(pid_t thread);
