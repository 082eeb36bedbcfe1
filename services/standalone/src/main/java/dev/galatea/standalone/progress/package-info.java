/** How a running job is shown: bars on a terminal, plain lines elsewhere. */
@NullMarked
package dev.galatea.standalone.progress;

import org.jspecify.annotations.NullMarked;
