#define OPENSSL_SUPPRESS_DEPRECATED  // SHA256_Init and its like, which are asked for by name
#include "CCrypto.h"
#include "library.h"

#include <dlfcn.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct sluice_digest {
    EVP_MD_CTX *context;
};

static struct {
    EVP_MD *(*fetch)(OSSL_LIB_CTX *, const char *, const char *);
    EVP_MD_CTX *(*make)(void);
    void (*free)(EVP_MD_CTX *);
    int (*begin)(EVP_MD_CTX *, const EVP_MD *, const OSSL_PARAM *);
    int (*add)(EVP_MD_CTX *, const void *, size_t);
    int (*end)(EVP_MD_CTX *, unsigned char *, unsigned int *);
    int (*begin256)(SHA256_CTX *);
    int (*add256)(SHA256_CTX *, const void *, size_t);
    int (*end256)(unsigned char *, SHA256_CTX *);
    EVP_MD *sha256;
    EVP_MD *sha1;
} crypto;

static pthread_once_t opened = PTHREAD_ONCE_INIT;

// Without a digest nothing can be recorded, so there is nothing to go on with.
static void stop(const char *what) { sluice_crypto_stop(what); }

void sluice_crypto_stop(const char *what) {
    fprintf(stderr, "sluice: libcrypto.so.3 cannot be used: %s. Install the package libssl3.\n", what);
    exit(70);
}

static void *library;

static void open_library(void) {
    library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!library) stop(dlerror());
    *(void **)&crypto.fetch = dlsym(library, "EVP_MD_fetch");
    *(void **)&crypto.make = dlsym(library, "EVP_MD_CTX_new");
    *(void **)&crypto.free = dlsym(library, "EVP_MD_CTX_free");
    *(void **)&crypto.begin = dlsym(library, "EVP_DigestInit_ex2");
    *(void **)&crypto.add = dlsym(library, "EVP_DigestUpdate");
    *(void **)&crypto.end = dlsym(library, "EVP_DigestFinal_ex");
    *(void **)&crypto.begin256 = dlsym(library, "SHA256_Init");
    *(void **)&crypto.add256 = dlsym(library, "SHA256_Update");
    *(void **)&crypto.end256 = dlsym(library, "SHA256_Final");
    if (!crypto.begin256 || !crypto.add256 || !crypto.end256 || !crypto.fetch || !crypto.make || !crypto.free || !crypto.begin || !crypto.add || !crypto.end) {
        stop("it lacks a function of OpenSSL 3.0");
    }
}

void sluice_crypto_open(void) { pthread_once(&opened, open_library); }

void *sluice_crypto_library(void) {
    sluice_crypto_open();
    return library;
}

static pthread_once_t fetched = PTHREAD_ONCE_INIT;

// Apart, because it has the library read its configuration, which takes longer than to digest a thousand events.
static void fetch_algorithms(void) {
    sluice_crypto_open();
    crypto.sha256 = crypto.fetch(NULL, "SHA256", NULL);
    if (!crypto.sha256) stop("it offers no SHA-256");
    crypto.sha1 = crypto.fetch(NULL, "SHA1", NULL);
    if (!crypto.sha1) stop("it offers no SHA-1");
}

// By address, since there is no algorithm before the library is open.
static sluice_digest *begin(EVP_MD *const *algorithm) {
    pthread_once(&fetched, fetch_algorithms);
    sluice_digest *hash = malloc(sizeof *hash);
    if (!hash) abort();
    hash->context = crypto.make();
    if (!hash->context || crypto.begin(hash->context, *algorithm, NULL) != 1) stop("it could not begin a digest");
    return hash;
}

sluice_digest *sluice_sha256_new(void) { return begin(&crypto.sha256); }
sluice_digest *sluice_sha1_new(void) { return begin(&crypto.sha1); }

// The context is on the stack: to make one of EVP's and to prepare it takes longer than the digest of an event.
void sluice_sha256(const void *bytes, size_t count, void *digest) {
    sluice_crypto_open();
    SHA256_CTX context;
    if (crypto.begin256(&context) != 1 || crypto.add256(&context, bytes, count) != 1 ||
        crypto.end256(digest, &context) != 1) {
        stop("it could not make a digest");
    }
}

void sluice_digest_add(sluice_digest *hash, const void *bytes, size_t count) {
    if (count && crypto.add(hash->context, bytes, count) != 1) stop("it could not go on with a digest");
}

void sluice_digest_end(sluice_digest *hash, uint8_t *digest) {
    if (crypto.end(hash->context, digest, NULL) != 1) stop("it could not end a digest");
    crypto.free(hash->context);
    free(hash);
}
