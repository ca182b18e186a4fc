#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>

static int or_errno(long result) { return result < 0 ? -errno : (int)result; }

int sluice_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {
        .flags = flags | O_CLOEXEC,
        .mode = mode,
        .resolve = resolve ? resolve : RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    return or_errno(syscall(SYS_openat2, directory, path, &how, sizeof how));
}

int sluice_pidfd_open(pid_t pid) { return or_errno(syscall(SYS_pidfd_open, pid, 0)); }

int sluice_pidfd_signal(int pidfd, int signal) {
    return or_errno(syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0));
}

int sluice_o_path(void) { return O_PATH; }

int sluice_waiting_bytes(int descriptor) {
    int count = 0;
    return ioctl(descriptor, FIONREAD, &count) < 0 ? -errno : count;
}

int sluice_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 ? -errno : or_errno(fcntl(descriptor, F_SETFL, flags | O_NONBLOCK));
}

int sluice_socket_pair(int *pair) { return or_errno(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)); }

int sluice_report_pair(int *pair) {
    int result = or_errno(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
    if (result >= 0) shutdown(pair[0], SHUT_WR);
    return result;
}

int sluice_pipe(int *ends) { return or_errno(pipe2(ends, O_CLOEXEC)); }

void sluice_block_sigpipe(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int sluice_write_out(int descriptor) {
    unsigned flags = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
    return sync_file_range(descriptor, 0, 0, flags) == 0 ? 0 : -errno;
}

int sluice_processors(void) {
    cpu_set_t allowed;
    return sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 1;
}

int sluice_keep_to_one_processor(pid_t thread) {
    cpu_set_t allowed, one;
    int problem = or_errno(sched_getaffinity(0, sizeof allowed, &allowed));
    if (problem < 0) return problem;
    int first = 0;
    while (first < CPU_SETSIZE - 1 && !CPU_ISSET(first, &allowed)) first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    return or_errno(sched_setaffinity(thread, sizeof one, &one));
}
