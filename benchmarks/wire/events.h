/* The text that all streams replay, rendered once as the events of a Cerebras stream. */
#ifndef EVENTS_H
#define EVENTS_H
#include <stddef.h>

enum { TOKENS = 65536 }; /* in the source text, which is repeated until it has that many */

#define EVENT_START "data: {\"id\":\"chatcmpl-e6ff72f6-3b0c-4d61-9f7e-5a1c2b8d9e04\",\"choices\":[{\"delta\":"
#define EVENT_MODEL \
    ",\"index\":0}],\"created\":1775751421,\"model\":\"gpt-oss-120b\"," \
    "\"system_fingerprint\":\"fp_4c26d27ac5dbffe28c72\",\"object\":\"chat.completion.chunk\""
#define EVENT_END EVENT_MODEL "}\n\n"

/* The whole source with so many tokens in an event: event i is bytes[start[i]] to
 * bytes[start[i + 1]]. */
struct table { int per_event; char *bytes; size_t *start; };

extern size_t source_bytes; /* of the first TOKENS tokens */

void read_source(const char *path);                /* ends the program when it cannot */
const struct table *table_of(long tokens_per_event); /* NULL when there is none */

void die(const char *what);
void *grown(void *memory, size_t *room, size_t needed); /* realloc() when there is no room */
#endif
