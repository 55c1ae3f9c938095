"""Gives the page of a service a picture in a headless Chromium and prints what it then shows, as JSON.
page.py CHROMIUM URL PICTURE PROFILE [SCREENSHOT.png]. Speaks the DevTools protocol over two pipes (--remote-debugging-pipe)."""
import base64, json, os, subprocess, sys, time

browser, url, picture, profile = sys.argv[1:5]
to_browser, our_end = os.pipe()
their_end, from_browser = os.pipe()[::-1]


def wire():
    os.dup2(to_browser, 10); os.dup2(their_end, 11)
    os.dup2(10, 3); os.dup2(11, 4)


process = subprocess.Popen(
    [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
     "--disable-component-update", "--disable-sync", f"--user-data-dir={profile}", "--window-size=1100,700",
     "--remote-debugging-pipe", "about:blank"], preexec_fn=wire, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
os.close(to_browser); os.close(their_end)
replies, count, problems = os.fdopen(from_browser, "rb", buffering=0), 0, []
left = b""


def call(method, session=None, **params):
    global count, left
    count += 1
    message = {"id": count, "method": method, "params": params} | ({"sessionId": session} if session else {})
    os.write(our_end, json.dumps(message).encode() + b"\0")
    while True:
        while b"\0" not in left:
            piece = replies.read(65536)
            if not piece: sys.exit("the browser has ended")
            left += piece
        line, left = left.split(b"\0", 1)
        reply = json.loads(line)
        if reply.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown"):
            problems.append(reply["params"])
        if reply.get("id") == count:
            if "error" in reply: sys.exit(f"{method}: {reply['error']}")
            return reply["result"]


try:
    target = call("Target.createTarget", url="about:blank")["targetId"]
    page = call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ("Page", "Runtime", "Log", "DOM"): call(domain + ".enable", page)
    call("Page.navigate", page, url=url)

    def value(expression):
        return call("Runtime.evaluate", page, expression=expression, returnByValue=True)["result"].get("value")

    def wait(expression):
        for _ in range(200):
            if value(expression): return
            time.sleep(0.05)
        sys.exit(f"never true: {expression}; {problems}")

    wait("document.readyState == 'complete' && !!document.getElementById('file')")
    root = call("DOM.getDocument", page)["root"]["nodeId"]
    field = call("DOM.querySelector", page, nodeId=root, selector="#file")["nodeId"]
    call("DOM.setFileInputFiles", page, files=[os.path.abspath(picture)], nodeId=field)
    wait("document.getElementById('status').textContent.length > 1")
    shown = value("""JSON.stringify({title: document.querySelector('h1').textContent, status: document.getElementById('status').textContent,
        bad: document.getElementById('status').className, times: document.getElementById('times').textContent,
        width: document.getElementById('picture').width, drawn: !document.getElementById('picture').hidden,
        rows: [...document.querySelectorAll('#found tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent))})""")
    print(json.dumps(json.loads(shown) | {"problems": [str(p) for p in problems if "favicon" not in str(p)]}))
    if len(sys.argv) > 5:
        with open(sys.argv[5], "wb") as file:
            file.write(base64.b64decode(call("Page.captureScreenshot", page, format="png")["data"]))
finally:
    process.kill()
    process.wait()
