#ifndef OUTBOX_CJOSE_SHIM_H
#define OUTBOX_CJOSE_SHIM_H

#include <cjose/cjose.h>

#endif
