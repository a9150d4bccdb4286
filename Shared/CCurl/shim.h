// libcurl's option and info calls are variadic, which Swift cannot import: one fixed form for each
// kind of argument that Remelt passes.
#ifndef REMELT_CCURL_H
#define REMELT_CCURL_H
#include <curl/curl.h>

typedef size_t (*remelt_write_callback)(char *, size_t, size_t, void *);
typedef int (*remelt_progress_callback)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

static inline CURLcode remelt_curl_set_long(CURL *h, CURLoption o, long v) {
  return curl_easy_setopt(h, o, v);
}
static inline CURLcode remelt_curl_set_text(CURL *h, CURLoption o, const char *v) {
  return curl_easy_setopt(h, o, v);
}
static inline CURLcode remelt_curl_set_pointer(CURL *h, CURLoption o, void *v) {
  return curl_easy_setopt(h, o, v);
}
static inline CURLcode remelt_curl_set_size(CURL *h, CURLoption o, curl_off_t v) {
  return curl_easy_setopt(h, o, v);
}
static inline CURLcode remelt_curl_set_callback(CURL *h, CURLoption o, remelt_write_callback v) {
  return curl_easy_setopt(h, o, v);
}
static inline CURLcode remelt_curl_set_progress(CURL *h, remelt_progress_callback v) {
  return curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, v);
}
static inline CURLcode remelt_curl_get_long(CURL *h, CURLINFO i, long *v) {
  return curl_easy_getinfo(h, i, v);
}
#endif
