#pragma once
#include <stddef.h>
#include <stdint.h>

// Regular expressions of PCRE2, whose searches can be interrupted. The library is opened at the first use, as few
// pipelines have an expression; Debian's grep needs it, so it is there.

#pragma clang assume_nonnull begin

enum {
    SLUICE_PATTERN_ABSENT = 0,
    SLUICE_PATTERN_FOUND = 1,
    /// The time was up, or the memory.
    SLUICE_PATTERN_LATE = 2,
    /// The expression cannot be read.
    SLUICE_PATTERN_WRONG = 3,
};

/// NULL when the library is there, else why it cannot be used, in the words of dlerror.
const char *_Nullable sluice_pattern_open(void);

/// Searches a text for an expression, both UTF-8; `^` and `$` match at every line.
///
/// - Parameter patience: Nanoseconds that the thread may compute.
/// - Returns: one of the constants above.
int sluice_pattern_search(
    const uint8_t *expression, size_t length, const uint8_t *_Nullable text, size_t count, int64_t patience);

#pragma clang assume_nonnull end
