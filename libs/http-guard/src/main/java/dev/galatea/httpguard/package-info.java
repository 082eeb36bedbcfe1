/**
 * What the HTTP servers of all services refuse before anything else looks at a request, and the headers that tell
 * browsers what an answer may be used for.
 */
@NullMarked
package dev.galatea.httpguard;

import org.jspecify.annotations.NullMarked;
