/* An experiment: what gooddata.ingestion's open_request, judge and Packer do to a request of usual events, in one pass.

   pack(body, received_at, earliest) -> (write_key, context, json, count, ids, visitors, times), or None where anything
   is unusual and needs the closer look of the Python steps. What it returns equals what they make (bench/native checks
   that on every request it measures). `visitors` holds one text where all events are of one visitor. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { EVENT_BYTES = 65536, BATCH_EVENTS = 1000, TEXT_CHARACTERS = 512, VECTOR_NUMBERS = 256, DEPTH = 5 };
#define FIRST_MOMENT (-62135596800000LL)
#define LAST_MOMENT 1000000000000000000.0
#define LARGEST_REAL 3.4e38

typedef struct {
    const unsigned char *at, *end;
} Cursor;

typedef struct {
    const unsigned char *text;
    Py_ssize_t length;
    int escaped;
} Text;

typedef enum { BAD, NUL, YES, NO, NUMBER, TEXT, OBJECT, ARRAY } Kind;

static void skip_space(Cursor *c) {
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\n' || *c->at == '\r' || *c->at == '\t')) c->at++;
}

static int take(Cursor *c, unsigned char wanted) {
    skip_space(c);
    if (c->at >= c->end || *c->at != wanted) return 0;
    c->at++;
    return 1;
}

static int hex4(Cursor *c, unsigned *value) {
    if (c->end - c->at < 4) return 0;
    *value = 0;
    for (int n = 0; n < 4; n++) {
        unsigned char h = *c->at++;
        unsigned digit = h >= '0' && h <= '9' ? h - '0' : (h | 32) >= 'a' && (h | 32) <= 'f' ? (h | 32) - 'a' + 10 : 16;
        if (digit == 16) return 0;
        *value = *value << 4 | digit;
    }
    return 1;
}

static int escape(Cursor *c) {
    if (c->at >= c->end) return 0;
    unsigned char kind = *c->at++;
    if (kind != 'u') return kind && strchr("\"\\/bfnrt", kind) != NULL;
    unsigned high, low;
    if (!hex4(c, &high) || high == 0 || (high >= 0xDC00 && high <= 0xDFFF)) return 0;
    if (high < 0xD800 || high > 0xDBFF) return 1;
    if (c->end - c->at < 2 || c->at[0] != '\\' || c->at[1] != 'u') return 0;
    c->at += 2;
    return hex4(c, &low) && low >= 0xDC00 && low <= 0xDFFF;
}

/* RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF. */
static int many_bytes(Cursor *c) {
    const unsigned char *s = c->at;
    Py_ssize_t left = c->end - s;
    int length = s[0] >= 0xC2 && s[0] <= 0xDF ? 2 : (s[0] & 0xF0) == 0xE0 ? 3 : s[0] >= 0xF0 && s[0] <= 0xF4 ? 4 : 0;
    if (!length || left < length) return 0;
    for (int n = 1; n < length; n++) if ((s[n] & 0xC0) != 0x80) return 0;
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F)) return 0;
    if ((s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F)) return 0;
    c->at += length;
    return 1;
}

/* What ends a run of plain text: a quote, a backslash, a control character, the first byte of a longer one. */
static unsigned char ends_run[256];

static int string(Cursor *c, Text *text) {
    if (!take(c, '"')) return 0;
    text->text = c->at;
    text->escaped = 0;
    for (;;) {
        while (c->at < c->end && !ends_run[*c->at]) c->at++;
        if (c->at >= c->end) return 0;
        unsigned char byte = *c->at;
        if (byte == '"') break;
        if (byte >= 0x80) {
            if (!many_bytes(c)) return 0;
        } else if (byte == '\\') {
            c->at++;
            text->escaped = 1;
            if (!escape(c)) return 0;
        } else return 0;
    }
    text->length = c->at - text->text;
    c->at++;
    return 1;
}

static int digits(Cursor *c) {
    const unsigned char *start = c->at;
    while (c->at < c->end && *c->at >= '0' && *c->at <= '9') c->at++;
    return c->at > start;
}

/* A JSON number that fits 64-bit floating point; `whole` tells whether it is written without fraction and exponent. */
static int number(Cursor *c, double *value, int *whole) {
    const unsigned char *start = c->at;
    int negative = c->at < c->end && *c->at == '-';
    c->at += negative;
    const unsigned char *first = c->at;
    if (!digits(c) || (*first == '0' && c->at - first > 1)) return 0;
    *whole = 1;
    if (c->at < c->end && *c->at == '.') {
        c->at++;
        *whole = 0;
        if (!digits(c)) return 0;
    }
    if (c->at < c->end && (*c->at | 32) == 'e') {
        c->at++;
        *whole = 0;
        if (c->at < c->end && (*c->at == '+' || *c->at == '-')) c->at++;
        if (!digits(c)) return 0;
    }
    if (*whole && c->at - first <= 18) {
        int64_t exact = 0;
        for (const unsigned char *d = first; d < c->at; d++) exact = exact * 10 + (*d - '0');
        *value = (double)(negative ? -exact : exact);
        return 1;
    }
    char copy[64];
    Py_ssize_t length = c->at - start;
    if (length >= (Py_ssize_t)sizeof copy) return 0;
    memcpy(copy, start, length);
    copy[length] = 0;
    *value = PyOS_string_to_double(copy, NULL, NULL);
    if (*value == -1.0 && PyErr_Occurred()) PyErr_Clear();
    return isfinite(*value);
}

static int word(Cursor *c, const char *text, Py_ssize_t length) {
    if (c->end - c->at < length || memcmp(c->at, text, length)) return 0;
    c->at += length;
    return 1;
}

/* Any value of at most so many levels. */
static Kind value(Cursor *c, int depth) {
    skip_space(c);
    if (c->at >= c->end) return BAD;
    Text text;
    double real;
    int whole;
    switch (*c->at) {
    case '"': return string(c, &text) ? TEXT : BAD;
    case 'n': return word(c, "null", 4) ? NUL : BAD;
    case 't': return word(c, "true", 4) ? YES : BAD;
    case 'f': return word(c, "false", 5) ? NO : BAD;
    case '{':
        c->at++;
        if (!depth) return BAD;
        if (take(c, '}')) return OBJECT;
        do {
            if (!string(c, &text) || !take(c, ':') || !value(c, depth - 1)) return BAD;
        } while (take(c, ','));
        return take(c, '}') ? OBJECT : BAD;
    case '[':
        c->at++;
        if (!depth) return BAD;
        if (take(c, ']')) return ARRAY;
        do {
            if (!value(c, depth - 1)) return BAD;
        } while (take(c, ','));
        return take(c, ']') ? ARRAY : BAD;
    default: return number(c, &real, &whole) ? NUMBER : BAD;
    }
}

/* A text field of an event: a string of bounded length, or null, which leaves it empty. */
static int text_field(Cursor *c, Text *text) {
    skip_space(c);
    if (word(c, "null", 4)) {
        text->length = 0;
        return 1;
    }
    /* In bytes, which are at least as many as the characters. */
    return string(c, text) && text->length <= TEXT_CHARACTERS;
}

static int object_field(Cursor *c) {
    Kind kind = value(c, DEPTH + 1);
    return kind == OBJECT || kind == NUL;
}

static int vector_field(Cursor *c) {
    if (word(c, "null", 4)) return 1;
    if (!take(c, '[')) return 0;
    if (take(c, ']')) return 1;
    int count = 0, whole;
    double real;
    do {
        skip_space(c);
        if (++count > VECTOR_NUMBERS || !number(c, &real, &whole) || fabs(real) > LARGEST_REAL) return 0;
    } while (take(c, ','));
    return take(c, ']');
}

static int two(const unsigned char *s) {
    return s[0] >= '0' && s[0] <= '9' && s[1] >= '0' && s[1] <= '9' ? (s[0] - '0') * 10 + s[1] - '0' : -1000;
}

/* Epoch milliseconds of `2026-11-23T10:00:00.123Z`; the days by H. Hinnant, chrono-compatible low-level date algorithms. */
static int iso_moment(const Text *text, int64_t *moment) {
    const unsigned char *s = text->text;
    if (text->length != 24 || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' || s[19] != '.' ||
        s[23] != 'Z')
        return 0;
    int year = two(s) * 100 + two(s + 2), month = two(s + 5), day = two(s + 8);
    int hour = two(s + 11), minute = two(s + 14), second = two(s + 17), milli = two(s + 20) * 10 + (s[22] - '0');
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || month < 1 || month > 12 || day < 1) return 0;
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (day > lengths[month - 1] + (leap && month == 2)) return 0;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return 0;
    if (milli < 0 || s[22] < '0' || s[22] > '9') return 0;
    int64_t y = year - (month <= 2), era = y / 400;
    unsigned of_era = (unsigned)(y - era * 400);
    unsigned of_year = (153u * (unsigned)(month > 2 ? month - 3 : month + 9) + 2) / 5 + (unsigned)day - 1;
    int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
    *moment = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + milli;
    return 1;
}

/* A moment as GoodData's and Segment's libraries write it: whole milliseconds, or ISO 8601 in UTC. */
static int moment_field(Cursor *c, int64_t *moment) {
    skip_space(c);
    if (c->at < c->end && *c->at == '"') {
        Text text;
        return string(c, &text) && !text.escaped && iso_moment(&text, moment);
    }
    double real;
    int whole;
    if (!number(c, &real, &whole) || !whole || real < FIRST_MOMENT || real >= LAST_MOMENT) return 0;
    *moment = (int64_t)real;
    return fabs(real) < 9007199254740992.0;
}

static int hex(unsigned char h) {
    return h >= '0' && h <= '9' ? h - '0' : (h | 32) >= 'a' && (h | 32) <= 'f' ? (h | 32) - 'a' + 10 : -1;
}

static int uuid_bytes(const Text *text, unsigned char *out) {
    const unsigned char *s = text->text;
    if (text->length != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-') return 0;
    for (int at = 0; at < 36; at += 2) {
        if (s[at] == '-') at++;
        int high = hex(s[at]), low = hex(s[at + 1]);
        if (high < 0 || low < 0) return 0;
        *out++ = (unsigned char)(high << 4 | low);
    }
    return 1;
}

static int is(const Text *text, const char *name) {
    return (size_t)text->length == strlen(name) && !memcmp(text->text, name, text->length);
}

static int one_of(const Text *text, const char *const *names) {
    for (; *names; names++) if (is(text, *names)) return 1;
    return 0;
}

typedef struct {
    int64_t moment;
    int timed;
    unsigned char id[16];
    Text visitor;
} Event;

static int event(Cursor *c, Event *event) {
    static const char *const types[] = {"track", "page", "screen", "identify", "group", "alias", NULL};
    static const char *const others[] = {"groupId",  "previousId", "originalTimestamp", "sentAt",  "writeKey", "category",
                                         "channel",  "integrations", "version",         "_metadata", NULL};
    Text key, type = {0}, id = {0}, message_id = {0}, name = {0}, of_event = {0}, session = {0};
    Text who[4] = {{0}};
    const unsigned char *start = c->at;
    event->timed = 0;
    if (!take(c, '{')) return 0;
    do {
        skip_space(c);
        if (!string(c, &key) || key.escaped || !take(c, ':')) return 0;
        skip_space(c);
        int fits;
        if (is(&key, "type")) fits = string(c, &type) && one_of(&type, types);
        else if (is(&key, "id")) fits = text_field(c, &id);
        else if (is(&key, "visitor")) fits = text_field(c, &who[0]);
        else if (is(&key, "session")) fits = text_field(c, &session);
        else if (is(&key, "timestamp")) fits = event->timed = moment_field(c, &event->moment);
        else if (is(&key, "name")) fits = text_field(c, &name);
        else if (is(&key, "properties") || is(&key, "context") || is(&key, "traits")) fits = object_field(c);
        else if (is(&key, "vector")) fits = vector_field(c);
        else if (is(&key, "messageId")) fits = text_field(c, &message_id);
        else if (is(&key, "event")) fits = text_field(c, &of_event);
        else if (is(&key, "anonymousId")) fits = text_field(c, &who[1]);
        else if (is(&key, "user")) fits = text_field(c, &who[2]);
        else if (is(&key, "userId")) fits = text_field(c, &who[3]);
        else fits = one_of(&key, others) && value(c, DEPTH);
        if (!fits) return 0;
    } while (take(c, ','));
    if (!take(c, '}') || c->at - start > EVENT_BYTES || !type.length) return 0;
    if (is(&type, "track") && !name.length && !of_event.length) return 0;
    Text *own = id.length ? &id : &message_id;
    if (own->escaped || !uuid_bytes(own, event->id)) return 0;
    int first = 0;
    while (first < 4 && !who[first].length) first++;
    if (first == 4 || who[first].escaped) return 0;
    event->visitor = who[first];
    return 1;
}

typedef struct {
    Text key, context;
    const unsigned char *events_from, *events_to;
    int64_t sent_at;
    int dated, count;
    Event *events;
} Request;

static int batch(Cursor *c, Request *request) {
    if (!take(c, '[')) return 0;
    request->events_from = c->at;
    do {
        skip_space(c);
        if (request->count == BATCH_EVENTS || !event(c, &request->events[request->count++])) return 0;
    } while (take(c, ','));
    skip_space(c);
    request->events_to = c->at;
    return take(c, ']');
}

static int shared_context(Cursor *c, Request *request) {
    const unsigned char *start = c->at;
    if (value(c, DEPTH + 1) != OBJECT) return 0;
    request->context = (Text){start, c->at - start, 0};
    return request->context.length <= EVENT_BYTES;
}

static int whole_request(Cursor *c, Request *request) {
    Text key;
    if (!take(c, '{')) return 0;
    do {
        skip_space(c);
        if (!string(c, &key) || key.escaped || !take(c, ':')) return 0;
        skip_space(c);
        int fits;
        if (is(&key, "writeKey")) fits = text_field(c, &request->key) && !request->key.escaped;
        else if (is(&key, "sentAt")) fits = request->dated = moment_field(c, &request->sent_at);
        else if (is(&key, "context")) fits = shared_context(c, request);
        else fits = is(&key, "batch") && !request->count && batch(c, request);
        if (!fits) return 0;
    } while (take(c, ','));
    if (!take(c, '}') || !request->count) return 0;
    skip_space(c);
    return c->at == c->end;
}

/* A JSON array of the events' moments, by the sender's clock set right; NULL where one is too old. */
static PyObject *settled(const Request *request, int64_t received_at, int64_t earliest) {
    int64_t correction = request->dated ? received_at - request->sent_at : 0;
    char *text = PyMem_Malloc(21 * (size_t)request->count + 2), *at = text;
    if (!text) return PyErr_NoMemory();
    *at++ = '[';
    for (int n = 0; n < request->count; n++) {
        const Event *one = &request->events[n];
        int64_t moment = one->timed ? one->moment + correction : received_at;
        if (moment > received_at) moment = received_at;
        if (moment < earliest) {
            PyMem_Free(text);
            return NULL;
        }
        char reversed[20];
        int length = 0, negative = moment < 0;
        uint64_t rest = negative ? (uint64_t)-moment : (uint64_t)moment;
        do reversed[length++] = (char)('0' + rest % 10); while (rest /= 10);
        if (negative) *at++ = '-';
        while (length) *at++ = reversed[--length];
        *at++ = ',';
    }
    at[-1] = ']';
    PyObject *made = PyBytes_FromStringAndSize(text, at - text);
    PyMem_Free(text);
    return made;
}

static PyObject *visitors(const Request *request) {
    const Text *first = &request->events[0].visitor;
    int same = 1;
    for (int n = 1; same && n < request->count; n++) {
        const Text *other = &request->events[n].visitor;
        same = other->length == first->length && !memcmp(other->text, first->text, first->length);
    }
    int count = same ? 1 : request->count;
    PyObject *list = PyList_New(count);
    for (int n = 0; list && n < count; n++) {
        const Text *one = &request->events[n].visitor;
        PyObject *text = PyUnicode_DecodeUTF8((const char *)one->text, one->length, NULL);
        if (!text) Py_CLEAR(list);
        else PyList_SET_ITEM(list, n, text);
    }
    return list;
}

static PyObject *ids(const Request *request) {
    PyObject *made = PyBytes_FromStringAndSize(NULL, 16 * (Py_ssize_t)request->count);
    for (int n = 0; made && n < request->count; n++) memcpy(PyBytes_AS_STRING(made) + 16 * n, request->events[n].id, 16);
    return made;
}

static PyObject *pack(PyObject *self, PyObject *args) {
    (void)self;
    static Event events[BATCH_EVENTS]; /* under the interpreter's lock */
    Py_buffer body;
    long long received_at, earliest;
    if (!PyArg_ParseTuple(args, "y*LL", &body, &received_at, &earliest)) return NULL;
    Cursor cursor = {body.buf, (const unsigned char *)body.buf + body.len};
    Request request = {.events = events};
    PyObject *made = NULL, *times = NULL;
    if (whole_request(&cursor, &request)) times = settled(&request, received_at, earliest);
    if (times) {
        made = Py_BuildValue(
            "(s#y#y#iNNN)", request.key.length ? (const char *)request.key.text : NULL, request.key.length,
            request.context.length ? (const char *)request.context.text : NULL, request.context.length,
            (const char *)request.events_from, (Py_ssize_t)(request.events_to - request.events_from), request.count,
            ids(&request), visitors(&request), times);
    }
    PyBuffer_Release(&body);
    if (made || PyErr_Occurred()) return made;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {{"pack", pack, METH_VARARGS, "See the head of this file."}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "packing", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_packing(void) {
    for (int byte = 0; byte < 256; byte++) ends_run[byte] = byte < 0x20 || byte == '"' || byte == '\\' || byte >= 0x80;
    return PyModule_Create(&definition);
}
