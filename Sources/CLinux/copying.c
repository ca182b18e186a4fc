#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

/// Copies through memory what the kernel will not copy by itself; 64 kB at a time.
static ssize_t copy_piece(int from, int to, off_t at, size_t count) {
    static _Thread_local char buffer[1 << 16];
    ssize_t got = pread(from, buffer, count < sizeof buffer ? count : sizeof buffer, at);
    for (ssize_t put = 0; put < got;) {
        ssize_t more = pwrite(to, buffer + put, got - put, at + put);
        if (more < 0 && errno == EINTR) continue;
        if (more < 0) return -1;
        put += more;
    }
    return got;
}

/// Copies a range that holds data; ends early where the file has become shorter.
static int copy_range(int from, int to, off_t at, off_t end) {
    int by_kernel = 1;
    while (at < end) {
        off_t in = at, out = at;
        ssize_t count = by_kernel ? copy_file_range(from, &in, to, &out, end - at, 0) : copy_piece(from, to, at, end - at);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && by_kernel && (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP)) {
            by_kernel = 0;
            continue;
        }
        // Some file systems that the kernel makes up tell no size, and copy nothing.
        if (count == 0 && by_kernel) {
            by_kernel = 0;
            continue;
        }
        if (count < 0) return -errno;
        if (count == 0) return 0;
        at += count;
    }
    return 0;
}

int sluice_copy_content(int from, int to) {
    if (ioctl(to, FICLONE, from) == 0) return 0;
    struct stat status;
    if (fstat(from, &status) < 0) return -errno;
    off_t at = 0;
    while (at < status.st_size) {
        off_t data = lseek(from, at, SEEK_DATA);
        if (data < 0 && errno == ENXIO) break;  // nothing but a hole to the end
        off_t end = data < 0 ? status.st_size : lseek(from, data, SEEK_HOLE);
        if (data < 0) data = at;
        if (end < 0 || end > status.st_size) end = status.st_size;
        int result = copy_range(from, to, data, end);
        if (result < 0) return result;
        at = end;
    }
    return ftruncate(to, status.st_size) == 0 ? 0 : -errno;
}

int sluice_sync_files(int descriptor) { return syncfs(descriptor) == 0 ? 0 : -errno; }
