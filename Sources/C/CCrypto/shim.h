#pragma once
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>
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

// Ed25519 (RFC 8032), 1 where it worked. Why here: EVP's keys and contexts are then nobody's to free
// in Swift.
static inline int howdah_ed25519_public(const unsigned char *seed, unsigned char *key) {
    size_t length = 32;
    EVP_PKEY *pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
    int done = pair && EVP_PKEY_get_raw_public_key(pair, key, &length) == 1 && length == 32;
    EVP_PKEY_free(pair);
    return done;
}

static inline int howdah_ed25519_sign(
    const unsigned char *seed, const unsigned char *message, size_t count,
    unsigned char *signature) {
    size_t length = 64;
    EVP_PKEY *pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int done = pair && context && EVP_DigestSignInit(context, NULL, NULL, NULL, pair) == 1
        && EVP_DigestSign(context, signature, &length, message, count) == 1 && length == 64;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(pair);
    return done;
}

static inline int howdah_ed25519_verify(
    const unsigned char *key, const unsigned char *message, size_t count,
    const unsigned char *signature) {
    EVP_PKEY *pair = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, 32);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int done = pair && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, pair) == 1
        && EVP_DigestVerify(context, signature, 64, message, count) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(pair);
    return done;
}

// A certificate for names (as openssl.cnf writes them: "DNS:panel,IP:10.0.0.5") that the key of
// `pair` signs itself; NULL where it did not work. Why here: OpenSSL's half of this are macros.
static inline X509 *howdah_self_signed(
    EVP_PKEY *pair, const char *subject, const char *names, const unsigned char *serial,
    int serial_length, long long begin, long long end) {
    X509 *certificate = X509_new();
    BIGNUM *number = BN_bin2bn(serial, serial_length, NULL);
    X509_EXTENSION *alternatives = NULL, *basic = NULL, *usage = NULL;
    int done = certificate && number && X509_set_version(certificate, 2) == 1
        && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate))
        && ASN1_TIME_set(X509_getm_notBefore(certificate), begin)
        && ASN1_TIME_set(X509_getm_notAfter(certificate), end)
        && X509_set_pubkey(certificate, pair) == 1
        && X509_NAME_add_entry_by_txt(
               X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
               (const unsigned char *)subject, -1, -1, 0) == 1
        && X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1
        && (alternatives = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names))
        && (basic = X509V3_EXT_conf_nid(
                NULL, NULL, NID_basic_constraints, "critical,CA:FALSE"))
        && (usage = X509V3_EXT_conf_nid(NULL, NULL, NID_ext_key_usage, "serverAuth"))
        && X509_add_ext(certificate, alternatives, -1) == 1
        && X509_add_ext(certificate, basic, -1) == 1 && X509_add_ext(certificate, usage, -1) == 1
        && X509_sign(certificate, pair, EVP_sha256()) > 0;
    X509_EXTENSION_free(alternatives);
    X509_EXTENSION_free(basic);
    X509_EXTENSION_free(usage);
    BN_free(number);
    if (!done) {
        X509_free(certificate);
        return NULL;
    }
    return certificate;
}

// A new key on P-256. Why: a macro.
static inline EVP_PKEY *howdah_new_p256(void) { return EVP_EC_gen("P-256"); }

// What a memory BIO holds; its length, or a number below 0. Why: a macro.
static inline long howdah_memory_of(BIO *memory, char **start) {
    return BIO_get_mem_data(memory, start);
}
