#define _GNU_SOURCE
#include "CCrypto.h"
#include "library.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>

static struct {
    EVP_CIPHER *(*fetch)(OSSL_LIB_CTX *, const char *, const char *);
    EVP_CIPHER_CTX *(*make)(void);
    void (*free)(EVP_CIPHER_CTX *);
    int (*control)(EVP_CIPHER_CTX *, int, int, void *);
    int (*begin)(EVP_CIPHER_CTX *, const EVP_CIPHER *, const unsigned char *, const unsigned char *, int, const OSSL_PARAM *);
    int (*add)(EVP_CIPHER_CTX *, unsigned char *, int *, const unsigned char *, int);
    int (*end)(EVP_CIPHER_CTX *, unsigned char *, int *);
    EVP_CIPHER *gcm;
} cipher;

static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static void fetch_cipher(void) {
    void *library = sluice_crypto_library();
    *(void **)&cipher.fetch = dlsym(library, "EVP_CIPHER_fetch");
    *(void **)&cipher.make = dlsym(library, "EVP_CIPHER_CTX_new");
    *(void **)&cipher.free = dlsym(library, "EVP_CIPHER_CTX_free");
    *(void **)&cipher.control = dlsym(library, "EVP_CIPHER_CTX_ctrl");
    *(void **)&cipher.begin = dlsym(library, "EVP_CipherInit_ex2");
    *(void **)&cipher.add = dlsym(library, "EVP_CipherUpdate");
    *(void **)&cipher.end = dlsym(library, "EVP_CipherFinal_ex");
    if (!cipher.fetch || !cipher.make || !cipher.free || !cipher.control || !cipher.begin || !cipher.add || !cipher.end) {
        sluice_crypto_stop("it lacks a function of OpenSSL 3.0");
    }
    cipher.gcm = cipher.fetch(NULL, "AES-256-GCM", NULL);
    if (!cipher.gcm) sluice_crypto_stop("it offers no AES-256-GCM");
}

// The nonce of 12 bytes is what the cipher expects unless told otherwise.
static EVP_CIPHER_CTX *begin(const void *key, const void *nonce, const void *about, size_t about_count, int seals) {
    pthread_once(&fetched, fetch_cipher);
    int ignored;
    EVP_CIPHER_CTX *context = cipher.make();
    if (!context || about_count > INT_MAX || cipher.begin(context, cipher.gcm, key, nonce, seals, NULL) != 1 ||
        (about_count && cipher.add(context, NULL, &ignored, about, (int)about_count) != 1)) {
        sluice_crypto_stop("it could not begin to encrypt or decrypt");
    }
    return context;
}

void sluice_gcm_seal(
    const void *key, const void *nonce, const void *about, size_t about_count, const void *plain, size_t count,
    void *sealed) {
    unsigned char *out = sealed;
    int written = 0, last = 0;
    EVP_CIPHER_CTX *context = begin(key, nonce, about, about_count, 1);
    if (count > INT_MAX || (count && cipher.add(context, out, &written, plain, (int)count) != 1) ||
        cipher.end(context, out + written, &last) != 1 || (size_t)(written + last) != count ||
        cipher.control(context, EVP_CTRL_AEAD_GET_TAG, SLUICE_GCM_TAG, out + count) != 1) {
        sluice_crypto_stop("it could not encrypt");
    }
    cipher.free(context);
}

bool sluice_gcm_open(
    const void *key, const void *nonce, const void *about, size_t about_count, const void *sealed, size_t count,
    void *plain) {
    if (count < SLUICE_GCM_TAG || count > INT_MAX) return false;
    size_t length = count - SLUICE_GCM_TAG;
    unsigned char tag[SLUICE_GCM_TAG];
    memcpy(tag, (const unsigned char *)sealed + length, sizeof tag);
    unsigned char *out = plain;
    int written = 0, last = 0;
    EVP_CIPHER_CTX *context = begin(key, nonce, about, about_count, 0);
    bool is_right = cipher.control(context, EVP_CTRL_AEAD_SET_TAG, SLUICE_GCM_TAG, tag) == 1 &&
                    (!length || cipher.add(context, out, &written, sealed, (int)length) == 1) &&
                    cipher.end(context, out + written, &last) == 1;
    cipher.free(context);
    // What was decrypted before the tag was found wrong is nobody's word.
    if (!is_right) explicit_bzero(plain, length);
    return is_right;
}

void sluice_random(void *bytes, size_t count) {
    unsigned char *out = bytes;
    while (count) {
        ssize_t got = getrandom(out, count, 0);
        if (got < 0 && errno != EINTR) sluice_crypto_stop("the system gives no random bytes");
        if (got > 0) out += got, count -= (size_t)got;
    }
}

void sluice_wipe(void *bytes, size_t count) { explicit_bzero(bytes, count); }
