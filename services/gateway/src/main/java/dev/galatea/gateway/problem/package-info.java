/** Problem details (RFC 9457): the one shape of every error. */
@NullMarked
package dev.galatea.gateway.problem;

import org.jspecify.annotations.NullMarked;
