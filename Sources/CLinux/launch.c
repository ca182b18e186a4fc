#define _GNU_SOURCE
#include "CLinux.h"
#include "descendants.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

// Every command has a supervisor between itself and the engine: a fork of the engine that never execs, leads a session
// of its own and is the child subreaper of all that the command starts. It notices the engine's death as the end of a
// socket, which PR_SET_PDEATHSIG could not do: that signal follows the *thread* that forked, and threads come and go.
// The command does have PR_SET_PDEATHSIG, as its supervisor has one thread: it dies with a supervisor that is killed.
// Spawn to exit of /bin/true takes 0.8 ms this way and 0.55 ms with a bare posix_spawn, which can do none of this.
//
// The engine has many threads, so everything here after _Fork is async-signal-safe: no allocation, no stdio, no locks.

enum { CONTROL = 3, FIRST_FREE = 4, OUT_OF_THE_WAY = 16 };

static void report(int kind, int value, long long elapsed) {
    struct sluice_report packet = {kind, value, elapsed};
    (void)!send(CONTROL, &packet, sizeof packet, MSG_NOSIGNAL);
}

/// Puts input, output, errors and control at 0 to 3 and closes everything else.
static int arrange_descriptors(const struct sluice_launch *launch) {
    const int given[] = {launch->input, launch->output, launch->errors, launch->control};
    int copies[4];
    for (int i = 0; i < 4; i++) {
        if ((copies[i] = fcntl(given[i], F_DUPFD, OUT_OF_THE_WAY)) < 0) return -1;
    }
    for (int i = 0; i < 4; i++) {
        if (dup2(copies[i], i) < 0) return -1;
    }
    if (fcntl(CONTROL, F_SETFD, FD_CLOEXEC) < 0) return -1;
    return close_range(FIRST_FREE, ~0U, 0);
}

/// What a process inherits across exec is what was ignored; the engine's choice is not the command's.
///
/// By system call, as glibc's sigaction refuses the two signals it keeps for itself; all zeros is SIG_DFL.
static void reset_signals(void) {
    const unsigned long standard[4] = {0};  // handler, flags, restorer, mask
    for (int signal = 1; signal < NSIG; signal++) syscall(SYS_rt_sigaction, signal, standard, NULL, sizeof(long));
}

/// Runs in the memory of the supervisor, which waits until the exec is done.
static int become_command(const struct sluice_launch *launch, pid_t supervisor, volatile int *stage) {
    sigset_t none;
    sigemptyset(&none);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != supervisor) _exit(127);
    *stage = SLUICE_NO_DIRECTORY;
    if (chdir(launch->directory) < 0) return errno;
    *stage = SLUICE_NOT_EXECUTED;
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(launch->program, launch->arguments, launch->environment);
    return errno;
}

/// - Returns: the command's process id, or 0 when the failure has been reported.
static pid_t start_command(const struct sluice_launch *launch) {
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
    report(stage, failure, 0);
    return 0;
}

/// Waits until the command has ended, or the engine wants its end, or the engine is gone.
///
/// - Returns: whether the command has ended by itself.
static int watch(int signals, pid_t command, int *status) {
    long long deadline = -1;
    for (;;) {
        struct pollfd ready[] = {{.fd = CONTROL, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
        long long rest = deadline < 0 ? -1 : deadline - sluice_now();
        int patience = deadline < 0 ? -1 : rest < 0 ? 0 : (int)(rest / 1000 + 1);
        if (poll(ready, 2, patience) == 0) return 0;
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

static int signals_of_children(void) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    return signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
}

static _Noreturn void supervise(const struct sluice_launch *launch) {
    int signals, status = -1;
    reset_signals();
    setsid();
    prctl(PR_SET_NAME, "sluice-command");
    if (arrange_descriptors(launch) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0
        || (signals = signals_of_children()) < 0) {
        report(SLUICE_NOT_PREPARED, errno, 0);
        _exit(1);
    }
    long long start = sluice_now();
    pid_t command = start_command(launch);
    close_range(0, 2, 0);
    if (!command) _exit(0);
    int by_itself = watch(signals, command, &status);
    if (by_itself) report(SLUICE_ENDED, status, sluice_now() - start);
    int left = sluice_end_descendants(signals, command, &status);
    if (!by_itself) report(SLUICE_ENDED, status, sluice_now() - start);
    if (left) report(SLUICE_LEFT, left, 0);
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
    reset_signals();
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
