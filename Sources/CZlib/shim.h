#pragma once
#include <string.h>
#include <zlib.h>

// deflateInit and inflateInit are macros, which Swift does not see.

static inline int sluice_deflate_begin(z_stream *stream, int level) {
    memset(stream, 0, sizeof *stream);
    return deflateInit(stream, level);
}

static inline int sluice_inflate_begin(z_stream *stream) {
    memset(stream, 0, sizeof *stream);
    return inflateInit(stream);
}
