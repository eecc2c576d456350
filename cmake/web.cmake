# The toolchain file of the presets web and web-threads: emscripten compiles to WebAssembly. scripts/build_web.sh installs
# what it needs. emcc 3.1.69, which Debian 13 has, or newer: the libc++ of older ones lacks what this project uses.
#
#   MINI_BERT_WEB_THREADS  threads in shared memory; a page must be cross-origin isolated to load such a program
#   MINI_BERT_WEB_PREFIX   the folder of the libraries that scripts/web_dependencies.sh compiled
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MINI_BERT_WEB_THREADS MINI_BERT_WEB_PREFIX)
find_program(EM_CONFIG em-config REQUIRED)
execute_process(COMMAND ${EM_CONFIG} EMSCRIPTEN_ROOT OUTPUT_VARIABLE emscripten OUTPUT_STRIP_TRAILING_WHITESPACE
                COMMAND_ERROR_IS_FATAL ANY)
set(CMAKE_FIND_ROOT_PATH ${MINI_BERT_WEB_PREFIX})
include(${emscripten}/cmake/Modules/Platform/Emscripten.cmake)

# Every object has the same features, or the linker refuses them. Native exceptions are smaller and faster than those that
# go through JavaScript (-fexceptions); every browser has had both since April 2023, Node since version 17.
set(features "-msimd128 -fwasm-exceptions")
if(MINI_BERT_WEB_THREADS)
  string(APPEND features " -pthread")
endif()
set(CMAKE_C_FLAGS_INIT "${features}")
set(CMAKE_CXX_FLAGS_INIT "${features}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-sALLOW_MEMORY_GROWTH=1 -sMAXIMUM_MEMORY=4GB -sSTACK_SIZE=1MB -Wno-pthreads-mem-growth")
