#ifndef OUTBOX_CLIBRDKAFKA_SHIM_H
#define OUTBOX_CLIBRDKAFKA_SHIM_H

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif
#if defined(__linux__)
#include <sys/prctl.h>
#elif defined(__APPLE__)
#include <pthread.h>
#endif

// Swift's module of glibc leaves malloc.h out.
static inline void outbox_rdkafka_prepare_allocator(void) {
#if defined(__GLIBC__)
    mallopt(M_MXFAST, 0);
    mallopt(M_ARENA_MAX, 2);
#endif
}

// Names the calling thread for top and debuggers; both calls are variadic, hidden or different by platform.
static inline void outbox_rdkafka_name_thread(const char *name) {
#if defined(__linux__)
    prctl(PR_SET_NAME, name, 0, 0, 0);
#elif defined(__APPLE__)
    pthread_setname_np(name);
#else
    (void)name;
#endif
}

// rd_kafka_producev is variadic, which Swift cannot call, and the batch call drops headers. This fills
// rd_kafka_produceva's arguments on the stack. A null key or value pointer means null, not empty.
// On success librdkafka owns the headers; on failure the caller still does, and owns the error.
static inline rd_kafka_error_t *outbox_rdkafka_produce(
    rd_kafka_t *rk, rd_kafka_topic_t *topic, int32_t partition, const void *key, size_t key_size,
    const void *value, size_t value_size, rd_kafka_headers_t *headers, void *message_private) {
    rd_kafka_vu_t arguments[7];
    size_t count = 6;
    arguments[0].vtype = RD_KAFKA_VTYPE_RKT;
    arguments[0].u.rkt = topic;
    arguments[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    arguments[1].u.i32 = partition;
    arguments[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    arguments[2].u.i = RD_KAFKA_MSG_F_COPY;
    arguments[3].vtype = RD_KAFKA_VTYPE_KEY;
    arguments[3].u.mem.ptr = (void *)key;
    arguments[3].u.mem.size = key_size;
    arguments[4].vtype = RD_KAFKA_VTYPE_VALUE;
    arguments[4].u.mem.ptr = (void *)value;
    arguments[4].u.mem.size = value_size;
    arguments[5].vtype = RD_KAFKA_VTYPE_OPAQUE;
    arguments[5].u.ptr = message_private;
    if (headers) {
        arguments[6].vtype = RD_KAFKA_VTYPE_HEADERS;
        arguments[6].u.headers = headers;
        count = 7;
    }
    return rd_kafka_produceva(rk, arguments, count);
}

#endif
