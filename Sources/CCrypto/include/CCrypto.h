#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// SHA-256, SHA-1 and AES-256-GCM from OpenSSL's libcrypto, which is opened at the first use: most commands hash nothing, and the
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

enum {
    SLUICE_GCM_KEY = 32,
    SLUICE_GCM_NONCE = 12,
    SLUICE_GCM_TAG = 16,
};

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D): encrypts, and lets nobody change what was encrypted, nor `about`.
///
/// No nonce is used twice with one key. `sealed` takes `count` bytes and the tag behind them.
void sluice_gcm_seal(
    const void *_Nonnull key, const void *_Nonnull nonce, const void *_Nullable about, size_t about_count,
    const void *_Nullable plain, size_t count, void *_Nonnull sealed);
/// Returns whether the key is the right one and nothing was changed; otherwise `plain`, of `count` - 16 bytes, is zeroes.
bool sluice_gcm_open(
    const void *_Nonnull key, const void *_Nonnull nonce, const void *_Nullable about, size_t about_count,
    const void *_Nonnull sealed, size_t count, void *_Nonnull plain);

/// Bytes of the system's generator; getrandom(2).
void sluice_random(void *_Nonnull bytes, size_t count);
/// Writes zeroes, also where nobody reads them afterwards; explicit_bzero(3).
void sluice_wipe(void *_Nonnull bytes, size_t count);
