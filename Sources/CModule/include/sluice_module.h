#ifndef SLUICE_MODULE_H
#define SLUICE_MODULE_H

/*
 * A shared library that holds tools of Sluice: it exports `sluice_module`, which returns one table of functions. All that
 * passes through them is JSON in UTF-8, ended by a NUL. It is loaded into a helper process of its own, so that a crash of
 * it is a failed call and nothing more; calls come one after the other, on one thread.
 */

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this table. A library that was made for another one is not loaded. */
#define SLUICE_MODULE_VERSION 1

struct sluice_module {
    /* SLUICE_MODULE_VERSION, as it was when the library was compiled. */
    uint32_t version;
    /* sizeof(struct sluice_module), as it was when the library was compiled. */
    uint32_t size;
    /*
     * What the library holds; the text stays the library's.
     *
     * {"tools": [{"name": "count", "summary": "Counts words.", "reach": ["reads"],
     *             "arguments": {"text": {"type": "string", "help": "What is counted."}}}]}
     *
     * Types: string, integer, number, boolean, list (of: ...), mapping (of: ...), any. An argument with a `default` may be
     * left out; the call is given the default then. Reach: reads, writes, runs, network, outside; all when left out.
     */
    const char *(*describe)(void);
    /*
     * Calls a tool with an object of its arguments, in which nothing is missing and nothing has another type.
     *
     * Returns {"text": "...", "is_error": false}; a mistake that the model should read has "is_error": true. NULL means
     * that the library itself is at fault. The text is given back to `release`.
     */
    char *(*call)(const char *tool, const char *arguments);
    void (*release)(char *reply);
};

/* The one function that a library exports. Languages that declare it themselves define SLUICE_MODULE_TABLE_ONLY. */
#ifndef SLUICE_MODULE_TABLE_ONLY
const struct sluice_module *sluice_module(void);
#endif

#ifdef __cplusplus
}
#endif

#endif
