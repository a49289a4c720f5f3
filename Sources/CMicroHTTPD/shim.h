#ifndef OUTBOX_MICROHTTPD_SHIM_H
#define OUTBOX_MICROHTTPD_SHIM_H

#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>

// Swift can't call variadic functions nor receive a va_list: these few wrap those of libmicrohttpd that are so.

// Must stay where it is as long as the daemon runs.
struct outbox_http_options {
    MHD_socket listen_socket;
    int is_ipv6;
    size_t connection_memory_bytes;
    unsigned int connection_limit;
    unsigned int connection_timeout_seconds;
    void *context;
    MHD_AccessHandlerCallback handler;
    void *(*uri)(void *context, const char *uri, struct MHD_Connection *connection);
    size_t (*unescape)(void *context, struct MHD_Connection *connection, char *text);
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback connection_changed;
    void (*log)(void *context, const char *line);
};

static void outbox_http_log(void *options, const char *format, va_list arguments) {
    const struct outbox_http_options *o = (const struct outbox_http_options *) options;
    char line[1024];
    if (vsnprintf(line, sizeof line, format, arguments) >= 0) o->log(o->context, line);
}

static inline struct MHD_Daemon *outbox_http_start(struct outbox_http_options *o) {
    // Not epoll: libmicrohttpd 0.9.75 reads edge-triggered there, takes a short read for the end of what is to be
    // read, and so misses a client's leaving that came with its last bytes, until the connection is idle too long.
    unsigned int flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    if (o->is_ipv6) flags |= MHD_USE_IPv6;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, o->handler, o->context,
        // First, so that it hears of everything that goes wrong with the others.
        MHD_OPTION_EXTERNAL_LOGGER, outbox_http_log, (void *) o,
        MHD_OPTION_LISTEN_SOCKET, o->listen_socket,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, o->connection_memory_bytes,
        MHD_OPTION_CONNECTION_LIMIT, o->connection_limit,
        MHD_OPTION_CONNECTION_TIMEOUT, o->connection_timeout_seconds,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, o->uri, o->context,
        MHD_OPTION_UNESCAPE_CALLBACK, o->unescape, o->context,
        MHD_OPTION_NOTIFY_COMPLETED, o->completed, o->context,
        MHD_OPTION_NOTIFY_CONNECTION, o->connection_changed, o->context,
        MHD_OPTION_END);
}

// Ends the body by closing the connection, rather than by chunks.
static inline void outbox_http_close_at_end(struct MHD_Response *response) {
    MHD_set_response_options(response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
}

static inline MHD_socket outbox_http_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : MHD_INVALID_SOCKET;
}

static inline const struct sockaddr *outbox_http_client_address(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? info->client_addr : NULL;
}

#endif
