-- What wrk sends, and what it prints: one JSON line.
-- Arguments: TOKEN_FILE FACILITIES_FILE FIRST REPORT. With a facilities file it posts reports, each
-- for another facility and month, from the number FIRST on: a processor's throughput, or with REPORT
-- "mill" a mill's month of ten input lines. With "-" it gets the URL, and with a REPORT such as
-- "1700000000-1731536000" as of another second out of that span each time.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

local token, facilities, counter, kind, from, to

local function read(file)
  local handle = assert(io.open(file))
  local text = handle:read("*a")
  handle:close()
  return text
end

function init(args)
  token = read(args[1]):gsub("%s+$", "")
  wrk.headers["Authorization"] = "Bearer " .. token
  -- Two threads take the even and the odd numbers.
  counter = tonumber(args[3]) + number
  kind = args[4]
  if args[2] == "-" then
    from, to = kind:match("^(%d+)-(%d+)$")
    return
  end
  facilities = {}
  for id in read(args[2]):gmatch("%S+") do facilities[#facilities + 1] = id end
  wrk.headers["Content-Type"] = "application/json"
end

local function t(kilograms)
  return string.format(
    '{"value":"%d.%03d","unit":"t"}', kilograms / 1000, kilograms % 1000)
end

local function body(facility, metal, month, seed)
  local old, new = 100000 + seed % 900001, 50000 + seed % 70001
  local residue, loss = 1000 + seed % 999, 500 + seed % 499
  local shipped = old + new - residue - loss
  local foundry = 10000 + seed % 9999
  return string.format(
    '{"facility_id":"%s","metal":"%s","month":"%s","opening":%s,'
      .. '"purchases":[{"source":"obsolete","mass":%s},{"source":"manufacturing","mass":%s}],'
      .. '"shipments":[{"destination":"mill","mass":%s},{"destination":"foundry","mass":%s}],'
      .. '"input":%s,"products":[{"grade":"GB/T 39733:SRS401","mass":%s},'
      .. '{"grade":"GB/T 39733:SRS402","mass":%s}],'
      .. '"residue":%s,"loss":%s,"closing":%s,"note":"load %d"}',
    facility, metal, month, t(0), t(old), t(new), t(shipped - foundry), t(foundry), t(old + new),
    t(shipped - foundry), t(foundry), t(residue), t(loss), t(0), seed)
end

-- Four lines of scrap of 100 to 1,000 t that count clean, and six of iron and ferroalloy: opening 0 + received =
-- charged + closing.
local function mill(facility, metal, month, seed)
  local origins = {"home", "pre_consumer", "post_consumer", "unknown"}
  local primary = {"hot_metal", "pig_iron", "dri_hbi", "hot_metal", "pig_iron", "ferroalloy"}
  local lines, clean = {}, 0
  for index, origin in ipairs(origins) do
    local gross = 100000 + (seed * index) % 900000
    -- 2 % of moisture and 3 % of impurity on the net mass leave 95 %, to the gram.
    clean = clean + gross * 950
    lines[index] = string.format(
      '{"material":"scrap_steel","origin":"%s","gross":%s,"moisture":"0.02",'
        .. '"impurity":"0.03","impurity_basis":"net"}', origin, t(gross))
  end
  for index, material in ipairs(primary) do
    lines[#lines + 1] = string.format(
      '{"material":"%s","gross":%s}', material, t(200000 + (seed * index) % 700000))
  end
  local tonnes = string.format('{"value":"%d.%06d","unit":"t"}', clean / 1000000, clean % 1000000)
  return string.format(
    '{"facility_id":"%s","metal":"steel","period":"%s","inputs":[%s],"opening":%s,'
      .. '"received":%s,"home_arising":%s,"sold":%s,"closing":%s,'
      .. '"outputs":[{"route":"eaf","mass":%s},{"route":"bof","mass":%s}],"note":"load %d"}',
    facility, month, table.concat(lines, ","), t(0), tonnes, t(0), t(0), t(0), t(2000000),
    t(1000000), seed)
end

function request()
  local n = counter
  counter = counter + 2
  if from then
    -- By a prime, so that each comes once and those that follow each other lie apart.
    local moment = from + n * 104729 % (to - from)
    return wrk.format("GET", wrk.path .. os.date("!&as_of=%Y-%m-%dT%H:%M:%SZ", moment))
  end
  if not facilities then return wrk.format("GET") end
  local facility = facilities[n % #facilities + 1]
  -- Round and round for the echo; a second report of the same month would be refused.
  local index = math.floor(n / #facilities) % (kind == "mill" and 150 or 450)
  -- 150 months of steel, then of copper, then of aluminium: 900,000 reports of 2,000 facilities.
  local metal = ({"steel", "copper", "aluminium"})[math.floor(index / 150) + 1]
  index = index % 150
  local month = string.format("%04d-%02d", 2010 + math.floor(index / 12), index % 12 + 1)
  wrk.headers["Idempotency-Key"] = "load-" .. n
  local report = kind == "mill" and mill or body
  return wrk.format("POST", nil, nil, report(facility, metal, month, n * 7919))
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"errors":%d,"mean_us":%.1f,"p50_us":%.1f,"p99_us":%.1f}\n',
    summary.requests, summary.duration / 1e6,
    e.connect + e.read + e.write + e.status + e.timeout,
    latency.mean, latency:percentile(50), latency:percentile(99)))
end
