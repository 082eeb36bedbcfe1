Third-party libraries in Galatea's distribution: all services, the standalone system and what they need at run time.
Made by the build on Linux x86-64 from the libraries' own POMs; do not edit. To make it again:

    mvn -Plicenses -Dquick -pl deploy/licenses -am process-classes

Native code and models inside these libraries are listed in NOTICE. Where several licences are named, each may be chosen.

<#list dependencyMap as e>
<#assign p = e.getKey()/>
${p.groupId}:${p.artifactId}:${p.version}
    ${e.getValue()?join(" or ")}
    ${(p.url)!"no address in its POM"}
</#list>
