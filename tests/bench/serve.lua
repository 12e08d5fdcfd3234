-- What wrk sends to rotor-serve: a sentence a request, those of a text in turn.
--   wrk -t2 -c32 -d60s -s tests/bench/serve.lua http://127.0.0.1:8080/translate -- text.en
-- At the end, on one line each: requests a second, latencies, and errors by kind.

local sentences, next_one = {}, 0

local function quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(c) return string.format("\\u%04x", c:byte()) end) .. '"'
end

function init(args)
  for line in io.lines(args[1]) do
    if line ~= "" then table.insert(sentences, '{"text": ' .. quoted(line) .. "}") end
  end
end

function request()
  next_one = next_one % #sentences + 1
  return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, sentences[next_one])
end

function done(summary, latency)
  local errors, seconds = summary.errors, summary.duration / 1e6
  print(string.format("requests: %d in %.1f s, %.1f a second", summary.requests, seconds, summary.requests / seconds))
  print(string.format("latency: median %.1f ms, 99 %% %.1f ms, most %.1f ms", latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3))
  print(string.format("errors: connect %d, read %d, write %d, timeout %d, status %d", errors.connect, errors.read,
    errors.write, errors.timeout, errors.status))
end
