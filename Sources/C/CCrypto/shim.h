#pragma once
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <string.h>

// Goes on with a SHA-256 of which only the eight words of state are known. Why: EVP keeps its state
// to itself, and a stream may move between it and a function of ours. The functions that can do
// this are marked as deprecated, with no successor.
static inline void howdah_sha256_blocks(uint32_t *state, const void *bytes, size_t blocks) {
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
    SHA256_CTX context;
    SHA256_Init(&context);
    memcpy(context.h, state, 32);
    SHA256_Update(&context, bytes, blocks * 64);
    memcpy(state, context.h, 32);
#pragma clang diagnostic pop
}
