// A module in Go: one tool that counts words.
//
//	CGO_CFLAGS="-I$PWD/Sources/CModule/include" go build -buildmode=c-shared -o libwords.so Pipelines/examples/modules/words.go
package main

/*
#include <stdlib.h>
#define SLUICE_MODULE_TABLE_ONLY
#include "sluice_module.h"

extern char *wordsDescribe(void);
extern char *wordsCall(char *tool, char *arguments);

static const char *describe(void) { return wordsDescribe(); }
static char *call(const char *tool, const char *arguments) { return wordsCall((char *)tool, (char *)arguments); }
static void release(char *reply) { free(reply); }

static const struct sluice_module words = {
	SLUICE_MODULE_VERSION, sizeof(struct sluice_module), describe, call, release,
};

static const struct sluice_module *table(void) { return &words; }
*/
import "C"

import (
	"encoding/json"
	"fmt"
	"strings"
)

var description = C.CString(`{"tools": [{
	"name": "count", "summary": "Counts the words of a text.", "reach": ["reads"],
	"arguments": {"text": {"type": "string", "help": "What is counted."}}
}]}`)

type reply struct {
	Text    string `json:"text"`
	IsError bool   `json:"is_error"`
}

//export wordsDescribe
func wordsDescribe() *C.char { return description }

//export wordsCall
func wordsCall(tool, arguments *C.char) *C.char {
	var given struct{ Text string }
	answer := reply{}
	if err := json.Unmarshal([]byte(C.GoString(arguments)), &given); err != nil {
		answer = reply{err.Error(), true}
	} else if C.GoString(tool) != "count" {
		answer = reply{"There is no such tool.", true}
	} else {
		answer = reply{fmt.Sprintf("%d words", len(strings.Fields(given.Text))), false}
	}
	text, _ := json.Marshal(answer)
	return C.CString(string(text))
}

//export sluice_module
func sluice_module() *C.struct_sluice_module { return (*C.struct_sluice_module)(C.table()) }

func main() {}
