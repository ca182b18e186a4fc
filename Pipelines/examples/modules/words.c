/*
 * A module in C: one tool that counts words.
 *
 *   cc -shared -fPIC -I Sources/CModule/include -o libwords.so Pipelines/examples/modules/words.c
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice_module.h"

static const char *describe(void) {
    return "{\"tools\": [{\"name\": \"count\", \"summary\": \"Counts the words of a text.\", \"reach\": [\"reads\"],"
           "\"arguments\": {\"text\": {\"type\": \"string\", \"help\": \"What is counted.\"}}}]}";
}

/* The text of the one argument, with escapes counted as letters: enough to find words. */
static const char *text_in(const char *arguments) {
    const char *found = strstr(arguments, "\"text\":\"");
    return found ? found + strlen("\"text\":\"") : "";
}

static char *call(const char *tool, const char *arguments) {
    char *reply = malloc(80);
    if (!reply) return NULL;
    if (strcmp(tool, "count") != 0) {
        snprintf(reply, 80, "{\"text\": \"There is no such tool.\", \"is_error\": true}");
        return reply;
    }
    int words = 0, inside = 0;
    for (const char *c = text_in(arguments); *c && *c != '"'; c++) {
        if (isspace((unsigned char)*c)) {
            inside = 0;
        } else if (!inside) {
            inside = 1;
            words++;
        }
    }
    snprintf(reply, 80, "{\"text\": \"%d words\"}", words);
    return reply;
}

static void release(char *reply) { free(reply); }

static const struct sluice_module module = {SLUICE_MODULE_VERSION, sizeof(struct sluice_module), describe, call, release};

const struct sluice_module *sluice_module(void) { return &module; }
