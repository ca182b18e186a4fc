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

struct process {
    pid_t pid, parent, session;
    char state;
    char doomed;
    /// Clock ticks since boot; with the pid, the name of a process for as long as the machine runs.
    unsigned long long start;
};

struct table {
    struct process *rows;
    int count;
};

/// Microseconds, rows, walks, bytes.
enum { PATIENCE = 5000000, MOST = 1 << 16, PASSES = 50, TABLE_SIZE = MOST * sizeof(struct process) };

long long sluice_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
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
    (void)number(&at);  // the process group
    row->session = (pid_t)number(&at);
    for (int field = 7; field <= 21; field++) {  // skipped; one of them, tpgid, may be -1
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
static void mark_descendants(const struct table *table, pid_t root) {
    for (int found = 1; found;) {
        found = 0;
        for (int i = 0; i < table->count; i++) {
            struct process *row = &table->rows[i];
            if (row->doomed) continue;
            const struct process *parent = find(table, row->parent);
            row->doomed = row->parent == root || (parent && parent->doomed);
            found |= row->doomed;
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
        if (!row->doomed || strchr("TtZX", row->state)) continue;
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
        if (!row->doomed || strchr("ZX", row->state)) continue;
        send_signal(proc, row, SIGKILL);
        killed++;
    }
    return killed;
}

/// Reaps children as they end, for up to a tenth of a second.
///
/// - Returns: whether all are gone.
static int are_gone(int signals, pid_t command, int *status) {
    struct pollfd one = {.fd = signals, .events = POLLIN};
    struct signalfd_siginfo info;
    for (int tries = 0; tries < 10; tries++) {
        if (!sluice_reap(command, status)) return 1;
        if (poll(&one, 1, 10) > 0) (void)!read(signals, &info, sizeof info);
    }
    return 0;
}

/// Marks who is in a session, except who leads it.
static void mark_session(const struct table *table, pid_t session) {
    for (int i = 0; i < table->count; i++) {
        struct process *row = &table->rows[i];
        row->doomed = row->session == session && row->pid != session;
    }
}

/// Stops and then kills all that `mark` finds from `root` on.
static int sweep(int proc, struct table *table, void (*mark)(const struct table *, pid_t), pid_t root) {
    for (int pass = 0; pass < PASSES; pass++) {
        list(proc, table);
        mark(table, root);
        if (!stop_running(proc, table)) break;
        poll(NULL, 0, 1);  // a signal is taken when the process next runs
    }
    return kill_all(proc, table);
}

/// - Returns: 0 when /proc cannot be read or there is no memory.
static int open_table(int *proc, struct table *table) {
    *proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*proc < 0) return 0;
    void *rows = mmap(NULL, TABLE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *table = (struct table){rows, 0};
    if (rows != MAP_FAILED) return 1;
    close(*proc);
    return 0;
}

static void close_table(int proc, const struct table *table) {
    munmap(table->rows, TABLE_SIZE);
    close(proc);
}

int sluice_end_descendants(int signals, pid_t command, int *status) {
    int proc, left = -1;
    struct table table;
    if (!sluice_reap(command, status)) return 0;
    if (!open_table(&proc, &table)) return left;
    for (long long deadline = sluice_now() + PATIENCE; left && sluice_now() < deadline;) {
        left = sweep(proc, &table, mark_descendants, getpid());
        if (are_gone(signals, command, status)) left = 0;
        else if (!left) left = 1;  // killed before, and not gone yet
    }
    close_table(proc, &table);
    return left;
}

int sluice_end_session(pid_t session) {
    int proc, left = -1;
    struct table table;
    if (!open_table(&proc, &table)) return left;
    for (long long deadline = sluice_now() + PATIENCE; left && sluice_now() < deadline;) {
        left = sweep(proc, &table, mark_session, session);
        if (left) poll(NULL, 0, 1);
    }
    close_table(proc, &table);
    return left;
}

// MARK: - What a crash left

void sluice_write_mark(int file, int64_t place) {
    struct process self;
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (proc >= 0 && read_process(proc, getpid(), &self)) {
        struct sluice_mark mark = {self.pid, self.start};
        (void)!pwrite(file, &mark, sizeof mark, place);
    }
    if (proc >= 0) close(proc);
}

/// Whether a process was started with a variable; of a longer environment than this the beginning counts.
static int has_variable(int proc, pid_t pid, const char *variable) {
    static char text[1 << 17];
    char path[32];
    size_t length = strlen(variable) + 1, size = 0;
    stat_path(path, pid);
    memcpy(strrchr(path, '/'), "/environ", 9);
    int file = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    for (ssize_t count; size < sizeof text && (count = read(file, text + size, sizeof text - size)) > 0;) {
        size += (size_t)count;
    }
    close(file);
    for (size_t at = 0; at + length <= size; at += strnlen(text + at, size - at) + 1) {
        if (memcmp(text + at, variable, length) == 0) return 1;
    }
    return 0;
}

/// Marks who is left of a session whose leader has gone, or carries the variable, and all who descend from them.
static void mark_orphans(int proc, const struct table *table, const struct sluice_mark *mark, const char *variable) {
    const struct process *leader = find(table, (pid_t)mark->pid);
    int is_reused = leader && leader->start != mark->start;
    for (int i = 0; i < table->count; i++) {
        struct process *row = &table->rows[i];
        int is_left = !is_reused && row->session == mark->pid && row->start >= mark->start;
        row->doomed = row->pid != getpid() && (is_left || has_variable(proc, row->pid, variable));
    }
    mark_descendants(table, -1);
}

int sluice_reap_orphans(const struct sluice_mark *mark, const char *variable) {
    int proc, killed = 0;
    struct table table;
    if (!open_table(&proc, &table)) return 0;
    for (int pass = 0; pass < PASSES; pass++) {
        list(proc, &table);
        mark_orphans(proc, &table, mark, variable);
        if (!stop_running(proc, &table)) break;
        poll(NULL, 0, 1);
    }
    killed = kill_all(proc, &table);
    close_table(proc, &table);
    return killed;
}
