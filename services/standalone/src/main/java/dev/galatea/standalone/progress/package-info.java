/** Display of a running job: bars on a terminal, plain lines elsewhere. */
@NullMarked
package dev.galatea.standalone.progress;

import org.jspecify.annotations.NullMarked;
