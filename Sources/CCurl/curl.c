#define _GNU_SOURCE
#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>

// The checking macros would call the functions by name, and nothing may link them.
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

// One line for each function of libcurl that is used, with the type its header gives it.
#define FUNCTIONS(use) \
    use(curl_global_init) \
    use(curl_easy_strerror) \
    use(curl_easy_init) \
    use(curl_easy_cleanup) \
    use(curl_easy_setopt) \
    use(curl_easy_getinfo) \
    use(curl_easy_pause) \
    use(curl_easy_perform) \
    use(curl_multi_init) \
    use(curl_multi_cleanup) \
    use(curl_multi_setopt) \
    use(curl_multi_add_handle) \
    use(curl_multi_remove_handle) \
    use(curl_multi_perform) \
    use(curl_multi_poll) \
    use(curl_multi_wakeup) \
    use(curl_multi_info_read) \
    use(curl_slist_append) \
    use(curl_slist_free_all)

#define DECLARE(name) __typeof__(&name) name;
static struct {
    FUNCTIONS(DECLARE)
} lib;

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static char problem[512];

static void *find(void *library, const char *name) {
    void *function = dlsym(library, name);
    if (!function && !problem[0]) snprintf(problem, sizeof problem, "%s", dlerror());
    return function;
}

static void open_library(void) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(problem, sizeof problem, "%s", dlerror());
        return;
    }
#define LOOK_UP(name) *(void **)&lib.name = find(library, #name);
    FUNCTIONS(LOOK_UP)
    if (problem[0]) return;
    CURLcode code = lib.curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code) snprintf(problem, sizeof problem, "libcurl.so.4: %s", lib.curl_easy_strerror(code));
}

const char *sluice_curl_open(void) {
    pthread_once(&opened, open_library);
    return problem[0] ? problem : NULL;
}

const char *sluice_curl_words(CURLcode code) { return lib.curl_easy_strerror(code); }

sluice_multi sluice_multi_new(void) { return lib.curl_multi_init(); }
void sluice_multi_free(sluice_multi multi) { lib.curl_multi_cleanup(multi); }
void sluice_multi_keep(sluice_multi multi, long connections) {
    lib.curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections);
}
CURLMcode sluice_multi_add(sluice_multi multi, sluice_easy easy) { return lib.curl_multi_add_handle(multi, easy); }
CURLMcode sluice_multi_remove(sluice_multi multi, sluice_easy easy) {
    return lib.curl_multi_remove_handle(multi, easy);
}
CURLMcode sluice_multi_perform(sluice_multi multi) {
    int running = 0;
    return lib.curl_multi_perform(multi, &running);
}
CURLMcode sluice_multi_wait(sluice_multi multi, int milliseconds) {
    return lib.curl_multi_poll(multi, NULL, 0, milliseconds, NULL);
}
CURLMcode sluice_multi_wake(sluice_multi multi) { return lib.curl_multi_wakeup(multi); }
sluice_easy sluice_multi_next_ended(sluice_multi multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = lib.curl_multi_info_read(multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}

// libcurl 7.88 opens its sockets without close-on-exec, and a command of an agent must not hold one open.
curl_socket_t sluice_open_socket(struct curl_sockaddr *address) {
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)context;
    (void)purpose;
    return sluice_open_socket(address);
}

sluice_easy sluice_easy_new(void) {
    CURL *easy = lib.curl_easy_init();
    if (!easy) return NULL;
    lib.curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    lib.curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    return easy;
}
void sluice_easy_free(sluice_easy easy) { lib.curl_easy_cleanup(easy); }
CURLcode sluice_set_long(sluice_easy easy, CURLoption option, long value) {
    return lib.curl_easy_setopt(easy, option, value);
}
CURLcode sluice_set_size(sluice_easy easy, CURLoption option, curl_off_t value) {
    return lib.curl_easy_setopt(easy, option, value);
}
CURLcode sluice_set_text(sluice_easy easy, CURLoption option, const char *text) {
    return lib.curl_easy_setopt(easy, option, text);
}
CURLcode sluice_set_list(sluice_easy easy, CURLoption option, sluice_list *list) {
    return lib.curl_easy_setopt(easy, option, list);
}
CURLcode sluice_set_bytes(sluice_easy easy, CURLoption option, const void *bytes) {
    return lib.curl_easy_setopt(easy, option, bytes);
}
CURLcode sluice_set_take(sluice_easy easy, CURLoption function, sluice_take take, CURLoption data, void *context) {
    CURLcode code = lib.curl_easy_setopt(easy, function, take);
    return code ? code : lib.curl_easy_setopt(easy, data, context);
}
CURLcode sluice_set_open(sluice_easy easy, sluice_open open, void *context) {
    CURLcode code = lib.curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open);
    return code ? code : lib.curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
}
long sluice_get_long(sluice_easy easy, CURLINFO info) {
    long value = 0;
    lib.curl_easy_getinfo(easy, info, &value);
    return value;
}
curl_off_t sluice_get_size(sluice_easy easy, CURLINFO info) {
    curl_off_t value = 0;
    lib.curl_easy_getinfo(easy, info, &value);
    return value;
}
CURLcode sluice_easy_perform(sluice_easy easy) { return lib.curl_easy_perform(easy); }
CURLcode sluice_easy_resume(sluice_easy easy) { return lib.curl_easy_pause(easy, CURLPAUSE_CONT); }

sluice_list *sluice_list_append(sluice_list *list, const char *text) { return lib.curl_slist_append(list, text); }
void sluice_list_free(sluice_list *list) { lib.curl_slist_free_all(list); }
