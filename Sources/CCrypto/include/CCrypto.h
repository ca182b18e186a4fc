#pragma once
#include <stddef.h>
#include <stdint.h>

// SHA-256 from OpenSSL's libcrypto, which is opened at the first use: most commands hash nothing, and the library
// takes longer to map than they take to run.

typedef struct sluice_sha256 sluice_sha256;

sluice_sha256 *_Nonnull sluice_sha256_new(void);
void sluice_sha256_add(sluice_sha256 *_Nonnull hash, const void *_Nullable bytes, size_t count);
/// Writes 32 bytes to `digest` and frees `hash`.
void sluice_sha256_end(sluice_sha256 *_Nonnull hash, uint8_t *_Nonnull digest);
