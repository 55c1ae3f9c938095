# Imported targets mlopsctl::opencv_core, mlopsctl::opencv_imgproc, mlopsctl::opencv_dnn from Debian's single packages.
# OpenCV's own config file wants all modules to be installed.
find_path(OPENCV_INCLUDE_DIR opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
foreach(module IN ITEMS core imgproc dnn)
  find_library(OPENCV_${module}_LIBRARY opencv_${module} REQUIRED)
  if(NOT TARGET mlopsctl::opencv_${module})
    add_library(mlopsctl::opencv_${module} UNKNOWN IMPORTED)
    set_target_properties(mlopsctl::opencv_${module} PROPERTIES
      IMPORTED_LOCATION ${OPENCV_${module}_LIBRARY}
      INTERFACE_INCLUDE_DIRECTORIES ${OPENCV_INCLUDE_DIR}) # imported: SYSTEM, its headers warn under C++20
  endif()
endforeach()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(MlopsctlOpenCV DEFAULT_MSG OPENCV_INCLUDE_DIR OPENCV_core_LIBRARY
                                  OPENCV_imgproc_LIBRARY OPENCV_dnn_LIBRARY)
