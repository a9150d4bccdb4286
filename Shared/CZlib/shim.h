// zlib's init calls are macros, which Swift cannot import.
#ifndef REMELT_CZLIB_H
#define REMELT_CZLIB_H
#include <zlib.h>

/// Starts compressing into the gzip format.
static inline int remelt_gzip_start(z_stream *s, int level) {
  return deflateInit2(s, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
/// Starts decompressing the gzip format, and no other.
static inline int remelt_gunzip_start(z_stream *s) { return inflateInit2(s, 15 + 16); }
#endif
