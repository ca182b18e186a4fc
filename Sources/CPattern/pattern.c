#define _GNU_SOURCE
#define PCRE2_CODE_UNIT_WIDTH 8
#include "CPattern.h"

#include <dlfcn.h>
#include <pcre2.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

// One line for each function that is used, with the type its header gives it.
#define FUNCTIONS(use) \
    use(pcre2_compile_context_create) \
    use(pcre2_compile_context_free) \
    use(pcre2_set_newline) \
    use(pcre2_compile) \
    use(pcre2_code_free) \
    use(pcre2_match_context_create) \
    use(pcre2_match_context_free) \
    use(pcre2_set_callout) \
    use(pcre2_set_match_limit) \
    use(pcre2_set_heap_limit) \
    use(pcre2_match_data_create) \
    use(pcre2_match_data_free) \
    use(pcre2_match)

// The header's names are macros that add the width: this expands them and takes the result as a text.
#define TEXT(name) #name
#define NAME(name) TEXT(name)
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
    void *library = dlopen("libpcre2-8.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(problem, sizeof problem, "%s", dlerror());
        return;
    }
#define LOOK_UP(name) *(void **)&lib.name = find(library, NAME(name));
    FUNCTIONS(LOOK_UP)
}

const char *sluice_pattern_open(void) {
    pthread_once(&opened, open_library);
    return problem[0] ? problem : NULL;
}

/// What the calling thread has computed so far; unlike the time of day it does not run while others compute.
static int64_t processor_time(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

struct bound {
    int64_t deadline;
    uint32_t steps;
};

/// Called before each item of the expression that is tried; anything but 0 ends the search.
static int look_at_clock(pcre2_callout_block *block, void *context) {
    (void)block;
    struct bound *bound = context;
    return ++bound->steps % 1024 == 0 && processor_time() > bound->deadline ? PCRE2_ERROR_CALLOUT : 0;
}

static pcre2_code *compile(const uint8_t *expression, size_t length) {
    pcre2_compile_context *settings = lib.pcre2_compile_context_create(NULL);
    if (!settings) return NULL;
    lib.pcre2_set_newline(settings, PCRE2_NEWLINE_ANY);
    int error;
    PCRE2_SIZE offset;
    // Unicode's letters and digits; no single bytes, which would tear characters.
    uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_AUTO_CALLOUT | PCRE2_NEVER_BACKSLASH_C;
    pcre2_code *code = lib.pcre2_compile(expression, length, options, &error, &offset, settings);
    lib.pcre2_compile_context_free(settings);
    return code;
}

static int search(const pcre2_code *code, pcre2_match_data *data, pcre2_match_context *settings,
                  const uint8_t *text, size_t count, int64_t patience) {
    if (!data || !settings) return SLUICE_PATTERN_LATE;
    struct bound bound = {processor_time() + patience, 0};
    lib.pcre2_set_callout(settings, look_at_clock, &bound);
    lib.pcre2_set_match_limit(settings, UINT32_MAX);  // the clock is the limit
    lib.pcre2_set_heap_limit(settings, 256 << 10);    // kibibytes
    int found = lib.pcre2_match(code, text ? text : (PCRE2_SPTR)"", count, 0, PCRE2_NO_UTF_CHECK, data, settings);
    if (found >= 0) return SLUICE_PATTERN_FOUND;
    return found == PCRE2_ERROR_NOMATCH ? SLUICE_PATTERN_ABSENT : SLUICE_PATTERN_LATE;
}

int sluice_pattern_search(
    const uint8_t *expression, size_t length, const uint8_t *text, size_t count, int64_t patience) {
    if (sluice_pattern_open()) return SLUICE_PATTERN_WRONG;
    pcre2_code *code = compile(expression, length);
    if (!code) return SLUICE_PATTERN_WRONG;
    pcre2_match_data *data = lib.pcre2_match_data_create(1, NULL);
    pcre2_match_context *settings = lib.pcre2_match_context_create(NULL);
    int result = search(code, data, settings, text, count, patience);
    lib.pcre2_match_context_free(settings);
    lib.pcre2_match_data_free(data);
    lib.pcre2_code_free(code);
    return result;
}
