#pragma once
#include <curl/curl.h>

// Swift cannot call variadic C functions: one wrapper for each type of argument. The parentheses
// keep curl's type-checking macros, which want a constant option, out of the way.

static inline CURLcode howdah_curl_set_long(CURL *easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode howdah_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode howdah_curl_set_string(CURL *easy, CURLoption option, const char *value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode howdah_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return (curl_easy_setopt)(easy, option, value);
}

typedef size_t (*howdah_curl_data)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode howdah_curl_set_data(CURL *easy, CURLoption option, howdah_curl_data value) {
    return (curl_easy_setopt)(easy, option, value);
}

typedef int (*howdah_curl_seek)(void *context, curl_off_t offset, int origin);

static inline CURLcode howdah_curl_set_seek(CURL *easy, howdah_curl_seek value) {
    return (curl_easy_setopt)(easy, CURLOPT_SEEKFUNCTION, value);
}

static inline CURLcode howdah_curl_get_long(CURL *easy, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLcode howdah_curl_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLMcode howdah_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}

// `data` is a union: what the message of a finished transfer holds.
static inline CURLcode howdah_curl_message_result(const CURLMsg *message) {
    return message->data.result;
}

// Macros that Swift does not import.
enum {
    howdah_curl_read_abort = CURL_READFUNC_ABORT,
    howdah_curl_global_all = CURL_GLOBAL_ALL,
};
static inline long howdah_curl_web_protocols(void) { return CURLPROTO_HTTP | CURLPROTO_HTTPS; }
static inline long howdah_curl_file_protocol(void) { return CURLPROTO_FILE; }
