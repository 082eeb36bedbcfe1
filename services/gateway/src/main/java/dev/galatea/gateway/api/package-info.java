/** The {@code /v1/videos} dialect: requests, the Video object, downloads. */
@NullMarked
package dev.galatea.gateway.api;

import org.jspecify.annotations.NullMarked;
