// libpq, as Debian's libpq-dev lays it down.
#ifndef REMELT_CPOSTGRES_H
#define REMELT_CPOSTGRES_H
#include <libpq-fe.h>
#endif
