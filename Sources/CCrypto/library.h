#pragma once

/// libcrypto, opened; for the files of this target.
void *sluice_crypto_library(void);
/// Ends the process with a sentence: without this there is nothing to go on with.
_Noreturn void sluice_crypto_stop(const char *what);
