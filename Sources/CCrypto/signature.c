#include "CCrypto.h"
#include "library.h"

#include <dlfcn.h>
#include <limits.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <string.h>

// One line for each function that is used, with the type its header gives it.
#define FUNCTIONS(use) \
    use(BIO_new_mem_buf) \
    use(BIO_free) \
    use(PEM_read_bio_PrivateKey) \
    use(EVP_PKEY_get_group_name) \
    use(EVP_PKEY_free) \
    use(EVP_MD_CTX_new) \
    use(EVP_MD_CTX_free) \
    use(EVP_DigestSignInit) \
    use(EVP_DigestSign) \
    use(EVP_sha256) \
    use(d2i_ECDSA_SIG) \
    use(ECDSA_SIG_free) \
    use(ECDSA_SIG_get0_r) \
    use(ECDSA_SIG_get0_s) \
    use(BN_bn2binpad) \
    use(ERR_clear_error) \
    use(HMAC)

#define DECLARE(name) __typeof__(&name) name;
static struct {
    FUNCTIONS(DECLARE)
} lib;

static pthread_once_t found = PTHREAD_ONCE_INIT;

static void find_functions(void) {
    void *library = sluice_crypto_library();
#define LOOK_UP(name) \
    *(void **)&lib.name = dlsym(library, #name); \
    if (!lib.name) sluice_crypto_stop("it lacks the function " #name " of OpenSSL 3.0");
    FUNCTIONS(LOOK_UP)
}

void sluice_hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count, void *mac) {
    pthread_once(&found, find_functions);
    unsigned int length = 0;
    // Without a key it would take the one of the call before.
    const void *known = key_count ? key : "";
    if (key_count > INT_MAX || !lib.HMAC(lib.EVP_sha256(), known, (int)key_count, bytes, count, mac, &length)) {
        sluice_crypto_stop("it could not make an authentication code");
    }
}

// The library would ask for a passphrase at the terminal.
static int no_passphrase(char *buffer, int size, int writes, void *context) {
    (void)buffer, (void)size, (void)writes, (void)context;
    return -1;
}

static EVP_PKEY *read_key(const void *pem, size_t count) {
    BIO *text = count && count <= INT_MAX ? lib.BIO_new_mem_buf(pem, (int)count) : NULL;
    if (!text) return NULL;
    EVP_PKEY *key = lib.PEM_read_bio_PrivateKey(text, NULL, no_passphrase, NULL);
    lib.BIO_free(text);
    return key;
}

static bool is_p256(EVP_PKEY *key) {
    char name[64];
    size_t length = 0;
    return lib.EVP_PKEY_get_group_name(key, name, sizeof name, &length) == 1 && !strcmp(name, "prime256v1");
}

// What the library signs is DER: a sequence of two numbers without their leading zeroes.
static bool write_raw(const unsigned char *der, size_t length, uint8_t *signature) {
    ECDSA_SIG *both = lib.d2i_ECDSA_SIG(NULL, &der, (long)length);
    if (!both) return false;
    bool is_written = lib.BN_bn2binpad(lib.ECDSA_SIG_get0_r(both), signature, 32) == 32 &&
                      lib.BN_bn2binpad(lib.ECDSA_SIG_get0_s(both), signature + 32, 32) == 32;
    lib.ECDSA_SIG_free(both);
    return is_written;
}

static bool sign(EVP_PKEY *key, const void *bytes, size_t count, uint8_t *signature) {
    EVP_MD_CTX *context = lib.EVP_MD_CTX_new();
    if (!context) return false;
    unsigned char der[80];  // the longest has 72
    size_t length = sizeof der;
    bool is_signed = lib.EVP_DigestSignInit(context, NULL, lib.EVP_sha256(), NULL, key) == 1 &&
                     lib.EVP_DigestSign(context, der, &length, bytes, count) == 1;
    lib.EVP_MD_CTX_free(context);
    return is_signed && write_raw(der, length, signature);
}

sluice_signing sluice_es256_sign(
    const void *pem, size_t pem_count, const void *bytes, size_t count, uint8_t *signature) {
    pthread_once(&found, find_functions);
    EVP_PKEY *key = read_key(pem, pem_count);
    sluice_signing outcome = SLUICE_NO_KEY;
    if (key) {
        outcome = !is_p256(key) ? SLUICE_OTHER_KEY : sign(key, bytes, count, signature) ? SLUICE_SIGNED : SLUICE_NOT_SIGNED;
        lib.EVP_PKEY_free(key);
    }
    lib.ERR_clear_error();  // a queue of its own for each thread, which nobody reads
    return outcome;
}
