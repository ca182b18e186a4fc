#define _GNU_SOURCE
#include "descendants.h"
#include "CLinux.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <time.h>

// Descendants are found by walking /proc: as their subreaper, this process is the parent of all whose own parents have
// ended, so neither setsid nor a double fork nor a cleared environment hides one. They are stopped before they are
// killed, and looked for until a walk finds none that still runs: a process that forks faster than it is killed is
// caught too.

enum { PATIENCE = 5000, MOST = 1 << 16, PASSES = 50 };

struct process {
    pid_t pid, parent;
    char state;
    char descends;
    /// Clock ticks since boot; with the pid, the name of a process for as long as the machine runs.
    unsigned long long start;
};

struct table {
    struct process *rows;
    int count;
};

long long sluice_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

int sluice_reap(pid_t command, int *status) {
    for (;;) {
        int one;
        pid_t pid = waitpid(-1, &one, WNOHANG);
        if (pid == command) *status = one;
        if (pid == 0) return 1;
        if (pid < 0 && errno != EINTR) return 0;
    }
}

/// `pid` in decimal, then `/stat`. snprintf is not async-signal-safe.
static void stat_path(char path[32], pid_t pid) {
    char digits[12];
    int count = 0, at = 0;
    do digits[count++] = '0' + pid % 10;
    while (pid /= 10);
    while (count) path[at++] = digits[--count];
    memcpy(path + at, "/stat", 6);
}

static unsigned long long number(const char **text) {
    unsigned long long value = 0;
    while (**text == ' ') ++*text;
    while (**text >= '0' && **text <= '9') value = value * 10 + (unsigned long long)(*(*text)++ - '0');
    return value;
}

/// Reads /proc/PID/stat; proc(5). The name in parentheses may hold anything, so the last one counts.
static int read_process(int proc, pid_t pid, struct process *row) {
    char path[32], text[1024];
    stat_path(path, pid);
    int file = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t size = read(file, text, sizeof text - 1);
    close(file);
    if (size <= 0) return 0;
    text[size] = 0;
    const char *at = strrchr(text, ')');
    if (!at || at[1] != ' ') return 0;
    *row = (struct process){.pid = pid, .state = at[2]};
    at += 3;
    row->parent = (pid_t)number(&at);
    for (int field = 5; field <= 21; field++) {  // skipped; one of them, tpgid, may be -1
        while (*at == ' ') at++;
        while (*at && *at != ' ') at++;
    }
    row->start = number(&at);
    return 1;
}

/// Lists all processes, by ascending pid as the kernel does.
static void list(int proc, struct table *table) {
    char buffer[8192];
    long size;
    table->count = 0;
    lseek(proc, 0, SEEK_SET);
    while ((size = syscall(SYS_getdents64, proc, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < size;) {
            unsigned short length;
            memcpy(&length, buffer + at + 16, sizeof length);  // d_reclen; d_name begins at 19, getdents64(2)
            const char *name = buffer + at + 19;
            pid_t pid = (pid_t)number(&name);
            if (pid && !*name && table->count < MOST) {
                table->count += read_process(proc, pid, &table->rows[table->count]);
            }
            at += length;
        }
    }
}

static struct process *find(const struct table *table, pid_t pid) {
    int low = 0, high = table->count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (table->rows[middle].pid < pid) low = middle + 1;
        else high = middle;
    }
    return low < table->count && table->rows[low].pid == pid ? &table->rows[low] : NULL;
}

/// Marks who descends from `root`. One pass does it unless pids have wrapped around.
static void mark(const struct table *table, pid_t root) {
    for (int found = 1; found;) {
        found = 0;
        for (int i = 0; i < table->count; i++) {
            struct process *row = &table->rows[i];
            if (row->descends) continue;
            const struct process *parent = find(table, row->parent);
            row->descends = row->parent == root || (parent && parent->descends);
            found |= row->descends;
        }
    }
}

/// Signals a process unless its pid has gone to another since it was listed.
static void send_signal(int proc, const struct process *row, int signal) {
    struct process now;
    int pidfd = sluice_pidfd_open(row->pid);
    if (pidfd < 0) return;
    if (read_process(proc, row->pid, &now) && now.start == row->start) sluice_pidfd_signal(pidfd, signal);
    close(pidfd);
}

/// Stops what runs.
///
/// - Returns: how many still ran.
static int stop_running(int proc, const struct table *table) {
    int running = 0;
    for (int i = 0; i < table->count; i++) {
        const struct process *row = &table->rows[i];
        if (!row->descends || strchr("TtZX", row->state)) continue;
        send_signal(proc, row, SIGSTOP);
        running++;
    }
    return running;
}

/// Kills all, children mostly before their parents: the death of a parent wakes stopped children of its group.
static int kill_all(int proc, const struct table *table) {
    int killed = 0;
    for (int i = table->count - 1; i >= 0; i--) {
        const struct process *row = &table->rows[i];
        if (!row->descends || strchr("ZX", row->state)) continue;
        send_signal(proc, row, SIGKILL);
        killed++;
    }
    return killed;
}

static void await_child(int signals, int milliseconds) {
    struct pollfd one = {.fd = signals, .events = POLLIN};
    struct signalfd_siginfo info;
    if (poll(&one, 1, milliseconds) > 0) (void)!read(signals, &info, sizeof info);
}

static int sweep(int proc, struct table *table) {
    for (int pass = 0; pass < PASSES; pass++) {
        list(proc, table);
        mark(table, getpid());
        if (!stop_running(proc, table)) break;
        poll(NULL, 0, 1);  // a signal is taken when the process next runs
    }
    return kill_all(proc, table);
}

int sluice_end_descendants(int signals, pid_t command, int *status) {
    if (!sluice_reap(command, status)) return 0;
    int left = -1;
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    size_t size = MOST * sizeof(struct process);
    struct table table = {mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 0};
    if (proc < 0 || table.rows == MAP_FAILED) return left;
    long long deadline = sluice_now() + PATIENCE;
    do {
        left = sweep(proc, &table);
        for (int tries = 0; tries < 10 && left; tries++) {
            if (!sluice_reap(command, status)) return 0;
            await_child(signals, 10);
        }
        if (!sluice_reap(command, status)) return 0;
    } while (sluice_now() < deadline);
    return left;
}
