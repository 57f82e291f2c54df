-- Sends the requests of a file, again and again, each with fresh ids, visitors and times; for wrk 4.1 or newer.
--
-- Arguments, as name=value: file (see requests.py), seed, visitors (one | each), ids (v7 | v4), seconds, and pace:
--   peak        every connection sends as soon as it is answered
--   <rate>      arrivals at random moments, so many requests per second on the average (a Poisson process)
--   every-<ms>  every connection sends so long after its answer
-- After `seconds` nothing more is sent, and wrk's own duration leaves time for what is under way: whatever was sent is
-- answered. The last line of the output is JSON.

local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds; long nanoseconds; } moment;
  int clock_gettime(int clock, moment *now);
]]

local REALTIME, MONOTONIC = 0, 1
local NEVER = 1e9
local POOL = 10000
local MARKS = {
  id = "id" .. ("~"):rep(34),
  visitor = "visitor" .. ("~"):rep(29),
  session = "session" .. ("~"):rep(29),
  moment = "moment" .. ("~"):rep(7),
  iso = "iso-8601" .. ("~"):rep(16),
}
local HYPHEN = ("-"):byte()

local clock = ffi.new("moment")
local function seconds_of(which)
  ffi.C.clock_gettime(which, clock)
  return tonumber(clock.seconds) + tonumber(clock.nanoseconds) / 1e9
end

local hex = ffi.new("uint8_t[256][2]")
for byte = 0, 255 do ffi.copy(hex[byte], ("%02x"):format(byte), 2) end

local floor, random = math.floor, math.random
local function random32() return floor(random() * 4294967296) end

-- Writes the lowest `digits` / 2 bytes of a number below 2^32.
local function write_hex(to, value, digits)
  for at = digits - 2, 0, -2 do
    local pair = hex[value % 256]
    to[at], to[at + 1] = pair[0], pair[1]
    value = floor(value / 256)
  end
end

-- A UUID of 128 bits, given as four numbers below 2^32.
local function write_uuid(to, a, b, c, d)
  write_hex(to, a, 8)
  to[8] = HYPHEN
  write_hex(to + 9, floor(b / 65536), 4)
  to[13] = HYPHEN
  write_hex(to + 14, b % 65536, 4)
  to[18] = HYPHEN
  write_hex(to + 19, floor(c / 65536), 4)
  to[23] = HYPHEN
  write_hex(to + 24, c % 65536, 4)
  write_hex(to + 28, d, 8)
end

local function variant(bits) return 0x80000000 + bits % 0x40000000 end

local function write_v4(to)
  local b = random32()
  write_uuid(to, random32(), b - b % 65536 + 0x4000 + b % 4096, variant(random32()), random32())
end

local function write_v7(to, ms)
  local low = ms % 65536
  write_uuid(to, floor(ms / 65536), low * 65536 + 0x7000 + random32() % 4096, variant(random32()), random32())
end

local function write_digits(to, value, digits)
  for at = digits - 1, 0, -1 do
    to[at] = 48 + value % 10
    value = floor(value / 10)
  end
end

local iso_second, iso_text
local function write_iso(to, ms)
  local second = floor(ms / 1000)
  if second ~= iso_second then
    iso_second, iso_text = second, os.date("!%Y-%m-%dT%H:%M:%S.000Z", second)
  end
  ffi.copy(to, iso_text, 24)
  write_digits(to + 20, ms % 1000, 3)
end

local function places(text, mark)
  local found, from = {}, 1
  while true do
    local at = text:find(mark, from, true)
    if not at then return found end
    found[#found + 1] = at - 1
    from = at + #mark
  end
end

local function read_requests(path)
  local requests, file = {}, assert(io.open(path, "rb"))
  while true do
    local length = file:read("*l")
    if not length then break end
    local text = file:read(tonumber(length))
    local request = { bytes = ffi.new("uint8_t[?]", #text), length = #text }
    ffi.copy(request.bytes, text, #text)
    for name, mark in pairs(MARKS) do request[name] = places(text, mark) end
    requests[#requests + 1] = request
  end
  file:close()
  return requests
end

local requests, visitors, sessions, one_visitor, write_id, pace, seconds
local started, last, planned, turn

-- Read by `done`, after the end.
sent, late, elapsed = 0, 0, 0

local threads = {}
function setup(thread)
  thread:set("number", #threads)
  threads[#threads + 1] = thread
end

function init(arguments)
  local given = {}
  for _, argument in ipairs(arguments) do
    local name, value = argument:match("^([^=]+)=(.*)$")
    if name then given[name] = value end
  end
  math.randomseed(tonumber(given.seed) + number)
  requests, seconds = read_requests(given.file), tonumber(given.seconds)
  one_visitor = given.visitors == "one"
  write_id = given.ids == "v4" and write_v4 or write_v7
  pace = { rate = tonumber(given.pace), wait = tonumber(given.pace:match("^every%-(%d+)$")) }
  visitors, sessions = ffi.new("uint8_t[?]", POOL * 36), ffi.new("uint8_t[?]", POOL * 36)
  for person = 0, POOL - 1 do
    write_v4(visitors + person * 36)
    write_v4(sessions + person * 36)
  end
  turn = random(0, #requests - 1)
end

-- Milliseconds until this connection sends its next request.
function delay()
  local now = seconds_of(MONOTONIC)
  if not started then started, planned = now, now end
  elapsed = now - started
  if elapsed >= seconds then return NEVER end
  if pace.wait then return pace.wait end
  if not pace.rate then return 0 end
  planned = planned - math.log(1 - random()) / pace.rate
  if planned - started >= seconds then return NEVER end
  if planned < now then
    -- No connection was free at the planned moment.
    if now - planned > 0.001 then late = late + 1 end
    return 0
  end
  -- wrk waits whole milliseconds; rounding at random keeps the mean.
  return floor((planned - now) * 1000 + random())
end

function request()
  if started then sent = sent + 1 end -- wrk asks for one before it starts, to look at it
  turn = turn % #requests + 1
  local made = requests[turn]
  local bytes, ms, first = made.bytes, floor(seconds_of(REALTIME) * 1000), random(0, POOL - 1)
  local count = #made.id
  for event = 1, count do
    -- The events of a request happened one after another, the last one now.
    local happened = ms - (count - event) * 2
    local person = (one_visitor and first or (first + event) % POOL) * 36
    write_id(bytes + made.id[event], happened)
    ffi.copy(bytes + made.visitor[event], visitors + person, 36)
    if made.session[event] then ffi.copy(bytes + made.session[event], sessions + person, 36) end
    if made.moment[event] then write_digits(bytes + made.moment[event], happened, 13) end
  end
  for at = 1, #made.iso do write_iso(bytes + made.iso[at], ms) end
  return ffi.string(bytes, made.length)
end

function done(summary, latency)
  local sent, late, elapsed = 0, 0, 0
  for _, thread in ipairs(threads) do
    sent, late = sent + thread:get("sent"), late + thread:get("late")
    elapsed = math.max(elapsed, thread:get("elapsed"))
  end
  local errors = summary.errors
  print(("\n" .. [[{"sent":%d,"answered":%d,"late":%d,"seconds":%.6f,"bytes_read":%d,]]
    .. [["p50_ms":%.3f,"p90_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f,]]
    .. [["not_ok":%d,"connect_errors":%d,"read_errors":%d,"write_errors":%d,"timeouts":%d}]]):format(
    sent, summary.requests, late, elapsed, summary.bytes,
    latency:percentile(50) / 1000, latency:percentile(90) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
    errors.status, errors.connect, errors.read, errors.write, errors.timeout))
end
