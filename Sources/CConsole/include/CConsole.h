#pragma once
#include <stddef.h>
#include <stdint.h>

// The files of the web console, as they stand in Assets, in the program itself.

typedef struct sluice_console_file {
    /// Relative to Assets: `js/main.js`.
    const char *_Nonnull path;
    /// The media type, with its charset.
    const char *_Nonnull type;
    const uint8_t *_Nonnull bytes;
    size_t length;
} sluice_console_file;

/// All files; the array is followed by nothing.
const sluice_console_file *_Nonnull sluice_console_files(size_t *_Nonnull count);
