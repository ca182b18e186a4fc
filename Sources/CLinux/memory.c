#include "CLinux.h"
#include <malloc.h>

void sluice_keep_freed_memory(int bytes) {
    mallopt(M_TRIM_THRESHOLD, bytes);
    // Blocks that are larger are mapped by themselves; the usual bound grows with use, and with it what is kept.
    mallopt(M_MMAP_THRESHOLD, 256 << 10);
}

void sluice_return_freed_memory(void) { malloc_trim(0); }
