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

/// Deflate inside the gzip format (RFC 1952): a window of 15 bits, and 16 for the format.
static inline int sluice_gzip_begin(z_stream *stream, int level) {
    memset(stream, 0, sizeof *stream);
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
