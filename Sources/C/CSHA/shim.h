#pragma once
#include <stddef.h>
#include <stdint.h>

// SHA-256 (FIPS 180-4) of 8 or 16 streams side by side, a stream to each 32-bit lane of a vector
// register. Why: where the processor has no SHA instructions, OpenSSL's single stream runs at a
// fifth of this; and where it has AVX-512 this is faster than those too. OpenSSL exports nothing
// like it, and plain Swift cannot say which instructions a function may use.
//
// `state` is 8 rows of as many words as there are lanes; `data` has a pointer for each lane, to
// `blocks` blocks of 64 bytes, and is moved on by them.

static const uint32_t howdah_sha256_k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// Whether this processor can run the function for 8 or 16 lanes.
static inline int howdah_sha256_can(int lanes) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (lanes == 16) {
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
    }
    if (lanes == 8) return __builtin_cpu_supports("avx2") != 0;
#endif
    return 0;
}

// Whether it has SHA instructions, which OpenSSL uses (CPUID 7, EBX bit 29).
static inline int howdah_sha256_instructions(void) {
#if defined(__x86_64__)
    uint32_t a = 7, b, c = 0, d;
    __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return (b >> 29) & 1;
#else
    return 0;
#endif
}

#if defined(__x86_64__)

#define HOWDAH_ROR(x, n) (((x) >> (n)) | ((x) << (32 - (n))))
#define HOWDAH_ROUNDS(vector, width, lanes)                                                       \
    vector s[8], w[16];                                                                           \
    for (int row = 0; row < 8; row++) __builtin_memcpy(&s[row], state + row * lanes, width);      \
    for (size_t block = 0; block < blocks; block++) {                                             \
        HOWDAH_LOAD;                                                                              \
        vector a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];    \
        _Pragma("clang loop unroll(full)") for (int t = 0; t < 64; t++) {                         \
            vector word;                                                                          \
            if (t < 16) {                                                                         \
                word = w[t];                                                                      \
            } else {                                                                              \
                vector x = w[(t + 1) & 15], y = w[(t + 14) & 15];                                 \
                word = w[t & 15] + (HOWDAH_ROR(x, 7) ^ HOWDAH_ROR(x, 18) ^ (x >> 3)) +            \
                       w[(t + 9) & 15] + (HOWDAH_ROR(y, 17) ^ HOWDAH_ROR(y, 19) ^ (y >> 10));     \
                w[t & 15] = word;                                                                 \
            }                                                                                     \
            vector one = h + (HOWDAH_ROR(e, 6) ^ HOWDAH_ROR(e, 11) ^ HOWDAH_ROR(e, 25)) +         \
                         ((e & f) | (~e & g)) + howdah_sha256_k[t] + word;                        \
            vector two = (HOWDAH_ROR(a, 2) ^ HOWDAH_ROR(a, 13) ^ HOWDAH_ROR(a, 22)) +             \
                         ((a & b) | (a & c) | (b & c));                                           \
            h = g, g = f, f = e, e = d + one, d = c, c = b, b = a, a = one + two;                 \
        }                                                                                         \
        s[0] += a, s[1] += b, s[2] += c, s[3] += d, s[4] += e, s[5] += f, s[6] += g, s[7] += h;   \
    }                                                                                             \
    for (int row = 0; row < 8; row++) __builtin_memcpy(state + row * lanes, &s[row], width)

typedef uint32_t howdah_v8 __attribute__((vector_size(32)));
typedef uint32_t howdah_v16 __attribute__((vector_size(64)));

// The transpositions turn a row for each lane into a row for each word; big-endian words.
__attribute__((target("avx512f,avx512bw"))) static inline howdah_v16 howdah_swap16(howdah_v16 x) {
    return (x << 24) | ((x & 0xff00) << 8) | ((x >> 8) & 0xff00) | (x >> 24);
}

__attribute__((target("avx2"))) static inline howdah_v8 howdah_swap8(howdah_v8 x) {
    return (x << 24) | ((x & 0xff00) << 8) | ((x >> 8) & 0xff00) | (x >> 24);
}

__attribute__((target("avx512f,avx512bw"))) static inline void howdah_load16(
    howdah_v16 *w, const uint8_t **data) {
    howdah_v16 r[16], q[16];
    for (int lane = 0; lane < 16; lane++) {
        __builtin_memcpy(&r[lane], data[lane], 64);
        data[lane] += 64;
    }
    // Pairs of words, then of pairs, then of quarters, then of halves.
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 16; i += 2) {
        q[i] = __builtin_shufflevector(
            r[i], r[i + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
        q[i + 1] = __builtin_shufflevector(
            r[i], r[i + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    }
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 16; i += 4) {
        _Pragma("clang loop unroll(full)") for (int j = 0; j < 2; j++) {
            howdah_v16 x = q[i + j], y = q[i + j + 2];
            r[i + 2 * j] = __builtin_shufflevector(
                x, y, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
            r[i + 2 * j + 1] = __builtin_shufflevector(
                x, y, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
        }
    }
    // r[4k + m] now holds, for lanes 4k to 4k+3, the words m, 4+m, 8+m and 12+m.
    _Pragma("clang loop unroll(full)") for (int m = 0; m < 4; m++) {
        howdah_v16 x = r[m], y = r[4 + m], z = r[8 + m], v = r[12 + m];
        howdah_v16 xy = __builtin_shufflevector(
            x, y, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
        howdah_v16 zv = __builtin_shufflevector(
            z, v, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
        howdah_v16 xy2 = __builtin_shufflevector(
            x, y, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
        howdah_v16 zv2 = __builtin_shufflevector(
            z, v, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
        w[m] = howdah_swap16(__builtin_shufflevector(
            xy, zv, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
        w[4 + m] = howdah_swap16(__builtin_shufflevector(
            xy, zv, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
        w[8 + m] = howdah_swap16(__builtin_shufflevector(
            xy2, zv2, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
        w[12 + m] = howdah_swap16(__builtin_shufflevector(
            xy2, zv2, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
    }
}

// Half a block, 8 words of each of 8 lanes.
__attribute__((target("avx2"))) static inline void howdah_load8(
    howdah_v8 *w, const uint8_t **data) {
    howdah_v8 r[8], q[8];
    for (int lane = 0; lane < 8; lane++) {
        __builtin_memcpy(&r[lane], data[lane], 32);
        data[lane] += 32;
    }
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; i += 2) {
        q[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        q[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; i += 4) {
        _Pragma("clang loop unroll(full)") for (int j = 0; j < 2; j++) {
            howdah_v8 x = q[i + j], y = q[i + j + 2];
            r[i + 2 * j] = __builtin_shufflevector(x, y, 0, 1, 8, 9, 4, 5, 12, 13);
            r[i + 2 * j + 1] = __builtin_shufflevector(x, y, 2, 3, 10, 11, 6, 7, 14, 15);
        }
    }
    _Pragma("clang loop unroll(full)") for (int m = 0; m < 4; m++) {
        w[m] = howdah_swap8(
            __builtin_shufflevector(r[m], r[4 + m], 0, 1, 2, 3, 8, 9, 10, 11));
        w[4 + m] = howdah_swap8(
            __builtin_shufflevector(r[m], r[4 + m], 4, 5, 6, 7, 12, 13, 14, 15));
    }
}

#define HOWDAH_LOAD howdah_load16(w, data)
__attribute__((target("avx512f,avx512bw"))) static inline void howdah_sha256_16(
    uint32_t *state, const uint8_t **data, size_t blocks) {
    HOWDAH_ROUNDS(howdah_v16, 64, 16);
}
#undef HOWDAH_LOAD

#define HOWDAH_LOAD howdah_load8(w, data), howdah_load8(w + 8, data)
__attribute__((target("avx2"))) static inline void howdah_sha256_8(
    uint32_t *state, const uint8_t **data, size_t blocks) {
    HOWDAH_ROUNDS(howdah_v8, 32, 8);
}
// The same with AVX-512's rotations and three-way logic, which is half as fast again.
__attribute__((target("avx512f,avx512bw,avx512vl"))) static inline void howdah_sha256_8vl(
    uint32_t *state, const uint8_t **data, size_t blocks) {
    HOWDAH_ROUNDS(howdah_v8, 32, 8);
}
#undef HOWDAH_LOAD

#endif

// `lanes` must be what `howdah_sha256_can` says yes to.
static inline void howdah_sha256(
    int lanes, uint32_t *state, const uint8_t **data, size_t blocks) {
#if defined(__x86_64__)
    if (lanes == 16) howdah_sha256_16(state, data, blocks);
    else if (__builtin_cpu_supports("avx512vl")) howdah_sha256_8vl(state, data, blocks);
    else howdah_sha256_8(state, data, blocks);
#endif
}
