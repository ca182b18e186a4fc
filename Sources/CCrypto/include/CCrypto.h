#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// SHA-256, SHA-1, HMAC-SHA-256, AES-256-GCM and ECDSA from OpenSSL's libcrypto, which is opened at the first use: most commands hash nothing, and the
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

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1), 32 bytes.
void sluice_hmac_sha256(
    const void *_Nullable key, size_t key_count, const void *_Nullable bytes, size_t count, void *_Nonnull mac);

enum {
    SLUICE_ES256_SIGNATURE = 64,
};

/// What became of a signature.
typedef enum {
    SLUICE_SIGNED,
    /// The text is no private key in PEM, or one with a passphrase.
    SLUICE_NO_KEY,
    /// The key is of another kind than P-256.
    SLUICE_OTHER_KEY,
    SLUICE_NOT_SIGNED,
} sluice_signing;

/// ECDSA on P-256 with SHA-256, as `ES256` of RFC 7518, section 3.4: r and s, each of 32 bytes, and no DER.
///
/// `pem` is a private key such as `-----BEGIN PRIVATE KEY-----` begins (RFC 7468, section 10).
sluice_signing sluice_es256_sign(
    const void *_Nonnull pem, size_t pem_count, const void *_Nullable bytes, size_t count,
    uint8_t *_Nonnull signature);

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
