#define _GNU_SOURCE
#include "CLinux.h"
#include "descendants.h"
#include "launch.h"
#include "room.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <time.h>

// Every command has a supervisor between itself and the engine: a fork of the engine that never execs, leads a session
// of its own and is the child subreaper of all that the command starts. It notices the engine's death as the end of a
// socket, which PR_SET_PDEATHSIG could not do: that signal follows the *thread* that forked, and threads come and go.
// The command does have PR_SET_PDEATHSIG, as its supervisor has one thread: it dies with a supervisor that is killed.
// Spawn to exit of /bin/true takes 0.8 ms this way and 0.55 ms with a bare posix_spawn, which can do none of this.
//
// The engine has many threads, so everything here after _Fork is async-signal-safe: no allocation, no stdio, no locks.

enum { OUT_OF_THE_WAY = 16 };

void sluice_tell(int kind, int value, long long elapsed) {
    struct sluice_report packet = {kind, value, elapsed};
    (void)!send(CONTROL, &packet, sizeof packet, MSG_NOSIGNAL);
}

int sluice_arrange(const int *given, int count) {
    int copies[8];
    for (int i = 0; i < count; i++) {
        copies[i] = given[i] < 0 ? -1 : fcntl(given[i], F_DUPFD, OUT_OF_THE_WAY);
        if (given[i] >= 0 && copies[i] < 0) return -1;
    }
    for (int i = 0; i < count; i++) {
        if (copies[i] < 0) {
            close(i);
            continue;
        }
        if (dup2(copies[i], i) < 0) return -1;
        if (i >= CONTROL && fcntl(i, F_SETFD, FD_CLOEXEC) < 0) return -1;
    }
    return close_range((unsigned)count, ~0U, 0);
}

static int arrange_descriptors(const struct sluice_launch *launch) {
    const int given[] = {launch->input, launch->output, launch->errors, launch->report, launch->control};
    return sluice_arrange(given, CONTROL + 1);
}

void sluice_let_go(int report) { close_range(0, report < 0 ? REPORT - 1 : REPORT, 0); }

void sluice_reset_signals(void) {
    // By system call, as glibc's sigaction refuses the two signals it keeps for itself; all zeros is SIG_DFL.
    const unsigned long standard[4] = {0};  // handler, flags, restorer, mask
    for (int signal = 1; signal < NSIG; signal++) syscall(SYS_rt_sigaction, signal, standard, NULL, sizeof(long));
}

/// Whoever forks in the moment in which a program is being written holds it open for writing until its own exec, and until
/// then it cannot be run: ETXTBSY. So it is tried again for a tenth of a second.
///
/// - Returns: an errno.
static int execute(const struct sluice_launch *launch) {
    const struct timespec moment = {0, 2000000};
    for (int attempt = 0; attempt < 50; attempt++) {
        execve(launch->program, launch->arguments, launch->environment);
        if (errno != ETXTBSY) break;
        nanosleep(&moment, NULL);
    }
    return errno;
}

/// Runs in the memory of the supervisor, which waits until the exec is done.
static int become_command(const struct sluice_launch *launch, pid_t supervisor, volatile int *stage) {
    sigset_t none;
    sigemptyset(&none);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != supervisor) _exit(127);
    sluice_set_limits(&launch->limits);
    *stage = SLUICE_NO_DIRECTORY;
    if (chdir(launch->directory) < 0) return errno;
    *stage = SLUICE_NOT_EXECUTED;
    sigprocmask(SIG_SETMASK, &none, NULL);
    return execute(launch);
}

pid_t sluice_start_command(const struct sluice_launch *launch) {
    volatile int stage = SLUICE_NOT_PREPARED, failure = 0;
    pid_t supervisor = getpid();
    pid_t command = vfork();
    if (command == 0) {
        failure = become_command(launch, supervisor, &stage);
        _exit(127);
    }
    if (command < 0) failure = errno;
    if (!failure) return command;
    if (command > 0) waitpid(command, NULL, 0);
    sluice_tell(stage, failure, 0);
    return 0;
}

/// How often memory is counted, in milliseconds.
enum { GLANCE = 200 };

/// - Returns: whether the processes use more memory than they may, which is told.
static int is_over(int64_t memory) {
    int64_t used = memory > 0 ? sluice_memory_used() : 0;
    if (used <= memory) return 0;
    sluice_tell(SLUICE_OVER_MEMORY, (int)(used >> 20), 0);
    return 1;
}

int sluice_watch(int signals, pid_t command, int64_t memory, int *status) {
    long long deadline = -1;
    for (;;) {
        struct pollfd ready[] = {{.fd = CONTROL, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
        long long rest = deadline < 0 ? -1 : deadline - sluice_now();
        int patience = deadline < 0 ? -1 : rest < 0 ? 0 : (int)(rest / 1000 + 1);
        if (memory > 0 && (patience < 0 || patience > GLANCE)) patience = GLANCE;
        if (poll(ready, 2, patience) == 0) {
            if ((deadline >= 0 && sluice_now() >= deadline) || is_over(memory)) return 0;
            continue;
        }
        if (ready[1].revents) {
            struct signalfd_siginfo info;
            (void)!read(signals, &info, sizeof info);
            if (!sluice_reap(command, status) || *status >= 0) return 1;
        }
        if (ready[0].revents) {
            int32_t grace;
            if (recv(CONTROL, &grace, sizeof grace, 0) != sizeof grace || grace <= 0) return 0;
            kill(-command, SIGTERM);
            kill(-command, SIGCONT);  // a stopped process takes no SIGTERM
            deadline = sluice_now() + grace * 1000LL;
        }
    }
}

int sluice_signals_of_children(void) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    return signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
}

static _Noreturn void supervise(const struct sluice_launch *launch) {
    int signals, status = -1;
    sluice_reset_signals();
    setsid();
    prctl(PR_SET_NAME, "sluice-command");
    if (launch->record >= 0) sluice_write_mark(launch->record, launch->place);
    if (arrange_descriptors(launch) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0
        || (signals = sluice_signals_of_children()) < 0) {
        sluice_tell(SLUICE_NOT_PREPARED, errno, 0);
        _exit(1);
    }
    long long start = sluice_now();
    pid_t command = sluice_start_command(launch);
    sluice_let_go(launch->report);
    if (!command) _exit(0);
    int by_itself = sluice_watch(signals, command, 0, &status);
    if (by_itself) sluice_tell(SLUICE_ENDED, status, sluice_now() - start);
    int left = sluice_end_descendants(signals, command, &status);
    if (!by_itself) sluice_tell(SLUICE_ENDED, status, sluice_now() - start);
    if (left) sluice_tell(SLUICE_LEFT, left, 0);
    sluice_tell(SLUICE_USED, 0, sluice_processor_time_of_children());
    _exit(0);
}

pid_t sluice_start(const struct sluice_launch *launch) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);  // no handler of the engine runs in the supervisor
    pid_t pid = _Fork();
    if (pid == 0) supervise(launch);
    int failure = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pid < 0 ? -failure : pid;
}

static _Noreturn void become_bare(const struct sluice_launch *launch, pid_t parent) {
    sigset_t none;
    sigemptyset(&none);
    sluice_reset_signals();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent && arrange_descriptors(launch) == 0 && chdir(launch->directory) == 0) {
        sigprocmask(SIG_SETMASK, &none, NULL);
        execve(launch->program, launch->arguments, launch->environment);
    }
    _exit(127);
}

pid_t sluice_start_bare(const struct sluice_launch *launch) {
    sigset_t all, before;
    pid_t parent = getpid();
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = _Fork();
    if (pid == 0) become_bare(launch, parent);
    int failure = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pid < 0 ? -failure : pid;
}
