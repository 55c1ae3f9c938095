-- wrk: PUTs of a file's bytes to signed paths. Arguments: the file, a file of paths (one a line).
function init(args)
  local body = io.open(args[1], "rb"):read("*a")
  requests, at = {}, 0
  for path in io.lines(args[2]) do
    requests[#requests + 1] = wrk.format("PUT", path, {["Content-Type"] = "image/jpeg"}, body)
  end
end
function request()
  at = at + 1
  return requests[(at - 1) % #requests + 1]
end
