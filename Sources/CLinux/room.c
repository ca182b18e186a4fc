#define _GNU_SOURCE
#include "room.h"
#include "processes.h"
#include <errno.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/nsfs.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>

// A room is a set of namespaces that bubblewrap has made. Whoever enters has every right in there, so all of this happens
// before anything of a stranger runs: in a new namespace of processes nobody is there to look on.

static int join(int namespace, int kind) { return namespace < 0 || setns(namespace, kind) == 0 ? 0 : errno; }

static void write_file(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    (void)!write(file, text, strlen(text));
    close(file);
}

int sluice_enter_room(const struct sluice_room *room) {
    int failure = 0;
    // First the user namespace, as it gives the right to join the others.
    if (!failure) failure = join(room->user, CLONE_NEWUSER);
    if (!failure) failure = join(room->mount, CLONE_NEWNS);
    if (!failure) failure = join(room->net, CLONE_NEWNET);
    if (!failure) failure = join(room->ipc, CLONE_NEWIPC);
    if (!failure) failure = join(room->uts, CLONE_NEWUTS);
    // When memory runs out it is the commands that go, not the engine; proc(5).
    if (!failure) write_file("/proc/self/oom_score_adj", "500");
    if (!failure) syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
    return failure;
}

/// Since Linux 6.14 the highest process id is each namespace's own. Before, it is the machine's, and not touched.
static void limit_processes(int64_t most) {
    struct utsname name;
    char text[24], *at = text + sizeof text;
    if (most <= 0 || uname(&name) < 0) return;
    char *end;
    long major = strtol(name.release, &end, 10), minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
    if (major < 6 || (major == 6 && minor < 14)) return;
    // Ids below 300 are not given again once all have been used: RESERVED_PIDS, kernel/pid.c.
    uint64_t highest = (uint64_t)most + 300;
    *--at = 0;
    do *--at = (char)('0' + highest % 10);
    while (highest /= 10);
    write_file("/proc/sys/kernel/pid_max", at);
}

/// Whoever runs as root is the owner of these files, and needs no capability to write them.
static int protect(const char *path) {
    const unsigned long flags = MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
    if (access(path, F_OK) < 0) return 0;
    if (mount(path, path, NULL, MS_BIND, NULL) < 0) return errno;
    return mount(NULL, path, NULL, MS_REMOUNT | flags, NULL) < 0 ? errno : 0;
}

static int mount_proc(int64_t processes) {
    static const char *const writable[] = {"/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus"};
    int failure = 0;
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0) return errno;
    limit_processes(processes);
    for (size_t i = 0; !failure && i < sizeof writable / sizeof *writable; i++) failure = protect(writable[i]);
    return failure;
}

static int drop_rights(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0}};
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++) {
        if (prctl(PR_CAPBSET_DROP, capability) < 0) return errno;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return errno;
    if (syscall(SYS_capset, &header, none) < 0) return errno;
    return 0;
}

int sluice_close_room(int inner, int64_t processes) {
    int failure = mount_proc(processes);
    if (!failure) failure = join(inner, CLONE_NEWUSER);
    if (!failure) failure = drop_rights();
    if (!failure) failure = sluice_filter_calls();
    // ptrace(2) and /proc/1/mem are refused for what is not dumpable.
    if (!failure && prctl(PR_SET_DUMPABLE, 0) < 0) failure = errno;
    return failure;
}

static void set_limit(int resource, int64_t most) {
    struct rlimit limit;
    if (most <= 0 || getrlimit(resource, &limit) < 0) return;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < (rlim_t)most) return;
    limit.rlim_cur = limit.rlim_max = (rlim_t)most;
    setrlimit(resource, &limit);
}

void sluice_set_limits(const struct sluice_limits *limits) {
    // Memory that is only reserved does not count as data, so programs with large address spaces run; getrlimit(2).
    set_limit(RLIMIT_DATA, limits->memory);
    set_limit(RLIMIT_NPROC, limits->processes);
    set_limit(RLIMIT_FSIZE, limits->file);
    set_limit(RLIMIT_CPU, limits->cpu);
}

/// Adds `resident` less `shared`, in bytes; /proc/PID/statm, proc(5).
static void add_memory(int proc, pid_t pid, void *used) {
    char text[128];
    const char *at = text;
    if (pid == 1) return;  // the first process is the engine's own
    sluice_read_of_process(proc, pid, "statm", text, sizeof text);
    (void)sluice_read_number(&at);
    long long resident = (long long)sluice_read_number(&at), shared = (long long)sluice_read_number(&at);
    if (resident > shared) *(int64_t *)used += (resident - shared) * sysconf(_SC_PAGESIZE);
}

int64_t sluice_memory_used(void) {
    int64_t used = 0;
    int proc = sluice_open_processes();
    if (proc < 0) return 0;
    sluice_each_process(proc, add_memory, &used);
    close(proc);
    return used;
}

int sluice_outer_user_namespace(int namespace) {
    struct stat own, outer;
    int parent = ioctl(namespace, NS_GET_PARENT), failure = ENOENT;
    if (parent < 0) return -errno;
    if (stat("/proc/self/ns/user", &own) < 0 || fstat(parent, &outer) < 0) failure = errno;
    else if (own.st_ino != outer.st_ino) return parent;
    close(parent);
    return -failure;
}

/// In a process of its own, as nobody with many threads may change its namespaces.
static _Noreturn void listen_and_pass(const struct sluice_room *room, int channel) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (join(room->user, CLONE_NEWUSER) || join(room->net, CLONE_NEWNET)) _exit(1);
    int listener = sluice_listen((struct sockaddr *)&here, sizeof here);
    _exit(listener < 0 || sluice_pass(channel, &listener, 1) < 0);
}

int sluice_listen_in_room(const struct sluice_room *room) {
    int channel[2], result = sluice_socket_pair(channel);
    if (result < 0) return result;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);  // no handler of the engine runs in the other process
    pid_t pid = _Fork();
    if (pid == 0) listen_and_pass(room, channel[1]);
    result = pid < 0 ? -errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(channel[1]);
    if (pid > 0) {
        int listener, failure = sluice_take(channel[0], &listener, 1);
        result = failure < 0 ? failure : listener;
        waitpid(pid, NULL, 0);
    }
    close(channel[0]);
    return result;
}
