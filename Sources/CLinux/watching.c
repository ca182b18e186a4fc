#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <sys/inotify.h>

static int or_errno(int result) { return result < 0 ? -errno : result; }

int sluice_watch_new(void) { return or_errno(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)); }

int sluice_watch_add(int watch, const char *directory) {
    uint32_t events = IN_CREATE | IN_DELETE | IN_MODIFY | IN_ATTRIB | IN_MOVE | IN_DELETE_SELF | IN_MOVE_SELF;
    return or_errno(inotify_add_watch(watch, directory, events | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK));
}
