/* Markdown → tokens of 3.7 characters on average → events, in the shape recorded from Cerebras. */
#define _GNU_SOURCE
#include "events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_WORD = 12 }; /* bytes of a token; the average of our text is 3.7 characters */

size_t source_bytes;

static struct table tables[] = {{.per_event = 1}, {.per_event = 2}, {.per_event = 4},
                                {.per_event = 8}, {.per_event = 16}};
enum { SIZES = sizeof tables / sizeof *tables };

void die(const char *what)
{
    perror(what);
    exit(1);
}

void *grown(void *memory, size_t *room, size_t needed)
{
    if (needed <= *room)
        return memory;
    *room = needed * 2;
    if (!(memory = realloc(memory, *room)))
        die("realloc");
    return memory;
}

static int kind(unsigned char c)
{
    if (c == ' ' || c == '\t' || c == '\n') return 1;
    if (c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return 2;
    return c >= '0' && c <= '9' ? 3 : 4;
}

/* Bytes of the token at `text`: a space and a run of one kind, line breaks behind punctuation; the
 * split of GPT-4's tokenizer, roughly. Never half of a character. */
static size_t token_length(const unsigned char *text, size_t left)
{
    size_t at = left > 1 && text[0] == ' ' && kind(text[1]) > 1, from = at;
    while (at < left && kind(text[at]) == kind(text[from]) && at < from + LONGEST_WORD)
        at++;
    while (at < left && (text[at] & 0xC0) == 0x80)
        at++;
    while (kind(text[from]) == 4 && at < left && text[at] == '\n')
        at++;
    return at;
}

static char *escaped(char *to, const unsigned char *text, size_t length)
{
    for (const unsigned char *end = text + length; text < end; text++) {
        if (*text == '"' || *text == '\\')
            *to++ = '\\', *to++ = (char)*text;
        else if (*text == '\n')
            *to++ = '\\', *to++ = 'n';
        else if (*text < 0x20)
            to += sprintf(to, "\\u%04x", *text);
        else
            *to++ = (char)*text;
    }
    return to;
}

static void render(struct table *table, const unsigned char *text, const size_t *token)
{
    int per_event = table->per_event;
    long events = TOKENS / per_event;
    table->start = malloc((size_t)(events + 1) * sizeof *table->start);
    /* The most that escaping makes of a byte is six. */
    table->bytes = malloc((size_t)events * sizeof EVENT_START "{'content':''}" EVENT_END
                          + token[TOKENS] * 6);
    if (!table->start || !table->bytes)
        die("malloc");
    char *to = table->bytes;
    for (long i = 0; i < events; i++) {
        size_t from = token[i * per_event], end = token[(i + 1) * per_event];
        table->start[i] = (size_t)(to - table->bytes);
        to = stpcpy(to, EVENT_START "{\"content\":\"");
        to = escaped(to, text + from, end - from);
        to = stpcpy(to, "\"}" EVENT_END);
    }
    table->start[events] = (size_t)(to - table->bytes);
}

void read_source(const char *path)
{
    static size_t token[TOKENS + 1];
    unsigned char *text = NULL;
    size_t room = 0, length = 0;
    FILE *file = fopen(path, "rb");
    if (!file)
        die(path);
    do {
        text = grown(text, &room, length + 65536);
        length += fread(text + length, 1, 65536, file);
    } while (!feof(file) && !ferror(file));
    fclose(file);
    source_bytes = length;
    if (!length) {
        fprintf(stderr, "%s: no text in it\n", path);
        exit(1);
    }
    for (long i = 0; i < TOKENS; i++) {
        if (token[i] + 64 > length) { /* the text once more, so that tokens go on across its end */
            text = grown(text, &room, length + source_bytes);
            memcpy(text + length, text, source_bytes);
            length += source_bytes;
            i--;
            continue;
        }
        token[i + 1] = token[i] + token_length(text + token[i], length - token[i]);
    }
    for (int i = 0; i < SIZES; i++)
        render(&tables[i], text, token);
    source_bytes = token[TOKENS];
    free(text);
}

const struct table *table_of(long tokens_per_event)
{
    for (int i = 0; i < SIZES; i++)
        if (tables[i].per_event == tokens_per_event)
            return &tables[i];
    return NULL;
}
