// The loop that anyone would write by hand, as the fixed point that the dispatcher is measured against: one thread,
// no lanes, no leases, no holds. Select a batch in binary, produce it with headers, wait for the reports, delete or
// update the batch, again. It walks the primary key, so that its reads are the cheapest that there are.
//
//   BareLoop DATABASE_URL BROKERS TOPIC_PREFIX BATCH CODEC delete|update FIRST_ID LAST_ID

#include <arpa/inet.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <librdkafka/rdkafka.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void die(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static uint64_t big_endian_64(const char *bytes) {
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) value = value << 8 | (uint8_t)bytes[i];
    return value;
}

static PGresult *execute(PGconn *connection, const char *name, int count, const char *const *values,
                         const int *lengths, const int *formats) {
    PGresult *result = PQexecPrepared(connection, name, count, values, lengths, formats, 1);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) die(name, PQerrorMessage(connection));
    return result;
}

// MARK: Kafka

static size_t unreported;

static void reported(rd_kafka_t *producer, const rd_kafka_message_t *message, void *opaque) {
    if (message->err) die("delivery", rd_kafka_err2str(message->err));
    unreported--;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
    char error[256];
    if (rd_kafka_conf_set(conf, name, value, error, sizeof error) != RD_KAFKA_CONF_OK) die(name, error);
}

static rd_kafka_t *make_producer(const char *brokers, const char *codec) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", brokers);
    set(conf, "enable.idempotence", "true");
    set(conf, "acks", "all");
    set(conf, "linger.ms", "1");
    set(conf, "compression.codec", codec);
    set(conf, "partitioner", "murmur2_random");
    rd_kafka_conf_set_dr_msg_cb(conf, reported);
    char error[256];
    rd_kafka_t *producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (!producer) die("producer", error);
    return producer;
}

#define MOST_TOPICS 16

static rd_kafka_topic_t *topic_for(rd_kafka_t *producer, const char *prefix, const char *type) {
    static char names[MOST_TOPICS][64];
    static rd_kafka_topic_t *topics[MOST_TOPICS];
    static int count;
    for (int i = 0; i < count; i++)
        if (!strcmp(names[i], type)) return topics[i];
    if (count == MOST_TOPICS) die("topics", "too many aggregate types");
    char name[256];
    snprintf(name, sizeof name, "%s.%s", prefix, type);
    snprintf(names[count], sizeof names[count], "%s", type);
    topics[count] = rd_kafka_topic_new(producer, name, NULL);
    if (!topics[count]) die("topic", name);
    return topics[count++];
}

// MARK: A row

enum { id, event_id, event_type, aggregate_type, aggregate_id, payload, created_at };

static int uuid_text(char *text, const uint8_t *bytes) {
    static const char digits[] = "0123456789abcdef";
    char *end = text;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *end++ = '-';
        *end++ = digits[bytes[i] >> 4];
        *end++ = digits[bytes[i] & 15];
    }
    return (int)(end - text);
}

static int time_text(char *text, size_t size, int64_t microseconds_since_2000) {
    static time_t last = -1;
    static char prefix[32];
    time_t seconds = microseconds_since_2000 / 1000000 + 946684800;
    if (seconds != last) {
        struct tm parts;
        strftime(prefix, sizeof prefix, "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &parts));
        last = seconds;
    }
    return snprintf(text, size, "%s.%06dZ", prefix, (int)(microseconds_since_2000 % 1000000));
}

static void produce(rd_kafka_t *producer, rd_kafka_topic_t *topic, PGresult *rows, int row) {
    char text[64];
    rd_kafka_headers_t *headers = rd_kafka_headers_new(8);
    rd_kafka_header_add(
        headers, "event_id", -1, text, uuid_text(text, (const uint8_t *)PQgetvalue(rows, row, event_id)));
#define COPY(column) \
    rd_kafka_header_add(headers, #column, -1, PQgetvalue(rows, row, column), PQgetlength(rows, row, column))
    COPY(event_type);
    COPY(aggregate_type);
    COPY(aggregate_id);
    uint64_t sequence = big_endian_64(PQgetvalue(rows, row, id));
    rd_kafka_header_add(headers, "sequence", -1, text, snprintf(text, sizeof text, "%" PRIu64, sequence));
    int64_t created = (int64_t)big_endian_64(PQgetvalue(rows, row, created_at));
    rd_kafka_header_add(headers, "occurred_at", -1, text, time_text(text, sizeof text, created));
    for (;;) {
        rd_kafka_resp_err_t error = rd_kafka_producev(
            producer, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
            RD_KAFKA_V_KEY(PQgetvalue(rows, row, aggregate_id), PQgetlength(rows, row, aggregate_id)),
            // A jsonb in binary is a version byte and its text.
            RD_KAFKA_V_VALUE(PQgetvalue(rows, row, payload) + 1, PQgetlength(rows, row, payload) - 1),
            RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
        if (!error) break;
        if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) die("produce", rd_kafka_err2str(error));
        rd_kafka_poll(producer, 10);
    }
    unreported++;
}

// MARK: The loop

// A bigint[] in PostgreSQL's binary format, of ids that are in it already.
static size_t id_array(char *array, PGresult *rows, int count) {
    uint32_t head[5] = {htonl(1), 0, htonl(20), htonl(count), htonl(1)};
    memcpy(array, head, sizeof head);
    char *end = array + sizeof head;
    uint32_t eight = htonl(8);
    for (int row = 0; row < count; row++, end += 12) {
        memcpy(end, &eight, 4);
        memcpy(end + 4, PQgetvalue(rows, row, id), 8);
    }
    return end - array;
}

int main(int argc, char **argv) {
    if (argc != 9) die("BareLoop", "DATABASE_URL BROKERS TOPIC_PREFIX BATCH CODEC delete|update FIRST_ID LAST_ID");
    PGconn *connection = PQconnectdb(argv[1]);
    if (PQstatus(connection) != CONNECTION_OK) die("database", PQerrorMessage(connection));
    rd_kafka_t *producer = make_producer(argv[2], argv[5]);
    int batch = atoi(argv[4]);
    const char *settle = strcmp(argv[6], "delete")
        ? "UPDATE outbox_events SET published = TRUE, published_at = now() WHERE id = ANY ($1::bigint[])"
        : "DELETE FROM outbox_events WHERE id = ANY ($1::bigint[])";
    PQclear(PQprepare(
        connection, "select",
        "SELECT id, event_id, event_type, aggregate_type, aggregate_id, payload, created_at FROM outbox_events "
        "WHERE id BETWEEN $1::bigint AND $2::bigint AND NOT published ORDER BY id LIMIT $3::bigint", 0, NULL));
    PQclear(PQprepare(connection, "settle", settle, 0, NULL));

    char *ids = malloc(64 + (size_t)batch * 12);
    char first[32], *last = argv[8], *limit = argv[4];
    snprintf(first, sizeof first, "%s", argv[7]);
    uint64_t total = 0;
    for (;;) {
        const char *range[] = {first, last, limit};
        PGresult *rows = execute(connection, "select", 3, range, NULL, NULL);
        int count = PQntuples(rows);
        if (count == 0) break;
        for (int row = 0; row < count; row++) {
            produce(producer, topic_for(producer, argv[3], PQgetvalue(rows, row, aggregate_type)), rows, row);
            if (row % 256 == 255) rd_kafka_poll(producer, 0);
        }
        while (unreported > 0) rd_kafka_poll(producer, 100);
        const char *values[] = {ids};
        int length = (int)id_array(ids, rows, count), binary = 1;
        PQclear(execute(connection, "settle", 1, values, &length, &binary));
        snprintf(first, sizeof first, "%" PRIu64, big_endian_64(PQgetvalue(rows, count - 1, id)) + 1);
        total += count;
        PQclear(rows);
    }
    printf("%" PRIu64 "\n", total);
    PQfinish(connection);
    rd_kafka_destroy(producer);
    return 0;
}
