/**
 * Container images of the packaged services without a container engine, by <a
 * href="https://github.com/GoogleContainerTools/jib/tree/master/jib-core">Jib</a>: what
 * {@code deploy/images/Dockerfile} makes, as archives in the OCI image layout.
 */
@NullMarked
package dev.galatea.images;

import org.jspecify.annotations.NullMarked;
