#define _GNU_SOURCE
#include "launch.h"
#include "descendants.h"
#include "room.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

// A launcher stands in a room and starts the commands of that room: each begins as a clone of the launcher in namespaces
// of processes and mounts of its own, as their first process, which starts the command and watches over it. When the
// first process of such a namespace ends, the system has ended all others: nothing escapes, by setsid or otherwise.
//
// The engine is forked for no command. Copying the page tables of 60 MB takes longer than all the rest. And no command
// waits for namespaces: their first process stands ready before there is a command for it.

/// The launcher is called by this name and never by its path; its arguments are descriptors.
static const char name[] = "sluice-launcher";
enum { ARGUMENTS = 8 };

// MARK: - A command on its way from the engine to the launcher

/// What is passed, and where: a command that makes no report has none of the last.
enum { PASSED_CONTROL = 3, PASSED_FILE, PASSED_REPORT, PASSED };

/// The beginning of what is passed. Strings follow, each ended by NUL: program, directory, arguments, environment.
struct message {
    struct sluice_limits limits;
    uint64_t arguments, variables;
    uint64_t size;
};

static uint64_t count(char *const *texts) {
    uint64_t number = 0;
    while (texts[number]) number++;
    return number;
}

static int write_text(int file, const char *text) {
    size_t size = strlen(text) + 1;
    return write(file, text, size) == (ssize_t)size ? 0 : -1;
}

static int write_texts(int file, char *const *texts) {
    for (; *texts; texts++) {
        if (write_text(file, *texts) < 0) return -1;
    }
    return 0;
}

/// - Returns: a file in memory with all of the command, or -errno.
static int packed(const struct sluice_launch *launch) {
    struct message message = {launch->limits, count(launch->arguments), count(launch->environment), 0};
    int file = memfd_create("command", MFD_CLOEXEC);
    if (file < 0) return -errno;
    if (write(file, &message, sizeof message) == sizeof message && write_text(file, launch->program) == 0
        && write_text(file, launch->directory) == 0 && write_texts(file, launch->arguments) == 0
        && write_texts(file, launch->environment) == 0) {
        return file;
    }
    int failure = errno;
    close(file);
    return -failure;
}

int sluice_request(int channel, const struct sluice_launch *launch) {
    int file = packed(launch);
    if (file < 0) return file;
    const int given[PASSED] = {launch->input, launch->output, launch->errors, launch->control, file, launch->report};
    int result = sluice_pass(channel, given, launch->report < 0 ? PASSED_REPORT : PASSED);
    close(file);
    return result;
}

static char *next(char **text) {
    char *this = *text;
    *text += strlen(this) + 1;
    return this;
}

/// Takes a command out of what was passed.
///
/// - Returns: 0, or an errno.
static int unpack(int file, struct sluice_launch *launch) {
    off_t size = lseek(file, 0, SEEK_END);
    char *text = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
    if (text == MAP_FAILED) return errno;
    struct message *message = (struct message *)text;
    uint64_t slots = message->arguments + message->variables + 2;
    char **pointers = mmap(NULL, slots * sizeof(char *), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pointers == MAP_FAILED) return errno;
    text += sizeof *message;
    launch->limits = message->limits;
    launch->program = next(&text);
    launch->directory = next(&text);
    launch->arguments = pointers;
    for (uint64_t i = 0; i < message->arguments; i++) *pointers++ = next(&text);
    launch->environment = ++pointers;
    for (uint64_t i = 0; i < message->variables; i++) *pointers++ = next(&text);
    close(file);
    return 0;
}

// MARK: - In the room

/// Where the launcher and those who wait in it have the other end of the engine's socket, and the user namespace of their
/// room, if there is one.
enum { CHANNEL = 3, INNER = 4 };

/// Makes the caller the first process of its namespaces, with nothing left to do but to take a command.
///
/// - Returns: 0, or an errno.
static int prepare(int inner, int64_t processes) {
    sluice_reset_signals();
    int failure = sluice_close_room(inner, processes);
    // Afterwards, as a change of rights forgets it; prctl(2).
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    return failure;
}

/// Starts the command and stays until it and all it started have ended.
static _Noreturn void run(const int *given, int failure) {
    struct sluice_launch launch;
    int signals = -1, status = -1;
    const int arranged[] = {given[0], given[1], given[2], given[PASSED_REPORT], given[PASSED_CONTROL]};
    if (!failure) failure = unpack(given[PASSED_FILE], &launch);
    if (sluice_arrange(arranged, CONTROL + 1) < 0) _exit(1);
    if (failure || (signals = sluice_signals_of_children()) < 0) {
        sluice_tell(SLUICE_NOT_ENTERED, failure ? failure : errno, 0);
        _exit(1);
    }
    long long start = sluice_now();
    pid_t command = sluice_start_command(&launch);
    sluice_let_go(given[PASSED_REPORT]);
    if (!command) _exit(0);
    int by_itself = sluice_watch(signals, command, launch.limits.memory, &status);
    if (by_itself) sluice_tell(SLUICE_ENDED, status, sluice_now() - start);
    kill(-1, SIGKILL);
    while (sluice_reap(command, &status)) poll(NULL, 0, 1);
    if (!by_itself) sluice_tell(SLUICE_ENDED, status, sluice_now() - start);
    sluice_tell(SLUICE_USED, 0, sluice_processor_time_of_children());
    close(CONTROL);  // nothing is left; the engine need not wait until this process is taken apart
    _exit(0);
}

/// Waits for a command, says on `taken` that it has one, and runs it.
static _Noreturn void be_first(int inner, int64_t processes, int taken) {
    int given[PASSED], failure = prepare(inner, processes);
    if (sluice_take(CHANNEL, given, PASSED) < 0) _exit(0);
    (void)!write(taken, "", 1);
    run(given, failure);
}

static int is_closed(void) {
    struct pollfd channel = {.fd = CHANNEL};
    return poll(&channel, 1, 0) > 0;
}

/// Takes a command that nobody can start, and says so.
static void refuse(int failure, int kind) {
    int given[PASSED];
    if (sluice_take(CHANNEL, given, PASSED) < 0) _exit(0);
    const struct sluice_report packet = {kind, failure, 0};
    (void)!send(given[PASSED_CONTROL], &packet, sizeof packet, MSG_NOSIGNAL);
    for (int i = 0; i < PASSED; i++) close(given[i]);  // -1 is refused, and harms nothing
}

/// Has a first process wait for the next command, and stays until it has one.
static void attend(int inner, int64_t processes) {
    int taken[2];
    char byte;
    if (pipe2(taken, O_CLOEXEC) < 0) return refuse(errno, SLUICE_NOT_PREPARED);
    long child = syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, NULL, NULL, NULL, NULL);
    int failure = errno;
    if (child == 0) be_first(inner, processes, taken[1]);
    close(taken[1]);
    if (child > 0) (void)!read(taken[0], &byte, 1);
    close(taken[0]);
    if (child < 0) refuse(failure, SLUICE_NOT_PREPARED);
}

static _Noreturn void serve(const struct sluice_room *room, int64_t processes) {
    int failure = sluice_enter_room(room);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    signal(SIGCHLD, SIG_IGN);  // nobody waits for those who watch over commands; they tell the engine
    prctl(PR_SET_DUMPABLE, 0);
    close_range(room->inner >= 0 ? INNER + 1 : CHANNEL + 1, ~0U, 0);
    while (!is_closed()) {
        if (failure) refuse(failure, SLUICE_NOT_ENTERED);
        else attend(room->inner, processes);
    }
    _exit(0);
}

__attribute__((constructor)) static void be_launcher(int words, char **arguments) {
    if (words != ARGUMENTS || strcmp(arguments[0], name) != 0) return;
    int given[ARGUMENTS];
    for (int i = 1; i < ARGUMENTS; i++) given[i] = atoi(arguments[i]);
    const struct sluice_room room = {.inner = given[1], .user = given[2], .mount = given[3], .net = given[4],
        .ipc = given[5], .uts = given[6]};
    serve(&room, given[7]);
}

// MARK: - In the engine

/// Lets its descriptors be found at places that its arguments say.
static _Noreturn void become_launcher(int program, const struct sluice_room *room, int channel, char *const *words) {
    const int given[] = {program, program, program, channel, room->inner < 0 ? room->user : room->inner, room->user,
        room->mount, room->net < 0 ? room->user : room->net, room->ipc, room->uts};
    char *const nothing[] = {NULL};
    int copies[10];
    sigset_t none;
    sigemptyset(&none);
    sluice_reset_signals();
    setsid();
    for (int i = 0; i < 10; i++) copies[i] = fcntl(given[i], F_DUPFD, 16);
    for (int i = 0; i < 10; i++) dup2(copies[i], i);
    close_range(10, ~0U, 0);
    sigprocmask(SIG_SETMASK, &none, NULL);
    syscall(SYS_execveat, 0, "", words, nothing, AT_EMPTY_PATH);
    _exit(127);
}

pid_t sluice_start_launcher(const struct sluice_room *room, int channel, int64_t processes) {
    char most[24];
    snprintf(most, sizeof most, "%lld", (long long)processes);
    char *const words[] = {(char *)name, room->inner < 0 ? "-1" : "4", "5", "6", room->net < 0 ? "-1" : "7", "8", "9",
        most, NULL};
    int program = open("/proc/self/exe", O_PATH | O_CLOEXEC);
    if (program < 0) return -errno;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);  // no handler of the engine runs in its memory, in another process
    pid_t pid = vfork();
    if (pid == 0) become_launcher(program, room, channel, words);
    int failure = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(program);
    return pid < 0 ? -failure : pid;
}
