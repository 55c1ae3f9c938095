# Every outside library, in one place; each room names the ones that it opens.
# OpenCV: three packages of it and our own find module, because libopencv-dev brings 506 packages.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
find_package(Boost 1.74 REQUIRED) # its headers alone: Asio and Beast
find_package(CLI11 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(simdjson REQUIRED)
find_package(MlopsctlOpenCV REQUIRED)
find_package(MlopsctlArchive MODULE)

foreach(library IN ITEMS yaml-cpp pugixml libturbojpeg libpng libwebp libdeflate sqlite3 libcurl libmosquitto libavformat libavcodec
                         libavutil libswscale libavdevice re2)
  string(MAKE_C_IDENTIFIER ${library} id)
  pkg_check_modules(${id} REQUIRED IMPORTED_TARGET ${library})
endforeach()

find_library(JSONNET_LIBRARY jsonnet REQUIRED)
find_path(JSONNET_INCLUDE_DIR libjsonnet.h REQUIRED)

# malloc for the whole program: reading labels is small texts by the million, which glibc takes a third longer for. Not
# beside a sanitizer, which brings its own.
if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  find_library(MIMALLOC_LIBRARY mimalloc REQUIRED)
endif()
