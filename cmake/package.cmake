# CPack: the programs with the shipped model and data as a Debian package. scripts/release.sh runs it in the preset
# `package`. dpkg-shlibdeps reads from the program which packages it needs, and in which versions.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME mini-bert)
# Debian demands a maintainer with an address. Whoever builds a package for others maintains it and gives the name and
# address as Debian's own tools take them, in DEBFULLNAME and DEBEMAIL. Without them nobody does, and the package says
# so: no mail can be sent to the domain .invalid (RFC 2606).
set(maintainer "$ENV{DEBFULLNAME}")
set(address "$ENV{DEBEMAIL}")
if(NOT maintainer)
  set(maintainer "the mini_bert authors")
endif()
if(NOT address)
  set(address "unmaintained@mini-bert.invalid")
endif()
set(CPACK_PACKAGE_CONTACT "${maintainer} <${address}>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "trains and asks BERT on the CPU")
set(CPACK_PACKAGE_DESCRIPTION
    "mini_bert_train fine-tunes a BERT on a page of your own text, or trains one from
random weights. mini_bert_predict asks it: fill-mask, classify, tag, answer,
choose, embed, score. Reads and writes the folders of transformers. A small
Chinese model and the texts of the demo are in /usr/share/mini_bert.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/deb)
set(CPACK_STRIP_FILES ON)

# Manual pages, where help2man is installed. `man mini_bert_train` shows what --help says.
find_program(HELP2MAN help2man)
if(HELP2MAN AND MINI_BERT_ONE_PROGRAM)
  set(pages ${PROJECT_BINARY_DIR}/man)
  file(MAKE_DIRECTORY ${pages})
  foreach(name IN ITEMS mini_bert_predict mini_bert_tokenize mini_bert_train mini_bert_vocab)
    add_custom_target(
      ${name}_page ALL
      COMMAND ${PROJECT_SOURCE_DIR}/scripts/man_page.sh ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${name} ${pages}/${name}.1.gz
      DEPENDS ${name}
      VERBATIM)
    install(FILES ${pages}/${name}.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT programs)
  endforeach()
endif()

# Headers and archives of the library stay out.
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL programs)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
# Downloads need the certificates of the authorities that sign for servers.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
include(CPack)
