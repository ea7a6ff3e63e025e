# What is installed where, and the Debian packages that `cpack -G DEB` makes of it: svcmgr, one package for each hypervisor, svcmgr-doc.
# A component is a package.

set(SVCMGR_UNIT_DIRECTORY /lib/systemd/system CACHE PATH "Where systemd's units are installed")
set(SVCMGR_OCF_DIRECTORY /usr/lib/ocf/resource.d CACHE PATH "Where Pacemaker looks for its agents")
set(documents ${CMAKE_INSTALL_DATADIR}/doc)

# What every node needs, whatever it runs.
set(common_modules svcmgr-ssh svcmgr-network svcmgr-scsi)
get_property(modules GLOBAL PROPERTY SVCMGR_MODULES)
set(hypervisor_packages ${modules})
list(REMOVE_ITEM hypervisor_packages ${common_modules})

install(TARGETS svcmgr RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT svcmgr)
foreach(module IN LISTS common_modules)
    install(TARGETS ${module} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/svcmgr COMPONENT svcmgr
            PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
endforeach()
foreach(module IN LISTS hypervisor_packages)
    install(TARGETS ${module} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/svcmgr COMPONENT ${module}
            PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
endforeach()

install(FILES etc/bash-completion/svcmgr DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT svcmgr)
install(FILES etc/zsh-completion/_svcmgr DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT svcmgr)
install(DIRECTORY share/schema DESTINATION ${CMAKE_INSTALL_DATADIR}/svcmgr COMPONENT svcmgr FILES_MATCHING PATTERN "*.json")
install(DIRECTORY etc/templates DESTINATION ${CMAKE_INSTALL_DATADIR}/svcmgr COMPONENT svcmgr)
install(FILES etc/node.conf DESTINATION ${documents}/svcmgr/examples COMPONENT svcmgr)
file(GLOB units CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/etc/systemd/*)
install(FILES ${units} DESTINATION ${SVCMGR_UNIT_DIRECTORY} COMPONENT svcmgr)
install(PROGRAMS share/ocf/service DESTINATION ${SVCMGR_OCF_DIRECTORY}/svcmgr COMPONENT svcmgr)
install(FILES etc/cron.d/svcmgr DESTINATION ${CMAKE_INSTALL_FULL_SYSCONFDIR}/cron.d COMPONENT svcmgr)
install(DIRECTORY DESTINATION ${CMAKE_INSTALL_FULL_SYSCONFDIR}/svcmgr COMPONENT svcmgr)
install(DIRECTORY share/doc/ DESTINATION ${documents}/svcmgr COMPONENT svcmgr-doc FILES_MATCHING PATTERN "*.md" PATTERN "*.png")

# Every package has its changelog and its copyright; those of the modules are svcmgr's.
set(package_files ${CMAKE_BINARY_DIR}/package)
file(MAKE_DIRECTORY ${package_files})
configure_file(share/package/changelog.in ${package_files}/changelog)
execute_process(COMMAND gzip -9nf ${package_files}/changelog COMMAND_ERROR_IS_FATAL ANY)
foreach(package svcmgr svcmgr-doc)
    install(FILES ${package_files}/changelog.gz share/package/copyright DESTINATION ${documents}/${package} COMPONENT ${package})
endforeach()
foreach(package IN LISTS hypervisor_packages)
    file(CREATE_LINK svcmgr ${package_files}/${package} SYMBOLIC)
    install(FILES ${package_files}/${package} DESTINATION ${documents} COMPONENT ${package})
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME svcmgr)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "svcmgr maintainers <maintainers@users.noreply.b-seed-9060ef36.example>")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_COMPONENTS_ALL svcmgr svcmgr-doc ${hypervisor_packages})
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_SET_DESTDIR ON)  # what goes to /etc and /lib, too
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)

set(about "svcmgr makes a virtual machine or a container a service: one env file says
what it is made of and on which nodes it may run, and the same few words
start, stop and watch it whatever runs it. It has no daemon.")
function(describe package summary text)
    string(TOUPPER ${package} upper)
    set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${package} PARENT_SCOPE)
    set(CPACK_COMPONENT_${upper}_DESCRIPTION "${summary}\n${about}${text}" PARENT_SCOPE)
endfunction()

describe(svcmgr "virtual machines and containers as services on several nodes"
         "\n\nThis package has the program, its manual pages and its systemd units. Each\ntechnology that runs guests has a package of its own, svcmgr-kvm for one.")
set(CPACK_DEBIAN_SVCMGR_PACKAGE_CONTROL_EXTRA
    ${CMAKE_SOURCE_DIR}/share/package/conffiles ${CMAKE_SOURCE_DIR}/share/package/postinst
    ${CMAKE_SOURCE_DIR}/share/package/prerm ${CMAKE_SOURCE_DIR}/share/package/postrm)
set(CPACK_DEBIAN_SVCMGR_PACKAGE_RECOMMENDS "systemd-sysv | cron-daemon, openssh-server, iproute2")
set(CPACK_DEBIAN_SVCMGR_PACKAGE_SUGGESTS "svcmgr-kvm, svcmgr-docker, svcmgr-lxc, svcmgr-xen, svcmgr-doc, lvm2, multipath-tools, pacemaker")

describe(svcmgr-doc "documents of svcmgr" "\n\nThis package has its documents: a first service, moving over from OpenSVC,\noperation, disaster recovery, security, what it survives, what it does not do,\nand why it was made this way.")
set(CPACK_DEBIAN_SVCMGR-DOC_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_SVCMGR-DOC_PACKAGE_SECTION doc)
set(CPACK_DEBIAN_SVCMGR-DOC_PACKAGE_SHLIBDEPS OFF)

# Without one here it is named by its module alone.
set(technology_svcmgr-kvm "virtual machines of QEMU/KVM")
set(technology_svcmgr-xen "virtual machines of Xen")
set(technology_svcmgr-docker "containers of Docker")
set(technology_svcmgr-lxc "system containers of LXC")
set(technology_svcmgr-zone "zones of Solaris")
set(technology_svcmgr-hpvm "virtual machines of HP Integrity VM")
set(technology_svcmgr-esx "virtual machines of VMware ESX")
set(technology_svcmgr-ldom "logical domains of Oracle VM for SPARC")
set(technology_svcmgr-vbox "virtual machines of VirtualBox")
set(technology_svcmgr-vz "containers of OpenVZ")
set(technology_svcmgr-jail "jails of FreeBSD")
set(technology_svcmgr-netns "network namespaces")
# Who drives them: the daemon or the tools, which may as well come from elsewhere.
set(needs_svcmgr-kvm libvirt-daemon-system)
set(needs_svcmgr-xen xen-utils)
set(needs_svcmgr-docker "docker.io | docker-ce")
set(needs_svcmgr-lxc lxc)
set(needs_svcmgr-netns iproute2)
foreach(package IN LISTS hypervisor_packages)
    string(TOUPPER ${package} upper)
    set(technology ${technology_${package}})
    describe(${package} "svcmgr's driver for ${technology}" "\n\nThis package has its driver for ${technology}.")
    set(CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS "svcmgr (= ${PROJECT_VERSION})")
    if(needs_${package})
        set(CPACK_DEBIAN_${upper}_PACKAGE_RECOMMENDS "${needs_${package}}")
    endif()
endforeach()

include(CPack)
