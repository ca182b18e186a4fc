#pragma once
#include <errno.h>
#include <ffi.h>

// The types are globals, and `FFI_DEFAULT_ABI` is a macro: neither is seen by Swift as it is.

static inline ffi_type *_Nonnull sluice_ffi_void(void) { return &ffi_type_void; }
static inline ffi_type *_Nonnull sluice_ffi_float(void) { return &ffi_type_float; }
static inline ffi_type *_Nonnull sluice_ffi_double(void) { return &ffi_type_double; }
static inline ffi_type *_Nonnull sluice_ffi_pointer(void) { return &ffi_type_pointer; }

/// The type of an integer of so many bytes: 1, 2, 4 or 8.
static inline ffi_type *_Nonnull sluice_ffi_integer(int bytes, int is_signed) {
    switch (bytes) {
    case 1: return is_signed ? &ffi_type_sint8 : &ffi_type_uint8;
    case 2: return is_signed ? &ffi_type_sint16 : &ffi_type_uint16;
    case 4: return is_signed ? &ffi_type_sint32 : &ffi_type_uint32;
    default: return is_signed ? &ffi_type_sint64 : &ffi_type_uint64;
    }
}

/// Prepares a function. The types must outlive `cif`.
static inline int sluice_ffi_prepare(
    ffi_cif *_Nonnull cif, unsigned int count, ffi_type *_Nonnull result, ffi_type *_Nullable *_Nullable types
) {
    return ffi_prep_cif(cif, FFI_DEFAULT_ABI, count, result, types) == FFI_OK;
}

/// Calls a function with `errno` at 0, and tells what it is afterwards.
static inline int sluice_ffi_call(
    ffi_cif *_Nonnull cif, void *_Nonnull function, void *_Nonnull result, void *_Nullable *_Nullable arguments
) {
    errno = 0;
    ffi_call(cif, (void (*)(void))function, result, arguments);
    return errno;
}
