# CPack: the programs with the shipped model and data as a Debian package. scripts/release.sh runs it in the preset
# `package`. dpkg-shlibdeps reads from the program which packages it needs, and in which versions.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME mini-bert)
set(CPACK_PACKAGE_CONTACT "the mini_bert authors <mini-bert@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "trains and asks BERT on the CPU")
set(CPACK_PACKAGE_DESCRIPTION
    "mini_bert_train fine-tunes a BERT on a page of your own text, or trains one from
random weights. mini_bert_predict asks it: fill-mask, classify, tag, answer,
choose, embed, score. Reads and writes the folders of transformers. A small
Chinese model and the texts of the demo are in /usr/share/mini_bert.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/deb)
set(CPACK_STRIP_FILES ON)

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
