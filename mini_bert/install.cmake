# cmake --install: the headers under include/mini_bert/, the archives, and what find_package and pkg-config read. All of it
# is the component `library`: cmake --install DIR --component library leaves the programs out.
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/mini_bert)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/mini_bert/ ${PROJECT_BINARY_DIR}/include/mini_bert/
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mini_bert COMPONENT library FILES_MATCHING PATTERN "*.h")
install(TARGETS ${libraries} mini_bert EXPORT mini_bert-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(EXPORT mini_bert-targets NAMESPACE mini_bert:: DESTINATION ${package} COMPONENT library)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/mini_bert-config.cmake.in
                              ${PROJECT_BINARY_DIR}/mini_bert-config.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/mini_bert-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/mini_bert-config.cmake ${PROJECT_BINARY_DIR}/mini_bert-config-version.cmake
              ${PROJECT_SOURCE_DIR}/cmake/FindUtf8proc.cmake DESTINATION ${package} COMPONENT library)

# A linker reads static archives from left to right: who uses comes before what is used.
set(pc_requires "eigen3 fmt nlohmann_json libutf8proc")
set(pc_libraries "")
foreach(library IN LISTS libraries)
  string(PREPEND pc_libraries "-l${library} ")
endforeach()
if(MINI_BERT_HUB)
  string(APPEND pc_requires " libcurl libcrypto")
endif()
if(MINI_BERT_OPENMP)
  string(APPEND pc_libraries "${OpenMP_CXX_FLAGS}")
else()
  string(APPEND pc_libraries "${CMAKE_THREAD_LIBS_INIT}")
endif()
# Relative to the .pc file, so that an installed library can be moved.
file(RELATIVE_PATH pc_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" pc_prefix ${pc_prefix})
configure_file(${PROJECT_SOURCE_DIR}/cmake/mini_bert.pc.in ${PROJECT_BINARY_DIR}/mini_bert.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/mini_bert.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
