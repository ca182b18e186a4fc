#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <stdio.h>

int sluice_rename_exclusively(int old_directory, const char *old_name, int new_directory, const char *new_name) {
    return renameat2(old_directory, old_name, new_directory, new_name, RENAME_NOREPLACE) == 0 ? 0 : -errno;
}
