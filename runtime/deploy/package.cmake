# package.cmake: what `cmake --install` puts where, and the Debian package that CPack makes of it.
include(GNUInstallDirs)
set(deploy ${CMAKE_SOURCE_DIR}/runtime/deploy)
set(generated ${CMAKE_SOURCE_DIR}/generated)

install(TARGETS asana-mcp COMPONENT program)
set(manual ${CMAKE_BINARY_DIR}/asana-mcp.1.gz)
add_custom_command(OUTPUT ${manual} DEPENDS ${generated}/docs/asana-mcp.1
    COMMAND gzip -9nc ${generated}/docs/asana-mcp.1 > ${manual})
add_custom_target(manual ALL DEPENDS ${manual})
install(FILES ${manual} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT docs)
# These two stand beside each other there, so what they point to is elsewhere than in the sources.
set(installed ${CMAKE_BINARY_DIR}/installed)
add_custom_command(OUTPUT ${installed}/README.md DEPENDS ${CMAKE_SOURCE_DIR}/README.md
    COMMAND ${CMAKE_COMMAND} -E make_directory ${installed}
    COMMAND sed -e "s#](runtime/deploy/#](#g" -e "s#\\[LICENSE\\](LICENSE)#[copyright](copyright)#"
            -e "s#Caddy are in `runtime/deploy/`#Caddy are in `examples/`#"
            ${CMAKE_SOURCE_DIR}/README.md > ${installed}/README.md VERBATIM)
add_custom_command(OUTPUT ${installed}/HOSTING.md DEPENDS ${deploy}/HOSTING.md
    COMMAND ${CMAKE_COMMAND} -E make_directory ${installed}
    COMMAND sed -e "s#](../../generated/#](generated/#g" ${deploy}/HOSTING.md > ${installed}/HOSTING.md VERBATIM)
add_custom_target(documents ALL DEPENDS ${installed}/README.md ${installed}/HOSTING.md)
install(FILES ${installed}/README.md ${installed}/HOSTING.md ${deploy}/debian/copyright
        DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT docs)
install(DIRECTORY ${generated}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/generated/docs COMPONENT docs)
install(FILES ${deploy}/nginx.conf ${deploy}/Caddyfile ${deploy}/prometheus-alerts.yml
        DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT docs)
install(FILES ${generated}/completion/asana-mcp.bash RENAME asana-mcp
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT docs)
install(FILES ${generated}/completion/asana-mcp.zsh RENAME _asana-mcp
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT docs)
install(FILES ${generated}/completion/asana-mcp.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT docs)
install(FILES ${deploy}/asana-mcp.service DESTINATION lib/systemd/system COMPONENT service)
install(FILES ${deploy}/asana-mcp.sysusers RENAME asana-mcp.conf DESTINATION lib/sysusers.d COMPONENT service)
install(FILES ${deploy}/asana-mcp.ini DESTINATION /etc/asana-mcp COMPONENT service
        PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME asana-mcp)
set(CPACK_PACKAGE_CONTACT "the asana-mcp authors <asana-mcp@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Asana for AI assistants, over the Model Context Protocol")
set(CPACK_PACKAGE_DESCRIPTION "A server that lets AI assistants work in Asana: tasks, projects, goals,
portfolios, search. People sign in with Asana; the operator decides what
assistants may do.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# libcurl is loaded late, so nothing finds it in the program.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, libcurl4, systemd | systemd-standalone-sysusers")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "nginx | caddy | httpd")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${deploy}/debian/conffiles ${deploy}/debian/postinst
    ${deploy}/debian/prerm ${deploy}/debian/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
