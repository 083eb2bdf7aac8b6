/* A provider that replays a text at a given pace, and takes next to no CPU for it.
 *
 *   replay TEXT [CERTIFICATE KEY]    serves 127.0.0.1, and in TLS 127.0.0.2; ends with its stdin
 *
 * It prints "PORT <plain> <tls>" once it listens; <tls> is 0 without a certificate.
 * The `model` of a chat request says what is replayed, every number a whole one:
 *
 *   t<tokens>-r<rate>-f<ttft>-b<batch>-k<per event>          for example t10400-r2600-f150-b10-k1
 *
 *   t  tokens, rounded up to whole events, at most TOKENS
 *   r  tokens a second; 0 = as fast as the socket takes them
 *   f  milliseconds from the request's last byte to the first token
 *   b  milliseconds of a batch: one HTTP chunk and one write() for all events that are due.
 *      0 = one HTTP chunk and one write() (in TLS: one record) for each event
 *   k  tokens in an event: 1, 2, 4, 8 or 16
 *
 * With r0, writes hold about 60 KB and b says only how they are framed: one HTTP chunk for each
 * event (b0), or one for the whole write. Times are an absolute schedule from the request: event i
 * is due at f + i*k/r, the end of the stream at f + t/r. Chunks have the shape of Cerebras'.
 *
 * GET /stats says when each chat request came and its body went out, in CLOCK_MONOTONIC seconds
 * (Python's time.monotonic()); POST /reset forgets that. One request at a time per connection:
 * pipelining, chunked request bodies and anything but a streamed answer are not spoken.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "events.h"

#ifndef NO_TLS
#include <openssl/err.h>
#include <openssl/ssl.h>
#else
typedef void SSL;
#endif

enum {
    WRITE_BYTES = 60 * 1024,
    WRITES_A_TURN = 16,     /* of one connection, before the others have theirs */
    CONNECTIONS = 512,
    LARGEST_REQUEST = 64 << 20,
    TLS_HOST = INADDR_LOOPBACK + 1, /* 127.0.0.2: loopback too, but no client's exception from TLS */
};

#define STREAM_HEAD \
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n" \
    "transfer-encoding: chunked\r\n" \
    "inference-id: chatcmpl-e6ff72f6-3b0c-4d61-9f7e-5a1c2b8d9e04\r\n\r\n"

struct script { long tokens, rate, ttft, batch, per_event; };

struct record {
    struct script script;
    double began, arrived, first_write, last_write;
    long prompt_tokens, at_once;
    int whole;
};

struct connection {
    int socket;
    SSL *tls;
    short awaited;           /* what poll() waits for before more can be written or read */
    char *in, *out;
    size_t in_length, in_room, out_at, out_length, out_room;
    double began;            /* first byte of the request */
    int replaying, head_sent;
    long record, next, events;
    struct record now;       /* of the request being answered */
    const struct table *table;
    double first;            /* when the first token is due */
};

static struct connection *connections[CONNECTIONS];
static int connected;
static struct record *records;
static long recorded, records_room, at_once, most_at_once;

static double monotonic(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- connections -------------------------------------------------------------------------- */

/* read() or write() that says -1 for "later" and 0 for "over". */
static ssize_t transfer(struct connection *c, char *bytes, size_t length, int sending)
{
    ssize_t done;
    c->awaited = sending ? POLLOUT : POLLIN;
#ifndef NO_TLS
    if (c->tls) {
        ERR_clear_error();
        done = sending ? SSL_write(c->tls, bytes, (int)length) : SSL_read(c->tls, bytes, (int)length);
        if (done > 0)
            return done;
        int error = SSL_get_error(c->tls, (int)done);
        c->awaited = error == SSL_ERROR_WANT_WRITE ? POLLOUT : POLLIN;
        return error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ ? -1 : 0;
    }
#endif
    done = sending ? write(c->socket, bytes, length) : read(c->socket, bytes, length);
    return done > 0 ? done : done < 0 && (errno == EAGAIN || errno == EINTR) ? -1 : 0;
}

static void put(struct connection *c, const char *bytes, size_t length)
{
    c->out = grown(c->out, &c->out_room, c->out_length + length);
    memcpy(c->out + c->out_length, bytes, length);
    c->out_length += length;
}

__attribute__((format(printf, 2, 3))) static void putf(struct connection *c, const char *format, ...)
{
    char line[2048];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(line, sizeof line, format, values);
    va_end(values);
    put(c, line, (size_t)length);
}

static void put_chunk(struct connection *c, const char *bytes, size_t length)
{
    putf(c, "%zx\r\n", length);
    put(c, bytes, length);
    put(c, "\r\n", 2);
}

static void answer(struct connection *c, const char *status, const char *body, size_t length)
{
    putf(c, "HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n", status,
         length);
    put(c, body, length);
}

static void end_replay(struct connection *c, int whole)
{
    if (!c->replaying)
        return;
    c->replaying = 0;
    at_once--;
    c->now.whole = whole;
    if (c->record >= 0) /* not forgotten meanwhile */
        records[c->record] = c->now;
}

static void hang_up(int index)
{
    struct connection *c = connections[index];
    end_replay(c, 0);
#ifndef NO_TLS
    SSL_free(c->tls);
#endif
    close(c->socket);
    free(c->in);
    free(c->out);
    free(c);
    connections[index] = connections[--connected];
}

/* ---- replaying ---------------------------------------------------------------------------- */

static double seconds_of(const struct script *s, long events)
{
    return s->rate ? (double)(events * s->per_event) / (double)s->rate : 0;
}

/* When the next write of a stream is due. */
static double due(const struct connection *c)
{
    const struct script *s = &c->now.script;
    double end = seconds_of(s, c->events), at = seconds_of(s, c->next);
    if (!c->head_sent || !s->rate)
        return c->first;
    if (s->batch)
        at = ceil(at * 1e3 / (double)s->batch) * (double)s->batch * 1e-3;
    return c->first + (at < end ? at : end);
}

static void put_events(struct connection *c, double now)
{
    const struct script *s = &c->now.script;
    const size_t *start = c->table->start;
    long end = c->events;
    if (s->rate) {
        long ready = (long)((now - c->first) * (double)s->rate / (double)s->per_event) + 1;
        end = ready > c->events ? c->events : ready > c->next ? ready : c->next + 1;
    }
    long last = c->next + 1;
    if (s->batch || !s->rate)
        while (last < end && start[last + 1] - start[c->next] <= WRITE_BYTES)
            last++;
    for (long step = s->batch ? last - c->next : 1; c->next < last; c->next += step)
        put_chunk(c, c->table->bytes + start[c->next], start[c->next + step] - start[c->next]);
}

static void put_tail(struct connection *c)
{
    char event[1024];
    const struct record *r = &c->now;
    double now = monotonic();
    long tokens = r->script.tokens;
    int length = snprintf(event, sizeof event,
        EVENT_START "{},\"finish_reason\":\"stop\"" EVENT_MODEL
        ",\"usage\":{\"total_tokens\":%ld,\"completion_tokens\":%ld,\"completion_tokens_details\":"
        "{\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0,\"reasoning_tokens\":0},"
        "\"prompt_tokens\":%ld,\"prompt_tokens_details\":{\"cached_tokens\":0}},\"time_info\":"
        "{\"queue_time\":0.0001,\"prompt_time\":%.9f,\"completion_time\":%.9f,\"total_time\":%.9f,"
        "\"created\":1775751421.8778915}}\n\n",
        r->prompt_tokens + tokens, tokens, r->prompt_tokens, r->first_write - r->arrived,
        now - r->first_write, now - r->arrived);
    put_chunk(c, event, (size_t)length);
    put_chunk(c, "data: [DONE]\n\n", 14);
    put(c, "0\r\n\r\n", 5);
}

/* Puts what one write() is to hold; returns 0 when nothing is due. */
static int put_due(struct connection *c, double now)
{
    static const char role[] = EVENT_START "{\"role\":\"assistant\"}" EVENT_END;
    if (now < due(c))
        return 0;
    if (!c->head_sent) {
        put(c, STREAM_HEAD, sizeof STREAM_HEAD - 1);
        put_chunk(c, role, sizeof role - 1);
        c->head_sent = 1;
    } else if (c->next < c->events) {
        put_events(c, now);
    } else {
        put_tail(c);
        c->next++; /* past the end: nothing more is due once this is written */
    }
    return 1;
}

/* Writes what is there and what is due; returns -1 when the connection is over, 1 when more could
 * be written at once. */
static int pump(struct connection *c, double now)
{
    for (int writes = 0; writes < WRITES_A_TURN;) {
        if (c->out_at == c->out_length) {
            c->out_at = c->out_length = 0;
            if (c->replaying && c->next > c->events)
                end_replay(c, 1);
            if (!c->replaying || !put_due(c, now)) {
                c->awaited = POLLIN;
                return 0;
            }
        }
        ssize_t done = transfer(c, c->out + c->out_at, c->out_length - c->out_at, 1);
        if (done <= 0)
            return done ? 0 : -1;
        writes++;
        c->out_at += (size_t)done;
        if (c->replaying) {
            c->now.last_write = monotonic();
            if (!c->now.first_write)
                c->now.first_write = c->now.last_write;
        }
    }
    return 1;
}

/* ---- requests ----------------------------------------------------------------------------- */

/* Reads the script out of the body's `model`; inside a JSON text its quotes would be escaped, so
 * that the first "model" is the key. */
static const struct table *read_script(const char *body, struct script *s)
{
    const char *at = strstr(body, "\"model\"");
    int length = 0;
    if (!at || sscanf(at, "\"model\" : \"t%ld-r%ld-f%ld-b%ld-k%ld\"%n", &s->tokens, &s->rate, &s->ttft,
                      &s->batch, &s->per_event, &length) != 5 || !length)
        return NULL;
    if (s->tokens < 1 || s->tokens > TOKENS || s->rate < 0 || s->ttft < 0 || s->batch < 0)
        return NULL;
    return table_of(s->per_event);
}

static void start_replay(struct connection *c, const char *body, size_t length)
{
    static const char unknown[] = "{\"message\":\"Model does not exist or you do not have access to it.\","
        "\"type\":\"not_found_error\",\"param\":\"model\",\"code\":\"model_not_found\"}";
    struct script s;
    if (!(c->table = read_script(body, &s))) {
        answer(c, "404 Not Found", unknown, sizeof unknown - 1);
        return;
    }
    double now = monotonic();
    c->events = (s.tokens + s.per_event - 1) / s.per_event;
    s.tokens = c->events * s.per_event;
    c->next = c->head_sent = 0;
    c->first = now + (double)s.ttft * 1e-3;
    c->replaying = 1;
    at_once++;
    if (at_once > most_at_once)
        most_at_once = at_once;
    c->now = (struct record){.script = s, .began = c->began, .arrived = now,
                             .prompt_tokens = (long)length / 4, .at_once = at_once};
    size_t room = (size_t)records_room * sizeof *records;
    records = grown(records, &room, (size_t)(recorded + 1) * sizeof *records);
    records_room = (long)(room / sizeof *records);
    records[c->record = recorded++] = c->now;
}

static void answer_stats(struct connection *c)
{
    struct connection body = {0}; /* only its buffer, to know the length first */
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    putf(&body, "{\"now\":%.9f,\"cpu_seconds\":%.6f,\"source_tokens\":%d,\"source_bytes\":%zu,"
         "\"at_once\":%ld,\"most_at_once\":%ld,\"requests\":[", monotonic(),
         (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec)
             + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6,
         TOKENS, source_bytes, at_once, most_at_once);
    for (int i = 0; i < connected; i++) /* those under way, as far as they are */
        if (connections[i]->replaying && connections[i]->record >= 0)
            records[connections[i]->record] = connections[i]->now;
    for (const struct record *r = records; r < records + recorded; r++) {
        const struct script *s = &r->script;
        putf(&body, "%s{\"model\":\"t%ld-r%ld-f%ld-b%ld-k%ld\",\"began\":%.9f,\"arrived\":%.9f,"
             "\"first_write\":%.9f,\"last_write\":%.9f,\"tokens\":%ld,\"prompt_tokens\":%ld,"
             "\"at_once\":%ld,\"whole\":%s}", r == records ? "" : ",", s->tokens, s->rate, s->ttft,
             s->batch, s->per_event, r->began, r->arrived, r->first_write, r->last_write, s->tokens,
             r->prompt_tokens, r->at_once, r->whole ? "true" : "false");
    }
    putf(&body, "]}");
    answer(c, "200 OK", body.out, body.out_length);
    free(body.out);
}

static void reset(struct connection *c)
{
    recorded = 0;
    most_at_once = at_once;
    for (int i = 0; i < connected; i++)
        connections[i]->record = -1;
    answer(c, "200 OK", "{}", 2);
}

static void route(struct connection *c, const char *head, const char *body, size_t length)
{
    static const char models[] = "{\"object\":\"list\",\"data\":[{\"id\":\"t2600-r2600-f150-b10-k1\","
        "\"object\":\"model\",\"created\":0,\"owned_by\":\"Cerebras\"}]}";
    if (!strncmp(head, "POST /v1/chat/completions ", 26))
        start_replay(c, body, length);
    else if (!strncmp(head, "GET /v1/models ", 15))
        answer(c, "200 OK", models, sizeof models - 1);
    else if (!strncmp(head, "GET /stats ", 11))
        answer_stats(c);
    else if (!strncmp(head, "POST /reset ", 12))
        reset(c);
    else
        answer(c, "404 Not Found", "", 0);
}

/* Answers the request when all of it is there. */
static void take_request(struct connection *c)
{
    c->in[c->in_length] = 0;
    char *end = strstr(c->in, "\r\n\r\n");
    if (!end)
        return;
    *end = 0;
    const char *field = strcasestr(c->in, "\r\ncontent-length:");
    size_t length = field ? strtoul(field + 17, NULL, 10) : 0;
    const char *body = end + 4;
    if ((size_t)(c->in + c->in_length - body) >= length) {
        route(c, c->in, body, length);
        c->in_length = 0;
    } else {
        *end = '\r';
    }
}

/* Reads what has come; returns -1 when the connection is over. */
static int receive(struct connection *c)
{
    for (;;) {
        c->in = grown(c->in, &c->in_room, c->in_length + 16384);
        ssize_t done = transfer(c, c->in + c->in_length, c->in_room - c->in_length - 1, 0);
        if (done < 0)
            break;
        if (!done || c->in_length + (size_t)done > LARGEST_REQUEST)
            return -1;
        if (!c->in_length)
            c->began = monotonic();
        c->in_length += (size_t)done;
    }
    if (c->in_length)
        take_request(c);
    return 0;
}

/* ---- the loop ----------------------------------------------------------------------------- */

static int listener(in_addr_t host, int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(host)};
    socklen_t size = sizeof address;
    int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0 || bind(s, (struct sockaddr *)&address, size) || listen(s, CONNECTIONS)
        || getsockname(s, (struct sockaddr *)&address, &size))
        die("listen");
    *port = ntohs(address.sin_port);
    return s;
}

static void welcome(int listening, void *context)
{
    int one = 1, s;
    while (connected < CONNECTIONS && (s = accept4(listening, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct connection *c = calloc(1, sizeof *c);
        if (!c)
            die("calloc");
        setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        c->socket = s;
        c->awaited = POLLIN;
#ifndef NO_TLS
        if (context) {
            c->tls = SSL_new(context);
            SSL_set_fd(c->tls, s);
            SSL_set_accept_state(c->tls);
        }
#else
        (void)context;
#endif
        connections[connected++] = c;
    }
}

static void *tls_context(const char *certificate, const char *key)
{
#ifndef NO_TLS
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context || SSL_CTX_use_certificate_chain_file(context, certificate) != 1
        || SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
        ERR_print_errors_fp(stderr);
        exit(1);
    }
    /* A write() cut short goes on from where it was, from a buffer that may have grown. */
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return context;
#else
    fprintf(stderr, "built without TLS: %s and %s are not used\n", certificate, key);
    return NULL;
#endif
}

/* Does what poll() found; returns -1 when the connection is over. */
static int attend(struct connection *c, short found)
{
    if (!c->replaying)
        return receive(c);
    c->awaited = POLLIN; /* the loop tries to write again */
    return found & (POLLRDHUP | POLLHUP | POLLERR) ? -1 : 0;
}

/* Waits until something can be read, written or is due. */
static void wait_for(struct pollfd *polled, int count, double until)
{
    struct timespec t = {0, 0};
    double left = until - monotonic();
    if (left > 0) {
        left = left < 3600 ? left : 3600;
        t.tv_sec = (time_t)left;
        t.tv_nsec = (long)((left - (double)t.tv_sec) * 1e9);
    }
    if (ppoll(polled, (nfds_t)count, &t, NULL) < 0 && errno != EINTR)
        die("ppoll");
}

int main(int argc, char **argv)
{
    static struct pollfd polled[3 + CONNECTIONS];
    int plain_port, tls_port = 0;
    if (argc != 2 && argc != 4) {
        fprintf(stderr, "usage: replay TEXT [CERTIFICATE KEY]\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_TIMERSLACK, 1000UL, 0UL, 0UL, 0UL); /* ns; the default of 50 us would blur 2,600/s */
    read_source(argv[1]);
    void *context = argc == 4 ? tls_context(argv[2], argv[3]) : NULL;
    polled[0] = (struct pollfd){.fd = 0, .events = POLLIN};
    polled[1] = (struct pollfd){.fd = listener(INADDR_LOOPBACK, &plain_port), .events = POLLIN};
    polled[2] = (struct pollfd){.fd = context ? listener(TLS_HOST, &tls_port) : -1, .events = POLLIN};
    printf("PORT %d %d\n", plain_port, tls_port);
    fflush(stdout);
    for (;;) {
        double now = monotonic(), until = now + 3600;
        for (int i = connected - 1; i >= 0; i--) { /* backwards: hanging up moves the last one */
            struct connection *c = connections[i];
            int wanted = c->awaited != POLLOUT && (c->replaying || c->out_length);
            int more = wanted ? pump(c, now) : 0;
            if (more < 0) {
                hang_up(i);
                continue;
            }
            if (more)
                until = now;
            else if (c->replaying && c->awaited != POLLOUT && due(c) < until)
                until = due(c);
        }
        for (int i = 0; i < connected; i++) /* while replaying nothing is read */
            polled[3 + i] = (struct pollfd){
                .fd = connections[i]->socket,
                .events = !connections[i]->replaying          ? connections[i]->awaited
                          : connections[i]->awaited == POLLOUT ? POLLOUT | POLLRDHUP
                                                               : POLLRDHUP};
        int watched = connected;
        wait_for(polled, 3 + watched, until);
        if (polled[0].revents) {
            char ignored[256];
            if (read(0, ignored, sizeof ignored) <= 0)
                return 0;
        }
        for (int i = watched - 1; i >= 0; i--)
            if (polled[3 + i].revents && attend(connections[i], polled[3 + i].revents) < 0)
                hang_up(i);
        for (int i = 1; i < 3; i++)
            if (polled[i].revents)
                welcome(polled[i].fd, i == 2 ? context : NULL);
    }
}
