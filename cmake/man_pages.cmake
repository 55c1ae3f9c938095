# cmake -DMLOPSCTL=binary -DLOWDOWN=lowdown -DOUTPUT=folder "-DCOMMANDS=manifest convert|capture" -P man_pages.cmake
# One man page a command (and mlopsctl.1), from the same declarations that --help prints.
string(REPLACE "|" ";" COMMANDS "${COMMANDS}")
file(MAKE_DIRECTORY ${OUTPUT})
foreach(command IN ITEMS "" ${COMMANDS})
  string(REPLACE " " ";" words "${command}")
  string(REPLACE " " "-" name "mlopsctl ${command}")
  string(REGEX REPLACE "-$" "" name "${name}")
  execute_process(COMMAND ${MLOPSCTL} help ${words} --format markdown OUTPUT_FILE ${OUTPUT}/${name}.md COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${LOWDOWN} -s --out-no-smarty -Tman -o ${OUTPUT}/${name}.1 ${OUTPUT}/${name}.md COMMAND_ERROR_IS_FATAL ANY)
  file(REMOVE ${OUTPUT}/${name}.md)
endforeach()
file(TOUCH ${OUTPUT}/made)
