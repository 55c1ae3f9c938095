# Every command, option, file and line of help that the pages name is there: README.md, CHANGELOG.md, the pages beside the
# commands and those of the examples.
. "$(dirname "$0")/../lib.sh"
MLOPSCTL="$MLOPSCTL" python3 - "$MLOPSCTL_SOURCE" <<'PY' || fail "the pages and the program differ"
import os, re, subprocess, sys
tool, source = os.environ["MLOPSCTL"], sys.argv[1]

def help_of(*words):
    return subprocess.run([tool, *words, "--help"], capture_output=True, text=True, check=True).stdout

commands = dict(re.findall(r"^  ([a-z]+(?: [a-z-]+)?) +([A-Z].*)$", help_of(), re.M))
options = {name: set(re.findall(r"(?<![\w-])(--[a-z][a-z0-9-]*|-[a-z])\b", help_of(*name.split()).split("\nExamples:")[0])) | {"--help"}
           for name in commands}
every = set().union(*options.values(), {"--version"})
pages = ["README.md", "CHANGELOG.md"] + sorted(
    os.path.relpath(os.path.join(folder, file), source) for top in ("commands", "examples")
    for folder, _, files in os.walk(os.path.join(source, top)) for file in files if file.endswith(".md"))
faults = []
for page in pages:
    text = open(os.path.join(source, page), encoding="utf-8").read()
    for number, line in enumerate(text.splitlines(), 1):
        place = f"{page}:{number}: "
        for target in re.findall(r"\]\(([^)#]+)\)", line):
            if "://" not in target and not os.path.exists(os.path.join(source, os.path.dirname(page), target)):
                faults.append(place + f"the link '{target}' leads nowhere")
        for call in re.findall(r"mlopsctl ([a-z][^|;)`']*(?:'[^']*'[^|;)`']*)*)", line):
            words = call.split()
            command = next((name for name in (" ".join(words[:2]), words[0]) if name in commands), None)
            for option in re.findall(r"(?<!\S)(--[a-z][a-z0-9-]*|-[a-z])(?=[ =]|$)", call) if command else []:
                if option not in options[command]:
                    faults.append(place + f"'{command}' has no {option}")
        for option in re.findall(r"`(--[a-z][a-z0-9-]*)", line):
            if option not in every:
                faults.append(place + f"no command has {option}")
readme = open(os.path.join(source, "README.md"), encoding="utf-8").read()
table = dict(re.findall(r"^\| `([a-z -]+)` \| (.*) \|$", readme.split("\n## Commands\n")[1].split("\n## ")[0], re.M))
for name in sorted(set(table) ^ set(commands)):
    faults.append(f"README.md: '{name}' is only in " + ("the table" if name in table else "--help"))
for name in set(table) & set(commands):
    if table[name] != commands[name]:
        faults.append(f"README.md: {name}: '{table[name]}', but --help says '{commands[name]}'")
print("\n".join(faults))
sys.exit(1 if faults or len(commands) < 30 or len(pages) < 30 else 0)
PY
