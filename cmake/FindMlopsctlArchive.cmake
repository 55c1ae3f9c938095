# Imported target mlopsctl::archive: the static libarchive where it can be linked, else the shared one. The shared one
# drags in libxml2 and ICU (34 MB, for formats that we switch off): 1.4 ms at the start of every command, and a Lambda
# bundle that is over its limit.
find_path(ARCHIVE_INCLUDE_DIR archive.h REQUIRED)
find_library(ARCHIVE_STATIC_LIBRARY libarchive.a)
set(archive_needs "")
foreach(name IN ITEMS libz.so.1 liblzma.so.5 libbz2.so.1.0 libzstd.so.1 libnettle.so.8) # what its zip and gzip readers call
  find_library(ARCHIVE_NEEDS_${name} NAMES ${name})
  list(APPEND archive_needs ${ARCHIVE_NEEDS_${name}})
endforeach()
if(ARCHIVE_STATIC_LIBRARY AND NOT archive_needs MATCHES NOTFOUND)
  set(archive_location ${ARCHIVE_STATIC_LIBRARY})
else()
  find_library(ARCHIVE_SHARED_LIBRARY archive REQUIRED)
  set(archive_location ${ARCHIVE_SHARED_LIBRARY})
  set(archive_needs "")
endif()
if(NOT TARGET mlopsctl::archive)
  add_library(mlopsctl::archive UNKNOWN IMPORTED)
  set_target_properties(mlopsctl::archive PROPERTIES
    IMPORTED_LOCATION ${archive_location}
    INTERFACE_INCLUDE_DIRECTORIES ${ARCHIVE_INCLUDE_DIR}
    INTERFACE_LINK_LIBRARIES "${archive_needs}")
endif()
