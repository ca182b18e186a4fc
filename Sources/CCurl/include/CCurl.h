#pragma once
#include <curl/curl.h>
#include <stddef.h>

// libcurl, opened at the first use: it brings 30 shared libraries that cost 7 to 30 ms to map, and most commands of the
// product never speak to a model. Only the types and constants of its header may be used from Swift; every function is
// called through this table, and the variadic ones through a wrapper for each type of argument.

#pragma clang assume_nonnull begin

typedef void *sluice_easy;
typedef void *sluice_multi;
typedef struct curl_slist sluice_list;

/// Takes a piece of the answer; returns how many of the bytes it took, or CURL_WRITEFUNC_PAUSE for none yet.
typedef size_t (*sluice_take)(char *bytes, size_t size, size_t count, void *context);

/// Opens a socket for the address that is about to be connected to, after names were resolved, or returns
/// CURL_SOCKET_BAD to refuse it.
typedef curl_socket_t (*sluice_open)(void *context, curlsocktype purpose, struct curl_sockaddr *address);

/// NULL when the library is there, else why it cannot be used, in the words of dlerror.
const char *_Nullable sluice_curl_open(void);
/// The words libcurl has for a result; never freed.
const char *sluice_curl_words(CURLcode code);

sluice_multi _Nullable sluice_multi_new(void);
void sluice_multi_free(sluice_multi multi);
/// How many connections stay open when their transfers have ended.
void sluice_multi_keep(sluice_multi multi, long connections);
CURLMcode sluice_multi_add(sluice_multi multi, sluice_easy easy);
CURLMcode sluice_multi_remove(sluice_multi multi, sluice_easy easy);
CURLMcode sluice_multi_perform(sluice_multi multi);
/// Waits until a socket is ready, libcurl has a timer due, somebody calls sluice_multi_wake, or the time is over.
CURLMcode sluice_multi_wait(sluice_multi multi, int milliseconds);
/// The one function here that any thread may call.
CURLMcode sluice_multi_wake(sluice_multi multi);
/// The next transfer that has ended, with its result; NULL when there is none.
sluice_easy _Nullable sluice_multi_next_ended(sluice_multi multi, CURLcode *result);

/// A transfer that sets no signal handlers and whose socket no child process inherits.
sluice_easy _Nullable sluice_easy_new(void);
void sluice_easy_free(sluice_easy easy);
CURLcode sluice_set_long(sluice_easy easy, CURLoption option, long value);
CURLcode sluice_set_size(sluice_easy easy, CURLoption option, curl_off_t value);
CURLcode sluice_set_text(sluice_easy easy, CURLoption option, const char *_Nullable text);
CURLcode sluice_set_list(sluice_easy easy, CURLoption option, sluice_list *_Nullable list);
CURLcode sluice_set_bytes(sluice_easy easy, CURLoption option, const void *_Nullable bytes);
CURLcode sluice_set_take(sluice_easy easy, CURLoption function, sluice_take take, CURLoption data, void *context);
/// Has another function open sockets than the usual sluice_open_socket.
CURLcode sluice_set_open(sluice_easy easy, sluice_open open, void *context);
/// A socket that no child process inherits.
curl_socket_t sluice_open_socket(struct curl_sockaddr *address);
long sluice_get_long(sluice_easy easy, CURLINFO info);
curl_off_t sluice_get_size(sluice_easy easy, CURLINFO info);
/// Sends a request and reads its answer to the end, on the thread that calls.
CURLcode sluice_easy_perform(sluice_easy easy);
/// Lets a paused transfer go on; may call its sluice_take at once.
CURLcode sluice_easy_resume(sluice_easy easy);

/// The list with a copy of the text at its end; NULL, and the list as it was, when there is no memory.
sluice_list *_Nullable sluice_list_append(sluice_list *_Nullable list, const char *text);
void sluice_list_free(sluice_list *_Nullable list);

#pragma clang assume_nonnull end
