#include "CLinux.h"
#include <malloc.h>
#include <sys/resource.h>

void sluice_keep_freed_memory(int bytes) {
    mallopt(M_TRIM_THRESHOLD, bytes);
    // Blocks that are larger are mapped by themselves; the usual bound grows with use, and with it what is kept.
    mallopt(M_MMAP_THRESHOLD, 256 << 10);
}

void sluice_return_freed_memory(void) { malloc_trim(0); }

size_t sluice_allocated_bytes(void) {
    struct mallinfo2 all = mallinfo2();
    return all.uordblks + all.hblkhd;
}

// One byte, not none: a program that takes dumps through a pipe (core(5)) is started whatever the limit is, except for
// a limit of one. A file is not begun below a page.
void sluice_forbid_core_dumps(void) {
    struct rlimit limit = {1, 1};
    struct rlimit now;
    if (getrlimit(RLIMIT_CORE, &now) == 0 && now.rlim_max < 1) return;
    setrlimit(RLIMIT_CORE, &limit);
}
