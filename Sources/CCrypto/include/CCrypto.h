#pragma once
#include <stddef.h>
#include <stdint.h>

// SHA-256 and SHA-1 from OpenSSL's libcrypto, which is opened at the first use: most commands hash nothing, and the
// library takes longer to map than they take to run.

typedef struct sluice_digest sluice_digest;

/// Opens the library, which takes a millisecond or two.
void sluice_crypto_open(void);

/// SHA-256 of all at once, 32 bytes.
void sluice_sha256(const void *_Nullable bytes, size_t count, void *_Nonnull digest);

sluice_digest *_Nonnull sluice_sha256_new(void);
/// For the names of git's objects, and for nothing that has to withstand an attack.
sluice_digest *_Nonnull sluice_sha1_new(void);
void sluice_digest_add(sluice_digest *_Nonnull hash, const void *_Nullable bytes, size_t count);
/// Writes 32 bytes (SHA-1: 20) to `digest` and frees `hash`.
void sluice_digest_end(sluice_digest *_Nonnull hash, uint8_t *_Nonnull digest);
