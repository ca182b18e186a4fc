#define _GNU_SOURCE
#include "descendants.h"
#include "CLinux.h"
#include "processes.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
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

static long long microseconds(struct timeval time) { return time.tv_sec * 1000000LL + time.tv_usec; }

long long sluice_processor_time_of_children(void) {
    struct rusage use;
    if (getrusage(RUSAGE_CHILDREN, &use) < 0) return 0;
    return microseconds(use.ru_utime) + microseconds(use.ru_stime);
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

/// Reads /proc/PID/stat; proc(5). The name in parentheses may hold anything, so the last one counts.
static int read_process(int proc, pid_t pid, struct process *row) {
    char text[1024];
    if (!sluice_read_of_process(proc, pid, "stat", text, sizeof text)) return 0;
    const char *at = strrchr(text, ')');
    if (!at || at[1] != ' ') return 0;
    *row = (struct process){.pid = pid, .state = at[2]};
    at += 3;
    row->parent = (pid_t)sluice_read_number(&at);
    (void)sluice_read_number(&at);  // the process group
    row->session = (pid_t)sluice_read_number(&at);
    for (int field = 7; field <= 21; field++) {  // skipped; one of them, tpgid, may be -1
        while (*at == ' ') at++;
        while (*at && *at != ' ') at++;
    }
    row->start = sluice_read_number(&at);
    return 1;
}

static void add(int proc, pid_t pid, void *context) {
    struct table *table = context;
    if (table->count < MOST) table->count += read_process(proc, pid, &table->rows[table->count]);
}

/// Lists all processes, by ascending pid.
static void list(int proc, struct table *table) {
    table->count = 0;
    sluice_each_process(proc, add, table);
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

/// Marks who descends from this process.
static void mark_own(int proc, const struct table *table, const void *unused) {
    (void)proc, (void)unused;
    mark_descendants(table, getpid());
}

/// Marks who is in a session, except who leads it.
static void mark_session(int proc, const struct table *table, const void *context) {
    pid_t session = *(const pid_t *)context;
    (void)proc;
    for (int i = 0; i < table->count; i++) {
        struct process *row = &table->rows[i];
        row->doomed = row->session == session && row->pid != session;
    }
}

/// Stops and then kills all that `mark` marks.
static int sweep(int proc, struct table *table, void (*mark)(int, const struct table *, const void *), const void *what) {
    for (int pass = 0; pass < PASSES; pass++) {
        list(proc, table);
        mark(proc, table, what);
        if (!stop_running(proc, table)) break;
        poll(NULL, 0, 1);  // a signal is taken when the process next runs
    }
    return kill_all(proc, table);
}

/// - Returns: 0 when /proc cannot be read or there is no memory.
static int open_table(int *proc, struct table *table) {
    *proc = sluice_open_processes();
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
        left = sweep(proc, &table, mark_own, NULL);
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
        left = sweep(proc, &table, mark_session, &session);
        if (left) poll(NULL, 0, 1);
    }
    close_table(proc, &table);
    return left;
}

// MARK: - What a crash left

void sluice_write_mark(int file, int64_t place) {
    struct process self;
    int proc = sluice_open_processes();
    if (proc >= 0 && read_process(proc, getpid(), &self)) {
        struct sluice_mark mark = {self.pid, self.start};
        (void)!pwrite(file, &mark, sizeof mark, place);
    }
    if (proc >= 0) close(proc);
}

/// Whether a process was started with one of these variables; of a longer environment than this the beginning counts.
static int has_variable(int proc, pid_t pid, const struct sluice_leftovers *left) {
    static char text[1 << 17];
    size_t size = sluice_read_of_process(proc, pid, "environ", text, sizeof text);
    for (size_t at = 0; at < size; at += strlen(text + at) + 1) {
        for (int i = 0; i < left->variable_count; i++) {
            if (strcmp(text + at, left->variables[i]) == 0) return 1;
        }
    }
    return 0;
}

/// Marks who is left of sessions whose leaders have gone, or carries a variable, and all who descend from them.
static void mark_orphans(int proc, const struct table *table, const void *context) {
    const struct sluice_leftovers *left = context;
    for (int i = 0; i < left->mark_count; i++) {
        struct sluice_mark mark = left->marks[i];
        const struct process *leader = find(table, (pid_t)mark.pid);
        if (leader && leader->start != mark.start) continue;  // the id has gone to another
        for (int j = 0; j < table->count; j++) {
            struct process *row = &table->rows[j];
            row->doomed |= row->session == mark.pid && row->start >= mark.start;
        }
    }
    for (int i = 0; i < table->count; i++) {
        struct process *row = &table->rows[i];
        row->doomed = row->pid != getpid() && (row->doomed || has_variable(proc, row->pid, left));
    }
    mark_descendants(table, -1);
}

int sluice_reap_orphans(const struct sluice_leftovers *left) {
    int proc;
    struct table table;
    if (!open_table(&proc, &table)) return 0;
    int killed = sweep(proc, &table, mark_orphans, left);
    close_table(proc, &table);
    return killed;
}
